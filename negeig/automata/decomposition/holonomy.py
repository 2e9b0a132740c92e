"""The holonomy decomposition: a machine as a cascade of permutation-reset levels.

Krohn and Rhodes, Algebraic theory of machines I (1965), proved that every finite machine divides a
cascade of groups and resets; followed here is the holonomy theorem of Eilenberg, Automata,
Languages, and Machines, volume B (1976), chapter II, section 7, in the computational form of
Egri-Nagy and Nehaniv, Computational holonomy decomposition of transformation semigroups (2015),
arXiv:1508.06345. That sets of different classes may share a level (``join``) is our addition.
"""

from __future__ import annotations

from typing import get_args

from negeig.automata.decomposition.blocks import Blocks, Join
from negeig.automata.decomposition.cascade import Cascade, Component, Coordinates, Level, PointMap
from negeig.automata.decomposition.parts import Part, parts
from negeig.automata.decomposition.subduction import DEFAULT_MAX_SETS, elements, image_sets
from negeig.automata.machines.machine import Machine
from negeig.claims import InputError, LimitReached


def holonomy(
    machine: Machine,
    *,
    join: Join = "divisors",
    share_points: bool = False,
    max_sets: int = DEFAULT_MAX_SETS,
    max_tuples: int = 100_000,
) -> Cascade:
    """Decompose a machine, taken as it is, into a cascade of permutation-reset levels.

    Parameters
    ----------
    join : str
        Which image sets share a level (see below). ``"none"``: the classical decomposition, one
        level for each height. ``"divisors"``: fewer levels, and still every simple group that
        divides a group of the cascade divides the machine's monoid. ``"all"``: as few levels as
        this method gives, never more than states - 1; the groups may be new, even where the
        monoid is aperiodic.
    share_points : bool
        Whether the components of a level that permute use the same points. Then a level has as
        few points as possible, but its permutations together may generate a larger group; without
        it that group is a subgroup of the direct product of the components' groups.
    max_sets, max_tuples : int
        Limits: image sets, and coordinate tuples of the cascade.

    Raises
    ------
    LimitReached
        Either limit, or a component with more than ``max_sets`` points.

    Notes
    -----
    *Approximations.* The image sets (sets X.w of all states X, and the single states) have
    positions n = pos(X), ..., 1, 0 with three properties, see
    :class:`.decomposition.blocks.Blocks`: single states have 0; a proper subset has a smaller
    one; P.a has a smaller one than P, or the same, in which case a carries P bijectively onto P.a
    and the two are in one block. The tiles of a set are the largest image sets properly inside it.
    Coordinates stand for a chain that begins with P = X: the level of position h, in a context
    where the chain has arrived at a set P of position h, goes on to one of the tiles of P; where P
    has a smaller position it is inactive, its coordinate is 0, and P stays. After the last level P
    is a single state: the homomorphism.

    *Levels permute or reset.* Let a letter a lead from P to Q in the levels above position h, with
    P.a inside Q, as it is for X. If pos(Q) < h the level becomes inactive: a reset. If P.a = Q,
    then h = pos(Q) <= pos(P) <= h, so a carries P bijectively onto Q within a block, and tiles
    inside P to image sets inside Q: in the block's frame that is a permutation of subsets of {0,
    ..., |P|-1}. Otherwise P.a is a proper subset of Q and lies in a tile of Q: a reset to that
    tile. In all cases the next set of the new chain contains the image of the next set of the old
    one. So the map to states commutes with every letter.

    *One level for each position.* All sets of one position share a level: which of them is active
    is known from the levels above, and whenever another block becomes active the level is reset,
    since a permutation never leaves a block. Blocks that only reset use the same points; those
    that permute get points of their own, on which the others act as the identity, unless
    ``share_points``.

    *Groups.* With ``"none"`` the permutations of a block are the holonomy group of its class: it
    permutes the tiles, and is a quotient of the group by which words that keep P permute P, so it
    divides the monoid. With ``"divisors"`` the permutations of a block lie in such a group, or
    generate a solvable group of an order whose primes divide the orders of such groups.

    *Complexity.* O(sets^2) word operations for the tiles, O(sets x letters x states) for the
    frames, then O(tuples x letters) for each level. The monoid is not listed.

    Examples
    --------
    >>> cycle, swap, collapse = [1, 2, 0], [1, 0, 2], [0, 0, 2]
    >>> t3 = Machine(alphabet="cse", initial=0, outputs=[0, 1, 2],
    ...              transitions=list(zip(cycle, swap, collapse)))
    >>> holonomy(t3)
    Cascade(2 levels: (3,S3); (2,C2))
    """
    if join not in get_args(Join):
        raise InputError("join", f"{join!r} is not one of {', '.join(get_args(Join))}")
    sets = image_sets(machine, max_sets=max_sets)
    blocks = Blocks(sets, join)
    builder = _Builder(blocks, share_points, max_sets, max_tuples)
    top = blocks.positions[0]
    levels = tuple(builder.level(position) for position in range(top, 0, -1))
    return Cascade(
        alphabet=machine.alphabet,
        levels=levels,
        initial=builder.coordinates[0],
        states={
            coordinates: sets.sets[p].bit_length() - 1
            for coordinates, p in zip(builder.coordinates, builder.current, strict=True)
        },
        outputs=machine.outputs,
        height=sets.heights[0],
    )


class _Builder:
    """Builds the levels from the top, together with all chains of sets that words lead to."""

    def __init__(self, blocks: Blocks, share_points: bool, max_sets: int, max_tuples: int) -> None:
        self.blocks, self.sets = blocks, blocks.sets
        self.share_points, self.max_tuples = share_points, max_tuples
        self.parts = parts(blocks, max_sets)
        self.place: dict[Part, tuple[int, int]] = {}  # level and number of each part
        self.offset: dict[Part, int] = {}
        for (position, _), part in self.parts.items():
            level = blocks.positions[0] - position
            self.place[part] = (level, sum(above == level for above, _ in self.place.values()))
        # The chains so far: coordinates, the set arrived at, and where each letter leads.
        self.starts = _starts(self.sets.machine)
        self.coordinates: list[Coordinates] = [()]
        self.current = [0]
        self.following = [[0] * len(self.sets.machine.alphabet)]
        self.origins = [0] * len(self.starts)  # the chain of each start

    def _part(self, p: int) -> Part:
        return self.parts[self.blocks.positions[p], self.blocks.block[self.sets.classes[p]]]

    def level(self, position: int) -> Level:
        """Build the level of a position, and lengthen all chains by it."""
        here = [part for (at, _), part in self.parts.items() if at == position]
        used = 0
        for part in here:
            own = part.group.order > 1 and not self.share_points
            self.offset[part] = used if own else 0
            used += len(part.points) * own
        size = max(self.offset[part] + len(part.points) for part in here)
        numbers: dict[PointMap, int] = {}
        known: dict[tuple[int, int, int], int] = {}
        choice: list[tuple[int, ...]] = []
        for p, targets in zip(self.current, self.following, strict=True):
            row = []
            for a, target in enumerate(targets):
                key = (p, a, self.current[target])
                if key not in known:
                    image = self._map(position, size, *key)
                    known[key] = numbers.setdefault(image, len(numbers))
                row.append(known[key])
            choice.append(tuple(row))
        level = Level(
            points=size,
            maps=tuple(numbers),
            contexts=tuple(self.coordinates),
            choice=tuple(choice),
            active=tuple(
                self.place[self._part(p)][1] if self.blocks.positions[p] == position else -1
                for p in self.current
            ),
            components=tuple(map(self._component, here)),
        )
        self._lengthen(position, level)
        return level

    def _map(self, position: int, size: int, p: int, a: int, q: int) -> PointMap:
        """Map of the points where a letter leads from set p to set q in the levels above."""
        if self.blocks.positions[q] < position:
            return (0,) * size
        part = self._part(q)
        offset = self.offset[part]
        image = self.sets.images[p][a]
        if image != q:
            return (offset + part.point_around(q, self.sets.sets[image]),) * size
        moved = list(range(size))
        for point, to in enumerate(part.action(self.blocks.permutation((p, a, q)))):
            moved[offset + point] = offset + to
        return tuple(moved)

    def _lengthen(self, position: int, level: Level) -> None:
        """Lengthen the chains of all starts by one level, and all that letters lead to."""
        number: dict[tuple[int, int], int] = {}
        chains: list[tuple[int, int]] = []

        def visit(chain: int, point: int) -> int:
            found = number.setdefault((chain, point), len(chains))
            if found == len(chains):
                chains.append((chain, point))
            return found

        origins = [
            visit(chain, self._first_point(position, self.current[chain], state))
            for chain, state in zip(self.origins, self.starts, strict=True)
        ]
        following = []
        for chain, point in chains:  # grows while it is read
            row = zip(self.following[chain], level.choice[chain], strict=True)
            following.append([visit(target, level.maps[m][point]) for target, m in row])
            if len(chains) > self.max_tuples:
                raise LimitReached(
                    "coordinate tuples of the cascade",
                    self.max_tuples,
                    reached=len(chains),
                    detail="max_tuples of holonomy in Python",
                )
        self.current = [
            self._next_set(position, self.current[chain], point) for chain, point in chains
        ]
        self.coordinates = [(*self.coordinates[chain], point) for chain, point in chains]
        self.following, self.origins = following, origins

    def _first_point(self, position: int, p: int, state: int) -> int:
        """Coordinate of a start: the first tile that contains its state."""
        if self.blocks.positions[p] < position:
            return 0
        part = self._part(p)
        return self.offset[part] + part.point_around(p, 1 << state)

    def _next_set(self, position: int, p: int, point: int) -> int:
        """Return the set that a coordinate leads to from set p."""
        if self.blocks.positions[p] < position:
            return p
        part = self._part(p)
        tile = part.tile(p, point - self.offset[part])
        if tile is None:
            raise RuntimeError("a word led to a point that is no image set")
        return tile

    def _component(self, part: Part) -> Component:
        """Describe a part by its first set."""
        first = part.sets[0]
        frame = self.blocks.frames[first]
        tiles = (t for p in part.sets for t in self.sets.tiles(p))
        return Component(
            offset=self.offset[part],
            points=len(part.points),
            group=part.group,
            states=tuple(sorted(frame)),
            tiles=tuple(tuple(sorted(frame[i] for i in elements(s))) for s in part.points),
            sets=len(part.sets),
            below=tuple(
                sorted({self.place[self._part(t)] for t in tiles if self.sets.sizes[t] > 1})
            ),
        )


def _starts(machine: Machine) -> list[int]:
    """Return the initial state, then states from which the others are reached."""
    following: list[list[int]] = machine.transitions.tolist()
    reached: set[int] = set()
    starts = []
    for state in (machine.initial, *range(machine.size)):
        if state in reached:
            continue
        starts.append(state)
        reached.add(state)
        queue = [state]
        for q in queue:  # grows while it is read
            new = [t for t in dict.fromkeys(following[q]) if t not in reached]
            reached.update(new)
            queue += new
    return starts

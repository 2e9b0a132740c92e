"""Levels that permute their points by a group of order a power of two, split into levels of pairs.

Blocks of a group of permutations are sets of points that it carries into each other as wholes. A
2-group has blocks of two points in every orbit of more than one point, since it has a central
element of order 2; its blocks of blocks end in the orbits. So a level is a series of levels: the
orbit, which only overwrites change, and then the half of each block, which letters keep, swap or
overwrite.
"""

from __future__ import annotations

from collections.abc import Sequence

from negeig.automata.decomposition.cascade import PointMap
from negeig.automata.decomposition.stages import Context, Move, Stage, Stages

Blocks = tuple[int, ...]
"""The number of the block of each point."""


def refined(stages: Stages, *, first: int = 0) -> Stages:
    """Split every level that does more than overwrite all points or keep all of them.

    Levels before the ``first`` stay as they are, and so does a level whose
    permutations are no 2-group.

    Examples
    --------
    >>> from negeig.automata.decomposition.set_stages import set_stages
    >>> from negeig.automata.zoo import get
    >>> from negeig.work import Work
    >>> found = set_stages(get("mod:4").minimal(), Work("moves", 1_000))
    >>> [stage.points for stage in found.stages], [s.points for s in refined(found).stages]
    ([4], [2, 2])
    """
    made: list[Stage] = []
    initial: list[int] = []
    for level, (stage, start) in enumerate(zip(stages.stages, stages.initial, strict=True)):
        chain = None if level < first else _chain(stage)
        parts = [stage] if chain is None else _split(stage, chain)
        made += parts
        initial += [start] if chain is None else _numbers(chain, start)
    return Stages(stages.alphabet, tuple(made), tuple(initial), stages.states)


def permutations(stage: Stage) -> list[PointMap]:
    """Return the permutations of a level that move some point, each once."""
    unit = tuple(range(stage.points))
    maps = dict.fromkeys(stage.maps.values())
    return [images for images in maps if images != unit and len(set(images)) > 1]


def _chain(stage: Stage) -> list[Blocks] | None:
    """Return partitions from the orbits, if several, to the points, a block at most two below."""
    moving = permutations(stage)
    if not moving or any(len(set(images)) < stage.points for images in moving):
        return None
    points: Blocks = tuple(range(stage.points))
    orbits = _joined(points, [(p, g[p]) for g in moving for p in points])
    chain = [points]
    while chain[0] != orbits:
        coarser = _paired(chain[0], moving)
        if coarser is None:
            return None
        chain.insert(0, coarser)
    if len(set(orbits)) == 1:
        chain = chain[1:]
    return chain if len(chain) > 1 else None


def _paired(blocks: Blocks, moving: Sequence[PointMap]) -> Blocks | None:
    """Join blocks in pairs, one pairing for each orbit of blocks that has one; None without any.

    The permutations carry the blocks into each other.
    """
    home = [blocks.index(block) for block in range(max(blocks) + 1)]
    moves = [[blocks[g[p]] for p in home] for g in moving]
    found = blocks
    for first in range(len(home)):
        if _size(found, blocks, first) > 1:
            continue
        for other in range(len(home)):
            partners = None if other == first else _partners(first, other, moves)
            if partners is not None:
                found = _joined(found, [(home[a], home[b]) for a, b in partners.items()])
                break
    return None if found == blocks else found


def _size(coarse: Blocks, fine: Blocks, block: int) -> int:
    """Return how many fine blocks are in the coarse block of one of them."""
    home = coarse[fine.index(block)]
    return len({b for b, c in zip(fine, coarse, strict=True) if c == home})


def _partners(first: int, other: int, moves: Sequence[Sequence[int]]) -> dict[int, int] | None:
    """Return which blocks are together where two are, and all moves of blocks keep what is.

    None where three would have to be. O(moves x blocks).
    """
    found: dict[int, int] = {}
    pairs = [(first, other)]
    for a, b in pairs:  # grows while it is read
        if found.get(a) == b:
            continue
        if a in found or b in found:
            return None
        found[a], found[b] = b, a
        pairs += [(move[a], move[b]) for move in moves]
    return found


def _joined(blocks: Blocks, pairs: Sequence[tuple[int, int]]) -> Blocks:
    """Join the blocks of points in pairs; blocks are numbered by their first points."""
    found = list(blocks)
    for p, q in pairs:
        a, b = found[p], found[q]
        if a != b:
            found = [min(a, b) if c in (a, b) else c for c in found]
    number: dict[int, int] = {}
    return tuple(number.setdefault(b, len(number)) for b in found)


def _numbers(chain: Sequence[Blocks], point: int) -> list[int]:
    """Return the number of a point's block at every step of a chain, within the block above."""
    above = (0,) * len(chain[0])
    found = []
    for blocks in chain:
        inside = dict.fromkeys(b for b, a in zip(blocks, above, strict=True) if a == above[point])
        found.append(list(inside).index(blocks[point]))
        above = blocks
    return found


def _split(stage: Stage, chain: Sequence[Blocks]) -> list[Stage]:
    """Return a level for each partition of a chain, told the context and the block above."""
    points = range(stage.points)
    numbers = [_numbers(chain, p) for p in points]
    parts = []
    for i in range(len(chain)):
        above = [(0,) if i == 0 else (chain[i - 1][p],) for p in points]
        width = 1 + max(row[i] for row in numbers)
        unit = tuple(range(width))
        maps: dict[Move, PointMap] = {}
        splits: dict[Context, dict[int, Context]] = {}
        for context, split in stage.splits.items():
            for p, below in split.items():
                inner = _context(context, above[p], i)
                deeper = below if i == len(chain) - 1 else _context(context, (chain[i][p],), i + 1)
                splits.setdefault(inner, {})[numbers[p][i]] = deeper
        for (before, column, after), images in stage.maps.items():
            for p in stage.splits[before]:
                move = (
                    _context(before, above[p], i), column, _context(after, above[images[p]], i),
                )  # fmt: skip
                moved = {
                    numbers[q][i]: numbers[images[q]][i] for q in points if above[q] == above[p]
                }
                if len(set(images)) == 1:
                    maps[move] = (numbers[images[0]][i],) * width
                else:
                    maps[move] = tuple(moved.get(n, n) for n in unit)
        parts.append(Stage(width, maps, splits))
    return parts


def _context(context: Context, above: tuple[int, ...], level: int) -> Context:
    return context if level == 0 else (context, above)

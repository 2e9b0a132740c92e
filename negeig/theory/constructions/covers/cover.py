"""The cover route: one layer whose states are finer than the machine's.

Registers that letters move, negate and overwrite with constants remember more than the machine's
state: where in a finite group the word has come to, and what was done last. The route searches for
few registers that determine the state. A monoid in which two idempotents violate ``efe = fe`` is
refused at once: no single layer of the kind exists (docs/theory/one-layer.md). For all others such
registers are expected to exist, in some number (docs/theory/cover.md).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import partial

from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.monoid import transition_monoid
from negeig.claims import LimitReached, Progress
from negeig.theory.bounds.witnesses import Contexts, idempotent_witness
from negeig.theory.constructions.pieces.cover_search import (
    MAX_EXPLORED,
    MAX_REGISTERS,
    MAX_ROUNDS,
    Cover,
    Search,
    with_few_values,
)
from negeig.theory.constructions.pieces.registers import (
    Family,
    System,
    actions,
    free_systems,
    joined,
    regular,
    row_steps,
    sampled_systems,
    signed_injections,
    with_writes,
)
from negeig.theory.constructions.route import Construction, Route
from negeig.theory.networks.network import Layer, LinearRNN
from negeig.theory.networks.one_layer import symbols
from negeig.theory.theorems import ids
from negeig.work import Work

MAX_STATES = 64
"""Largest machine for which covers are searched."""

MAX_MONOID = 2_000
"""Largest transition monoid for which covers are searched."""

MAX_PERMUTED = 24
"""Largest machine whose letters all permute for which covers are searched."""

MAX_LISTED = 20_000
"""Most choices of rows in a complete list of systems of one size."""

MAX_ACTIONS = 5_000
"""Most choices of permutations in a list of actions on some number of points."""

MAX_PRODUCT = 20_000
"""Most elements of monoid and group together, in the test of an action."""

FREE_SIZES = (1, 2, 3)
"""Numbers of registers for which all systems are candidates, or a sample of them."""

MAX_SAMPLED = 5_000
"""Systems in a sample."""

MAX_POINTS = 5
"""Most points of an action on which candidates move."""

MAX_ELEMENTS = 8
"""Most elements of a group on which candidates move."""

Map = tuple[int, ...]


def construct(
    machine: Machine,
    *,
    max_explored: int = MAX_EXPLORED,
    max_rounds: int = MAX_ROUNDS,
    work: Work | None = None,
) -> list[Construction]:
    """Return the cheapest cover found for a minimal machine, at most one.

    Nothing where idempotents violate ``efe = fe``. Where all letters permute the states other
    routes apply, and only covers made of at most three registers at a time are looked for.

    Candidates are all systems of up to three registers (for two letters; for more letters a seeded
    sample), then registers on the points and on the elements of small permutation groups. Which
    of them are combined is settled by counterexamples: pairs of words that must be told apart.

    Raises
    ------
    LimitReached
        When nothing was found, which proves nothing, and for machines or monoids past the limits.
        Where ``work`` raises it the best cover so far is returned, if there is one.

    Notes
    -----
    Deterministic; bounded by the limits of this module and of ``cover_search``, some
    hundredths of a second for most machines of up to five states over two letters, and up to
    about five seconds over more letters.

    Examples
    --------
    >>> machine = Machine(alphabet="ab", transitions=[[0, 2], [0, 0], [1, 2]], initial=0,
    ...                   outputs=[0, 1, 2])
    >>> (found,) = construct(machine)
    >>> found.cost  # layers, steps a token, registers
    (1, 2, 2)
    """
    identity = tuple(range(machine.size))
    columns = [tuple(column) for column in machine.transitions.T.tolist()]
    permute = all(len(set(column)) == machine.size for column in columns)
    if machine.size < 2 or (permute and machine.size > MAX_PERMUTED):
        return []
    if machine.size > MAX_STATES:
        raise LimitReached("machine states for a cover", MAX_STATES, reached=machine.size)
    if _short_words_violate(columns):
        return []
    try:
        monoid = transition_monoid(machine, max_elements=MAX_MONOID)
    except LimitReached as limit:
        reached = limit.reached
        raise LimitReached("monoid elements for a cover", MAX_MONOID, reached=reached) from None
    if idempotent_witness(Contexts(machine), monoid)[0] is not None:
        return []
    letters = list(dict.fromkeys(column for column in columns if column != identity))
    table = [list(row) for row in zip(*letters, strict=True)]
    search = Search(table, machine.initial, max_explored, max_rounds, _reporting(work))
    cover = _search(letters, search)
    if cover is None and permute:
        return []
    if cover is None:
        raise LimitReached(
            "systems of registers of one kind tried for a cover (MAX_SAMPLED)",
            MAX_SAMPLED,
            reached=MAX_SAMPLED,
            detail="None was found; there may be one with more registers or a larger group "
            f"(MAX_REGISTERS is {MAX_REGISTERS}, MAX_POINTS {MAX_POINTS}, MAX_ROUNDS {MAX_ROUNDS})",
        )
    numbers = [letters.index(c) if c in letters else None for c in columns]
    return [_construction(machine, cover, numbers)]


def _reporting(work: Work | None) -> Progress | None:
    return None if work is None else lambda _: work.spend(0)


def _short_words_violate(columns: Sequence[Map]) -> bool:
    """Whether powers of words of at most three letters already violate ``efe = fe``."""
    idempotents = set()
    for length in (1, 2, 3):
        for word in itertools.islice(itertools.product(columns, repeat=length), 200):
            once = word[0]
            for letter in word[1:]:
                once = _then(once, letter)
            power = once
            for _ in range(200):
                if _then(power, power) == power:
                    idempotents.add(power)
                    break
                power = _then(power, once)
    return any(_then(_then(e, f), e) != _then(f, e) for e in idempotents for f in idempotents)


def _then(first: Map, second: Map) -> Map:
    return tuple([second[q] for q in first])


def _search(letters: Sequence[Map], search: Search) -> Cover | None:
    """Try the families of systems in turn, a later one only if it may need fewer registers."""
    best: Cover | None = None
    try:
        for size, family in _families(letters):
            if best is not None and best.dim <= size:
                break
            search.report()
            best = search.cheapest(Family(family()), best) or best
    except LimitReached:
        if best is None:
            raise
    return best


def _families(letters: Sequence[Map]) -> Iterator[tuple[int, Callable[[], list[System]]]]:
    """Yield families of systems, each with the size of the smallest system that is new in it.

    A letter that takes all states to one may as well overwrite all registers (see the page), and
    does so in the families that would otherwise be too large.
    """
    resets = [len(set(letter)) == 1 for letter in letters]
    moving = [letter for letter, reset in zip(letters, resets, strict=True) if not reset]
    free: list[System] = []
    complete = 0
    for n in FREE_SIZES:
        free += _free(n, resets)
        if len(signed_injections(n)) ** len(moving) <= MAX_LISTED:
            complete = n
        if n > 1:
            yield n - 1, partial(list, free)
    if all(len(set(letter)) == len(letter) for letter in moving):
        return
    fitting: list[System] = []

    def on_points(n: int) -> list[System]:
        found = [action for action in actions(n, len(moving)) if fits(moving, action)]
        fitting.extend(found)
        return free + _overwriting(found, resets)

    def on_elements() -> list[System]:
        groups = dict.fromkeys(regular(action) for action in fitting)
        small = [group for group in groups if MAX_POINTS < len(group[0]) <= MAX_ELEMENTS]
        return free + _overwriting(small, resets)

    for n in range(complete + 1, MAX_POINTS + 1):
        if math.factorial(n) ** len(moving) <= MAX_ACTIONS:
            yield n, partial(on_points, n)
    yield MAX_POINTS + 1, on_elements


def _free(n: int, resets: Sequence[bool]) -> Sequence[System]:
    """Return all systems of n registers, or a sample where there are too many.

    Then letters marked as resets overwrite all registers.
    """
    rows = len(signed_injections(n))
    if rows ** len(resets) <= MAX_LISTED:
        return free_systems(n, len(resets))
    moving = resets.count(False)
    if moving == 0:
        return [_insert((), resets, n)]
    if rows**moving <= MAX_LISTED:
        systems = free_systems(n, moving)
    else:
        systems = sampled_systems(n, moving, MAX_SAMPLED)
    return [_insert(system, resets, n) for system in systems]


def _overwriting(acting: Sequence[System], resets: Sequence[bool]) -> list[System]:
    """Return systems that overwrite registers moved by some actions, as many for each."""
    share = MAX_SAMPLED // max(1, len(acting))
    systems = (s for action in acting for s in with_writes(action, share))
    return [_insert(system, resets, len(system[0])) for system in systems]


def _insert(system: System, resets: Sequence[bool], n: int) -> System:
    """Add rows that write all registers, for the letters that are resets."""
    rows = iter(system)
    return tuple((0,) * n if reset else next(rows) for reset in resets)


def fits(letters: Sequence[Map], action: System) -> bool:
    """Whether registers moved by this action may cover letters acting on states like this.

    The maps of the words that act as the identity of the group have to satisfy ``xx = x`` and
    ``xyx = yx``: such words leave the same registers written last. Necessary for registers on the
    group's elements to determine the state. O(monoid x group) products at most, fewer on failure.

    Examples
    --------
    >>> fits([(1, 0)], ((1,),)), fits([(1, 0)], ((2, 1),))
    (False, True)
    """
    permutations = [tuple(i - 1 for i in row) for row in action]
    one = tuple(range(len(letters[0]))), tuple(range(len(action[0])))
    seen = {one}
    queue = [one]
    loops = []
    for x, g in queue:
        for letter, permutation in zip(letters, permutations, strict=True):
            # Registers are traced backwards, so the last letter's permutation comes first.
            pair = _then(x, letter), _then(permutation, g)
            if pair in seen:
                continue
            if len(seen) >= MAX_PRODUCT:
                return False
            seen.add(pair)
            queue.append(pair)
            if pair[1] == one[1]:
                if _then(pair[0], pair[0]) != pair[0]:
                    return False
                loops.append(pair[0])
    return all(_then(_then(x, y), x) == _then(y, x) for x in loops for y in loops)


def _construction(machine: Machine, cover: Cover, columns: Sequence[int | None]) -> Construction:
    """Build the layer: one code for each reachable content of the registers."""
    values = with_few_values(cover)
    rows = joined(cover.systems)
    start, writes = values.start, values.writes
    codes = dict(zip(map(tuple, values.vectors), cover.states, strict=True))
    emitted = symbols(machine.outputs)
    width = len(machine.alphabet)
    steps = {
        letter: () if a is None else row_steps(rows[a], [Fraction(w) for w in writes[a]])
        for letter, a in zip(machine.alphabet, columns, strict=True)
    }
    layer = Layer(
        alphabet=machine.alphabet,
        initial=tuple(Fraction(v) for v in start),
        steps=steps,
        codes=tuple(tuple(Fraction(v) for v in code) for code in codes),
        emit=tuple((emitted[q],) * width for q in codes.values()),
        names=tuple(f"register {i + 1}" for i in range(len(start))),
    )
    network = LinearRNN(
        alphabet=machine.alphabet,
        layers=(layer,),
        outputs=dict(zip(emitted, machine.outputs, strict=True)),
        empty=machine.outputs[machine.initial],
    )
    idea = (
        f"{len(start)} registers, which letters move by reflections and overwrite with constants, "
        f"determine the state; they take {len(codes)} values for {machine.size} states"
    )
    return Construction(ROUTE.name, network, idea, ids.COVER)


ROUTE = Route(
    name="cover",
    kind="search",
    rank=20,
    least_layers=1,
    summary="registers that letters overwrite and a group permutes",
    construct=construct,
    work=1_000,
)

"""The cover route: one layer whose states are finer than the machine's.

Registers that letters move, negate and overwrite with constants remember more than the machine's
state: where in a finite group the word has come to, and what was done last. The route searches for
few registers that determine the state. A monoid in which two idempotents violate ``efe = fe`` is
refused at once: no single layer of the kind exists (docs/theory/one-layer.md). For all others such
registers exist, in some number, and the search finds them if it may go on for long enough.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TypeAlias

from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.monoid import TransitionMonoid, transition_monoid
from negeig.claims import LimitReached
from negeig.theory.bounds.witnesses import Contexts, idempotent_witness
from negeig.theory.constructions.pieces.cover_search import MAX_LETTERS, Cover, Search
from negeig.theory.constructions.pieces.register_rows import Kind
from negeig.theory.constructions.pieces.registers import row_steps
from negeig.theory.constructions.route import Construction, Route
from negeig.theory.networks.network import Layer, LinearRNN
from negeig.theory.networks.one_layer import symbols
from negeig.theory.theorems import ids
from negeig.work import Work

MAX_STATES = 64
"""Largest machine for which covers are searched."""

MAX_MONOID = 2_000
"""Largest transition monoid for which covers are searched, at effort 1."""

MAX_PERMUTED = 24
"""Largest machine whose letters all permute for which covers are searched, at effort 1."""

UNITS, COUNTS = 12_000_000, "rows and pairs of words tried, contents of registers explored"
"""Work at effort 1: about a second where all of it is used, which is rare for small machines."""

Map: TypeAlias = tuple[int, ...]


def construct(machine: Machine, *, work: Work | None = None) -> Iterator[Construction]:
    """Yield covers of a minimal machine, none beaten by another in steps a token and registers.

    Nothing where idempotents violate ``efe = fe``. All registers that a signed partial permutation
    moves and that constants overwrite are searched, smaller numbers of steps and registers first;
    first those that are never moved, whose layers have the eigenvalues 0 and 1 only. Where all
    letters permute the states, registers need not be overwritten.

    Raises
    ------
    LimitReached
        At the end, where the search was not complete: there may be covers that none found beats.
        Without it there are none, for registers of this kind.

    Notes
    -----
    A function of the machine and the work, which is ``UNITS`` where none is given. Hundredths of
    a second for most machines of up to five states over two letters. Once a cover is found an
    eighth as much work is left for others.

    Examples
    --------
    >>> machine = Machine(alphabet="ab", transitions=[[0, 2], [0, 0], [1, 2]], initial=0,
    ...                   outputs=[0, 1, 2])
    >>> (found,) = construct(machine)
    >>> found.cost  # layers, steps a token, registers
    (1, 2, 2)
    """
    work = Work(COUNTS, UNITS) if work is None else work
    identity = tuple(range(machine.size))
    columns = [tuple(column) for column in machine.transitions.T.tolist()]
    permute = all(len(set(column)) == machine.size for column in columns)
    if machine.size < 2 or (permute and machine.size > work.scaled(MAX_PERMUTED)):
        return
    letters = list(dict.fromkeys(column for column in columns if column != identity))
    if _short_words_violate(letters):
        return
    _require("machine states for a cover", machine.size, MAX_STATES)
    _require("letters that act differently, for a cover", len(letters), MAX_LETTERS)
    monoid = _monoid(machine, work)
    if idempotent_witness(Contexts(machine), monoid)[0] is not None:
        return
    numbers = [letters.index(c) if c in letters else None for c in columns]
    table = [list(row) for row in zip(*letters, strict=True)]
    products = monoid.right[:, [columns.index(letter) for letter in letters]]
    search = Search(table, machine.initial, products.tolist(), work)
    limits = []
    for kind in _kinds(monoid, permute):
        try:
            for cover in search.covers(kind):
                yield _construction(machine, cover, numbers)
        except LimitReached as limit:
            limits.append(limit)
    if limits:
        raise limits[0]


def _require(what: str, size: int, most: int) -> None:
    if size > most:
        raise LimitReached(what, most, reached=size)


def _monoid(machine: Machine, work: Work) -> TransitionMonoid:
    most = work.scaled(MAX_MONOID)
    try:
        return transition_monoid(machine, max_elements=most)
    except LimitReached as limit:
        name = "monoid elements for a cover"
        raise LimitReached(name, most, reached=limit.reached, option="--effort") from None


def _kinds(monoid: TransitionMonoid, permute: bool) -> tuple[Kind, ...]:
    """Return the kinds of rows with which covers may exist and be of use.

    Words that act alike on registers that are never moved satisfy xx = x and xyx = yx. In a group
    a word's power is 1, and so it writes nothing on the contents that all words leave in place.
    """
    if permute:
        return ("moves",)
    maps = [tuple(m) for m in monoid.maps.tolist()]
    letters = [tuple(m) for m in monoid.generators.tolist()]
    still = all(_then(x, x) == x for x in maps) and all(
        _then(_then(x, a), x) == _then(a, x) for x in maps for a in letters
    )
    return ("writes", "all") if still else ("all",)


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


def _construction(machine: Machine, cover: Cover, columns: Sequence[int | None]) -> Construction:
    """Build the layer: one code for each reachable content of the registers."""
    emitted = symbols(machine.outputs)
    width = len(machine.alphabet)
    steps = {
        letter: ()
        if a is None
        else row_steps(cover.rows[a], [Fraction(w) for w in cover.writes[a]])
        for letter, a in zip(machine.alphabet, columns, strict=True)
    }
    registers = len(cover.start)
    layer = Layer(
        alphabet=machine.alphabet,
        initial=tuple(map(Fraction, cover.start)),
        steps=steps,
        codes=tuple(tuple(map(Fraction, code)) for code in cover.vectors),
        emit=tuple((emitted[q],) * width for q in cover.states),
        names=tuple(f"register {i + 1}" for i in range(registers)),
    )
    network = LinearRNN(
        alphabet=machine.alphabet,
        layers=(layer,),
        outputs=dict(zip(emitted, machine.outputs, strict=True)),
        empty=machine.outputs[machine.initial],
    )
    idea = (
        f"{registers} registers, which letters move by reflections and overwrite with constants, "
        f"determine the state; they take {len(cover.vectors)} values for {machine.size} states"
    )
    return Construction(ROUTE.name, network, idea, ids.COVER)


ROUTE = Route(
    name="cover",
    kind="search",
    rank=20,
    least_layers=1,
    summary="registers that letters overwrite and a group permutes",
    construct=construct,
    work=UNITS,
    counts=COUNTS,
)

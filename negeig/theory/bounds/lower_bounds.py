"""Lower bounds on what a network for a task must have: layers, steps, dimension, eigenvalues.

Each bound names the model of arithmetic and the assumption under which it holds; the proofs are in
docs/theory/lower-bounds.md. What is compared with a network is the task *as a decoder sees it*: it
sees the last letter, so states that every letter takes to the same state are one state here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from negeig.automata.decomposition.complexity import complexity_lower_bound
from negeig.automata.groups.identify import Subgroup
from negeig.automata.machines.machine import Machine, Transitions
from negeig.automata.machines.periods import letter_orbits, map_index_period
from negeig.automata.monoids.green import green
from negeig.automata.monoids.monoid import TransitionMonoid
from negeig.claims import LimitReached
from negeig.theory.bounds.reflection_bounds import one_step_obstruction, reflection_front, units
from negeig.theory.bounds.witness_text import show
from negeig.theory.bounds.witnesses import Contexts, idempotent_witness
from negeig.theory.theorems import ids

Quantity = Literal["layers", "steps", "dim", "eigenvalue", "eigenvalue-below"]

MAX_GROUPED = 5_000
"""Elements of a monoid up to which its subgroups are named."""

FINITE = "finitely many exact states"
DELTA = "delta steps, " + FINITE
CONTRACTIVE = "delta steps with eigenvalues in [-1, 1], " + FINITE
OWN = "the letters that permute act on the finite orbit as their own group, not as a larger one"


@dataclass(frozen=True, kw_only=True)
class LowerBound:
    """What every network for a task must have, and under which assumption.

    Attributes
    ----------
    quantity : str
        ``"layers"``; ``"steps"``, the largest number of steps a token of any layer; ``"dim"``, the
        largest dimension of a layer; ``"eigenvalue"`` or ``"eigenvalue-below"``.
    value : int
        The quantity is at least this. For ``"eigenvalue"``: some step must have exactly this
        eigenvalue, -1 or 0. For ``"eigenvalue-below"``: some step must have one below it.
    layers : int or None
        The bound holds for networks with at most this many layers; None: for every depth.
    steps : int or None
        The bound holds for networks with at most this many steps a token; None: for any number.
    model : str
        ``"exact-orbit"``: exact states of which only finitely many are reached; or ``"cast"``:
        exact states that the decoder sees rounded into a finite set.
    theorem : str or None
        Identifier in the theorem registry.
    assumption : str
        What is assumed of the network.
    reason : str
        What in the task forces it, in one sentence.
    """

    quantity: Quantity
    value: int
    layers: int | None = None
    steps: int | None = None
    model: str = "exact-orbit"
    theorem: str | None = None
    assumption: str = FINITE
    reason: str

    @property
    def on_eigenvalues(self) -> bool:
        """Whether the bound asks for an eigenvalue of some step."""
        return self.quantity.startswith("eigenvalue")

    def is_met_within(self, low: Fraction, high: Fraction) -> bool:
        """Whether eigenvalues from ``low`` to ``high`` include one that the bound asks for.

        Examples
        --------
        >>> zero = LowerBound(quantity="eigenvalue", value=0, reason="a letter merges two states")
        >>> zero.is_met_within(Fraction(0), Fraction(1)), zero.is_met_within(Fraction(-1), -1)
        (True, False)
        """
        if self.quantity == "eigenvalue":
            return low <= self.value <= high
        return low < self.value

    def to_json(self) -> dict[str, Any]:
        """Return the bound as a JSON object."""
        return asdict(self)


def lower_bounds(machine: Machine, monoid: TransitionMonoid | None) -> tuple[LowerBound, ...]:
    """Return the lower bounds that are known to hold, the weaker assumptions first.

    A bound is left out where one with a weaker assumption says as much.

    Parameters
    ----------
    machine : Machine
        The minimal machine of the task.
    monoid : TransitionMonoid or None
        Its transition monoid; None when it is too large to list. Bounds that need it are left out
        then, as are those whose computation would take more than its limit.

    Notes
    -----
    The costs are those of :func:`negeig.theory.bounds.witnesses.idempotent_witness`,
    :func:`negeig.automata.decomposition.complexity.complexity_lower_bound` and of naming the
    subgroups of a monoid of at most 5,000 elements.

    Examples
    --------
    >>> from negeig.automata.monoids.monoid import transition_monoid
    >>> parity = Machine(alphabet="1", transitions=[[1], [0]], initial=0, outputs=[1, 0])
    >>> [(b.quantity, b.value, b.theorem) for b in lower_bounds(parity, transition_monoid(parity))]
    ... # doctest: +NORMALIZE_WHITESPACE
    [('layers', 1, None), ('steps', 1, None), ('dim', 1, None), ('eigenvalue', -1, 'isometry'),
     ('eigenvalue-below', 0, 'T1')]
    """
    seen = seen_by_decoder(machine)
    if len(seen) == 1:
        return ()
    found = [
        *_layers(machine, monoid),
        *_steps(machine, seen),
        *_dimensions(machine, monoid, seen),
        *([] if monoid is None else _of_units(monoid)),
        *_eigenvalues(machine, monoid, seen),
    ]
    return tuple(bound for i, bound in enumerate(found) if not _is_implied(bound, found[:i]))


def seen_by_decoder(machine: Machine) -> Transitions:
    """Return the transitions of a minimal machine, merged for a decoder that sees the last letter.

    Two states are one where every letter takes them to the same state: what they say about the
    past, only the output at that moment needs, and the last letter tells it.

    Examples
    --------
    >>> ends_with_a = Machine(alphabet="ab", transitions=[[1, 0], [1, 0]], initial=0,
    ...                       outputs=[0, 1])
    >>> seen_by_decoder(ends_with_a).tolist()
    [[0, 0]]
    """
    rows, state = np.unique(machine.transitions, axis=0, return_inverse=True)
    merged: Transitions = state.astype(np.int32).reshape(-1)[rows]
    return merged


def _layers(machine: Machine, monoid: TransitionMonoid | None) -> Iterator[LowerBound]:
    yield LowerBound(
        quantity="layers", value=1, reason="the last letter alone does not tell the output"
    )
    if monoid is not None:
        witness, _ = idempotent_witness(Contexts(machine), monoid)
        if witness:
            yield LowerBound(
                quantity="layers",
                value=2,
                theorem=ids.IDEMPOTENTS,
                assumption=CONTRACTIVE,
                reason=f"words e = {show(witness.e)} and f = {show(witness.f)} are idempotent, "
                "and efe differs from fe",
            )
    try:
        complexity = complexity_lower_bound(machine)
    except LimitReached:
        return
    if complexity > 1:
        yield LowerBound(
            quantity="layers",
            value=complexity,
            theorem=ids.COMPLEXITY,
            assumption=CONTRACTIVE,
            reason=f"some words act as all maps of {complexity + 1} states to themselves, a "
            f"monoid of group complexity {complexity}, and a layer holds one group",
        )


def _steps(machine: Machine, seen: Transitions) -> Iterator[LowerBound]:
    yield LowerBound(
        quantity="steps", value=1, reason="the last letter alone does not tell the output"
    )
    periods = [map_index_period(column)[1] for column in seen.T.tolist()]
    if max(periods) > 2:
        a = periods.index(max(periods))
        yield LowerBound(
            quantity="steps",
            value=2,
            layers=1,
            theorem=ids.PERIOD_STEPS,
            reason=f"letter {machine.alphabet[a]!r} has period {periods[a]}, and a single step of "
            "finite order has order 1 or 2",
        )


def _dimensions(
    machine: Machine, monoid: TransitionMonoid | None, seen: Transitions
) -> Iterator[LowerBound]:
    yield LowerBound(
        quantity="dim", value=1, reason="the last letter alone does not tell the output"
    )
    groups: tuple[Subgroup, ...] = ()
    if monoid is not None and monoid.size <= MAX_GROUPED and not monoid.is_aperiodic:
        groups = green(monoid).subgroups
    yield from _dimensions_of_any_depth(machine, monoid, groups)
    if not _on_a_line(seen):
        yield LowerBound(
            quantity="dim",
            value=2,
            layers=1,
            theorem=ids.SCALAR,
            reason="an affine map that keeps a finite set of numbers is the identity, a constant "
            "or their mirror, and the letters do more than that",
        )
    for value, where, fits in (
        (3, "the plane", _acts_on_plane),
        (4, "three-dimensional space", _acts_on_space),
    ):
        group = next((g for g in groups if g.decided and not fits(g)), None)
        if group is not None:
            yield LowerBound(
                quantity="dim",
                value=value,
                layers=1,
                theorem=ids.GROUP_DIMENSION,
                reason=f"the group {group.name} is no quotient of a finite group of isometries "
                f"of {where}",
            )


def _dimensions_of_any_depth(
    machine: Machine, monoid: TransitionMonoid | None, groups: Sequence[Subgroup]
) -> Iterator[LowerBound]:
    """Bounds by the simple groups that divide the monoid, each of which divides some layer's."""
    for value, excluded in ((5, _other_than_a5), (3, _not_solvable)):
        factor = next((name for g in groups for name in excluded(g)), None)
        if factor is not None:
            yield LowerBound(
                quantity="dim",
                value=value,
                theorem=ids.SIMPLE_DIMENSION,
                reason=f"the simple group {factor} divides the transition monoid, and no finite "
                f"group of {value - 1} x {value - 1} matrices",
            )
    why = _with_period(machine, monoid, _has_odd_factor)
    if why is not None:
        yield LowerBound(
            quantity="dim",
            value=2,
            theorem=ids.SIMPLE_DIMENSION,
            reason=f"{why}, which an odd prime divides, and a finite group of maps of a line has "
            "order 1 or 2",
        )


def _of_units(monoid: TransitionMonoid) -> Iterator[LowerBound]:
    """Bounds on one layer by the group that the permuting letters generate."""
    if monoid.size > MAX_GROUPED:
        return
    found = units(monoid)
    if found.group.order == 1:
        return
    obstruction = one_step_obstruction(found)
    if obstruction is not None:
        yield LowerBound(
            quantity="steps", value=2, layers=1, theorem=ids.ONE_STEP, reason=obstruction
        )
    try:
        front = reflection_front(found)
    except LimitReached:
        return
    best: tuple[tuple[Quantity, int, str], ...] = (
        ("steps", front[0].steps, "reflections of some letter"),
        ("dim", front[-1].dimension, "dimensions"),
    )
    for quantity, value, what in best:
        yield LowerBound(
            quantity=quantity,
            value=value,
            layers=1,
            theorem=ids.OWN_REPRESENTATIONS,
            assumption=f"{OWN}; {FINITE}",
            reason=f"every faithful real representation of the group of order {found.group.order} "
            f"that the permuting letters generate needs {value} {what}, by its characters",
        )


def _is_implied(bound: LowerBound, others: list[LowerBound]) -> bool:
    """Whether an earlier bound, of a weaker assumption, says as much."""
    return not bound.on_eigenvalues and any(
        other.quantity == bound.quantity
        and other.value >= bound.value
        and (other.layers is None or other.layers == bound.layers)
        for other in others
    )


def _eigenvalues(
    machine: Machine, monoid: TransitionMonoid | None, seen: Transitions
) -> Iterator[LowerBound]:
    merging = next(
        (a for a, column in zip(machine.alphabet, seen.T, strict=True) if not _permutes(column)),
        None,
    )
    if merging is not None:
        yield LowerBound(
            quantity="eigenvalue",
            value=0,
            theorem=ids.INVERTIBLE_STEPS,
            assumption=DELTA,
            reason=f"letter {merging!r} merges states, and steps without the eigenvalue 0 are "
            "invertible, so they permute finitely many states",
        )
    why = _with_period(machine, monoid, _above_one)
    if why is None:
        return
    yield LowerBound(
        quantity="eigenvalue",
        value=-1,
        theorem=ids.ISOMETRY,
        assumption=CONTRACTIVE,
        reason=f"{why}, and steps with eigenvalues in (-1, 1] track aperiodic monoids only",
    )
    why = _with_period(machine, None, _above_one)
    if why is not None:
        yield LowerBound(
            quantity="eigenvalue-below",
            value=0,
            steps=2,
            model="cast",
            theorem=ids.T1,
            assumption="at most two delta steps a token",
            reason=f"{why}, and a product of two steps with eigenvalues >= 0 has only real "
            "eigenvalues >= 0",
        )


def _with_period(
    machine: Machine, monoid: TransitionMonoid | None, wanted: Callable[[int], bool]
) -> str | None:
    """Name a letter, or else a word, whose period is as wanted."""
    for letter, (_, period) in zip(machine.alphabet, letter_orbits(machine), strict=True):
        if wanted(period):
            return f"letter {letter!r} has period {period}"
    if monoid is None:
        return None
    found = next((p for p in np.unique(monoid.periods).tolist() if wanted(p)), None)
    if found is None:
        return None
    word = monoid.word(int(np.argmax(monoid.periods == found)))
    return f"word {show(word)} has period {found}"


def _above_one(period: int) -> bool:
    return period > 1


def _has_odd_factor(period: int) -> bool:
    return period & (period - 1) != 0


def _permutes(column: NDArray[np.int32]) -> bool:
    return len(np.unique(column)) == len(column)


def _on_a_line(seen: Transitions) -> bool:
    """Whether every letter is constant, the identity, or one and the same involution.

    A state that the involution fixes needs no point in the middle: it may be two mirrored points.
    """
    states = np.arange(len(seen))
    others = [
        column for column in seen.T if (column != column[0]).any() and (column != states).any()
    ]
    if not others:
        return True
    mirror = others[0]
    return all((column == mirror).all() for column in others) and bool(
        (mirror[mirror] == states).all()
    )


# Names up to isomorphism, as :mod:`negeig.automata.groups.identify` writes them.
_PLANE = r"C\d+|D\d+|S3|C2 x C2"
_SPACE = rf"(C2 x )?({_PLANE}|A4|S4|A5|C2 x S3|C2 x D\d*[13579])"


def _acts_on_plane(group: Subgroup) -> bool:
    return re.fullmatch(_PLANE, group.name) is not None


def _acts_on_space(group: Subgroup) -> bool:
    return re.fullmatch(_SPACE, group.name) is not None


def _not_solvable(group: Subgroup) -> list[str]:
    """Composition factors of a group that are not abelian."""
    return [f for f in group.composition_factors or () if not re.fullmatch(r"C\d+", f)]


def _other_than_a5(group: Subgroup) -> list[str]:
    return [f for f in _not_solvable(group) if f != "A5"]

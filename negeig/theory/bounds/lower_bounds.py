"""Lower bounds on what a network for a task must have: layers, steps, dimension, eigenvalues.

Each bound names the model of arithmetic and the assumption under which it holds; the proofs are in
docs/theory/lower-bounds.md. What is compared with a network is the task *as a decoder sees it*: it
sees the last letter, so states that every letter takes to the same state are one state here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress

import numpy as np
from numpy.typing import NDArray

from negeig.automata.decomposition.complexity import complexity_lower_bound
from negeig.automata.machines.machine import Machine, Transitions
from negeig.automata.machines.periods import map_index_period
from negeig.automata.monoids.monoid import TransitionMonoid
from negeig.automata.monoids.submonoids import MAX_MULTIPLIED, Multiplication
from negeig.claims import Letter, LimitReached
from negeig.theory.bounds.dimension_bounds import dimensions
from negeig.theory.bounds.lower_bound import (
    CONTRACTIVE,
    DELTA,
    FINITE,
    MAX_GROUPED,
    OWN,
    WITHOUT_REFLECTIONS,
    LowerBound,
    Quantity,
)
from negeig.theory.bounds.peeling_greedy import peel
from negeig.theory.bounds.periods import above_one, with_period
from negeig.theory.bounds.plane_rotations import four_steps_obstruction
from negeig.theory.bounds.reflection_bounds import one_step_obstruction, reflection_front, units
from negeig.theory.bounds.witness_text import show
from negeig.theory.bounds.witnesses import Contexts, idempotent_witness
from negeig.theory.theorems import ids


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
    subgroups of a monoid of at most 5,000 elements; and
    :func:`negeig.theory.bounds.peeling_greedy.peel`.

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
        *dimensions(machine, monoid, seen),
        *([] if monoid is None else _of_units(machine.alphabet, monoid)),
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
    complexity = None
    with suppress(LimitReached):
        complexity = complexity_lower_bound(machine)
    if complexity is not None and complexity > 1:
        yield LowerBound(
            quantity="layers",
            value=complexity,
            theorem=ids.COMPLEXITY,
            assumption=CONTRACTIVE,
            reason=f"some words act as all maps of {complexity + 1} states to themselves, a "
            f"monoid of group complexity {complexity}, and a layer holds one group",
        )
    with suppress(LimitReached):
        yield from _peeling(machine, monoid, complexity)


def _peeling(
    machine: Machine, monoid: TransitionMonoid | None, complexity: int | None
) -> Iterator[LowerBound]:
    """Bounds by peeling: for all contractions, and more where there is no eigenvalue -1.

    A monoid with periods needs that eigenvalue at any depth: there is nothing to bound without it.
    """
    if monoid is not None:
        counts = not monoid.is_aperiodic
    elif complexity is not None:
        counts = complexity > 0
    else:
        return
    ranges = (True,) if counts else (True, False)
    is_listed = monoid is not None and monoid.size <= MAX_MULTIPLIED
    table = Multiplication(monoid) if monoid and is_listed and len(ranges) > 1 else None
    for reflections in ranges:
        chain = peel(machine, monoid, reflections=reflections, table=table)
        if chain.value > 1:
            yield LowerBound(
                quantity="layers",
                value=chain.value,
                theorem=ids.PEELING,
                assumption=CONTRACTIVE if reflections else WITHOUT_REFLECTIONS,
                reason=chain.reason,
                no_reflections=not reflections,
                chain=chain,
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


def _of_units(alphabet: Sequence[Letter], monoid: TransitionMonoid) -> Iterator[LowerBound]:
    """Bounds on one layer by the group that the permuting letters generate."""
    if monoid.size > MAX_GROUPED:
        return
    found = units(monoid)
    if found.group.order == 1:
        return
    obstruction = one_step_obstruction(found)
    if obstruction is not None:
        yield LowerBound(
            quantity="steps", value=2, layers=1, theorem=ids.ONE_STEP, reason=obstruction.reason
        )
    four = four_steps_obstruction(found)
    if four is not None:
        yield LowerBound(
            quantity="steps",
            value=4,
            layers=1,
            theorem=ids.FOUR_STEPS,
            reason=f"letter {alphabet[four.letter]!r}: {four.reason}, and one turn of a plane does "
            "not do that",
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
            own_group=True,
            reason=f"every faithful real representation of the group of order {found.group.order} "
            f"that the permuting letters generate needs {value} {what}, by its characters",
        )


def _is_implied(bound: LowerBound, others: list[LowerBound]) -> bool:
    """Whether an earlier bound, of a weaker assumption, says as much."""
    return not bound.on_eigenvalues and any(
        other.quantity == bound.quantity
        and other.value >= bound.value
        and (other.layers is None or other.layers == bound.layers)
        and (bound.no_reflections or not other.no_reflections)
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
    why = with_period(machine, monoid, above_one)
    if why is None:
        return
    yield LowerBound(
        quantity="eigenvalue",
        value=-1,
        theorem=ids.ISOMETRY,
        assumption=CONTRACTIVE,
        reason=f"{why}, and steps with eigenvalues in (-1, 1] track aperiodic monoids only",
    )
    why = with_period(machine, None, above_one)
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


def _permutes(column: NDArray[np.int32]) -> bool:
    return len(np.unique(column)) == len(column)

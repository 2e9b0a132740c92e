"""Certificates of lower bounds: of layers, steps, dimensions and eigenvalues."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property, partial

from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.green import GreenRelations
from negeig.claims import InputError
from negeig.proofs_checks.certificate import Certificate
from negeig.proofs_checks.kinds import kind_of
from negeig.proofs_checks.of_claims import Certificates
from negeig.proofs_checks.runs.acting import relations_of
from negeig.proofs_checks.runs.groups import (
    four_steps_certificate,
    isometries_certificate,
    one_step_certificate,
    unsolvable_certificate,
)
from negeig.proofs_checks.runs.peeling import peeling_certificate
from negeig.proofs_checks.runs.repetitions import index_certificate, period_certificate
from negeig.proofs_checks.runs.scalars import scalar_certificate
from negeig.theory.bounds.lower_bound import LowerBound
from negeig.theory.bounds.peeling import Ending, Peeling
from negeig.theory.bounds.periods import has_odd_factor, word_with_period
from negeig.theory.bounds.witnesses import (
    Contexts,
    idempotent_witness,
    is_one,
    is_power_of_two,
)
from negeig.theory.theorems import ids


def of_bounds(bounds: Iterable[LowerBound], machine: Machine, found: Certificates) -> None:
    """Add a certificate for each bound of a minimal machine, unless one that is there shows it.

    What a period shows of steps, of dimensions and of eigenvalues are theorems, which
    ``negeig explain`` names; so several bounds may have one certificate.
    """
    task = _Task(machine)
    for bound in bounds:
        if not any(_shows(one, bound) for one in found.made):
            name = f"{bound.quantity} {'' if bound.on_eigenvalues else '>= '}{bound.value}"
            found.add_once(name, partial(task.shown, bound))


def _shows(made: Certificate, bound: LowerBound) -> bool:
    """Whether a certificate shows a bound, by what its theorem says of it."""
    if made.kind == "idempotents":
        return bound.theorem == ids.IDEMPOTENTS
    if made.kind != "period":
        return False
    period, is_letter = int(made.evidence["period"]), len(made.evidence["word"]) == 1
    shown = {
        ids.PERIOD_STEPS: is_letter and period > 2,
        ids.T1: is_letter and period > 1,
        ids.ISOMETRY: period > 1,
        ids.SIMPLE_DIMENSION: bound.value == 2 and has_odd_factor(period),
    }
    return bound.theorem is not None and shown.get(bound.theorem, False)


class _Task:
    """A minimal machine, and Green's relations of its monoid, once they are asked for."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine

    @cached_property
    def relations(self) -> GreenRelations:
        return relations_of(self.machine)

    def shown(self, bound: LowerBound) -> Certificate:
        """Return the certificate of a bound; InputError and LimitReached where it has none."""
        theorem, value = bound.theorem, bound.value
        if theorem == ids.IDEMPOTENTS:
            return self._idempotents()
        if theorem == ids.PERIOD_STEPS:
            return self._period(_is_at_most_two)
        if theorem in (ids.ISOMETRY, ids.T1):
            return self._period(is_one)
        if theorem == ids.INVERTIBLE_STEPS:
            return index_certificate(self.machine)
        if theorem == ids.SCALAR:
            return scalar_certificate(self.machine)
        if theorem == ids.SIMPLE_DIMENSION and value == 2:
            return self._period(is_power_of_two)
        if theorem == ids.SIMPLE_DIMENSION:
            return unsolvable_certificate(self.relations, _FACTORS[value])
        if theorem == ids.GROUP_DIMENSION:
            return isometries_certificate(self.relations, _ISOMETRIES[value])
        if theorem == ids.ONE_STEP:
            return one_step_certificate(self.relations)
        if theorem == ids.FOUR_STEPS:
            return four_steps_certificate(self.relations)
        if theorem == ids.OWN_REPRESENTATIONS:
            raise InputError("certificate", "the characters of a group are not derived in checkers")
        return peeling_certificate(self.machine, _chain_of(bound))

    def _period(self, allowed: Callable[[int], bool]) -> Certificate:
        """Return that of a letter, or else of a word, whose period is not allowed."""

        def wanted(period: int) -> bool:
            return not allowed(period)

        found = word_with_period(self.machine, None, wanted)  # the monoid may be too large to list
        found = found or word_with_period(self.machine, self.relations.monoid, wanted)
        if found is None:
            raise InputError("certificate", "no word has such a period")
        return period_certificate(self.machine, found[0], allowed)

    def _idempotents(self) -> Certificate:
        witness, _ = idempotent_witness(Contexts(self.machine), self.relations.monoid)
        if witness is None:
            raise InputError("certificate", "no pair of idempotents shows it")
        return kind_of(witness).certificate(witness, self.machine)


_FACTORS = {3: "not solvable", 5: "not A5"}
_ISOMETRIES = {3: "plane", 4: "space"}


def _is_at_most_two(period: int) -> bool:
    return period <= 2


def _chain_of(bound: LowerBound) -> Peeling:
    """Return the chain that shows a bound, one without links where none is given."""
    if bound.chain is not None:
        return bound.chain
    ending: Ending = "complexity" if bound.theorem == ids.COMPLEXITY else "one layer"
    return Peeling(value=bound.value, reflections=True, ending=ending, exhaustive=False)

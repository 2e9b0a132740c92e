"""Limits: which classes of linear RNNs cannot do a task, whatever their weights, with witnesses.

Each row is about one class of layers, a depth and a model of arithmetic, and ends ``impossible``
(a theorem and a witness), ``possible`` (a proved network in hand, or a cited theorem) or ``open``.
The theorems are those of :mod:`negeig.theory.theorems`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

import numpy as np

from negeig.automata.machines.machine import Machine
from negeig.automata.machines.periods import letter_orbits
from negeig.automata.monoids.green import green
from negeig.automata.monoids.monoid import TransitionMonoid
from negeig.claims import Word
from negeig.theory.bounds.bounds import (
    collision_bound,
    diagonal_changes,
    nonnegative_changes,
    two_step_changes,
)
from negeig.theory.bounds.limit import BoundDetail, Limit
from negeig.theory.bounds.limit_rows import (
    AT_REST,
    AT_REST_BY_POWERS,
    FINITELY_OFTEN,
    POWER_OF_TWO,
    TOO_LARGE,
    in_hand,
    row_of,
    why,
)
from negeig.theory.bounds.periods import MAX_DERIVED, derived_length, turning_pairs
from negeig.theory.bounds.reflection_bounds import units
from negeig.theory.bounds.rounded import BEYOND_FINITE, rest_bound, rounds_to_rest
from negeig.theory.bounds.witness_text import idempotent_text
from negeig.theory.bounds.witnesses import (
    Contexts,
    PeriodWitness,
    idempotent_witness,
    is_one,
    is_power_of_two,
    period_witnesses,
)
from negeig.theory.networks.network import LinearRNN
from negeig.theory.spectra.networks import (
    has_real_spectrum,
    is_diagonal,
    is_householder,
    is_positive_symmetric,
)
from negeig.theory.spectra.real_products import has_real_products
from negeig.theory.theorems import ids


def limits(
    machine: Machine,
    monoid: TransitionMonoid | None,
    *,
    dimension: int = 64,
    format: str = "bf16",
    format_values: int = 65_279,
    networks: Sequence[LinearRNN] = (),
    endless: Sequence[LinearRNN] = (),
) -> tuple[Limit, ...]:
    """Return one row for every class, those with fewer freedoms of sign first.

    Parameters
    ----------
    machine : Machine
        The minimal machine of the task.
    monoid : TransitionMonoid or None
        Its transition monoid; None when that is too large to list, which leaves open what letters
        alone do not refute.
    dimension, format, format_values
        Dimension of the layer and format of its cast state that bounds are stated for, with the
        number of distinct finite values of the format.
    networks : sequence of LinearRNN
        Networks for the task, each proved right on all words in exact arithmetic by the caller,
        with finitely many exact states.
    endless : sequence of LinearRNN
        Those proved by regions, whose exact states may be infinitely many: no answer in the model
        ``exact-orbit``. In the model ``cast`` they are one, by the corollary in
        ``docs/theory/regions.md``: some cast into a finite set is fine enough for their decoders.

    Notes
    -----
    O(states x letters) for the letters, O(elements) for the elements' periods, and up to
    O(idempotents^2 x states) within the limits of :mod:`negeig.theory.bounds.witnesses`.

    Examples
    --------
    >>> from negeig.automata.monoids.monoid import transition_monoid
    >>> parity = Machine(alphabet="1", transitions=[[1], [0]], initial=0, outputs=[1, 0])
    >>> rows = limits(parity, transition_monoid(parity))
    >>> [(row.class_, row.verdict, row.theorem, row.bound) for row in rows[:2]]
    [('nonnegative-spectrum', 'impossible', 'T1', 267378753), ('real-spectrum', 'open', None, None)]
    """
    task = _Task(machine, monoid, networks, endless, dimension, format, format_values)
    return (
        task.nonnegative_spectrum(),
        task.real_spectrum(),
        task.nonnegative_symmetric(),
        task.nonnegative_diagonal(),
        task.real_diagonal(),
        task.complex_diagonal(),
        task.rounded_nonnegative_diagonal(),
        task.rounded_real_diagonal(),
        task.one_contractive_layer(),
    )


class _Task:
    """What the rows are decided from, and one method for each row."""

    def __init__(
        self,
        machine: Machine,
        monoid: TransitionMonoid | None,
        finite: Sequence[LinearRNN],
        endless: Sequence[LinearRNN],
        dimension: int,
        format: str,
        values: int,
    ) -> None:
        self.machine, self.monoid = machine, monoid
        self.finite, self.endless = finite, endless
        self.dimension, self.format, self.values = dimension, format, values
        self.contexts = Contexts(machine)
        self.letter_periods = [period for _, period in letter_orbits(machine)]

    def nonnegative_spectrum(self) -> Limit:
        row = row_of("nonnegative-spectrum")
        changes = nonnegative_changes(self.dimension, self.values)
        refuted = self._refuted_by(self._letters(is_one), is_one, changes, gap=1)
        if refuted:
            return row(
                verdict="impossible",
                theorem=ids.T1,
                reason=why(refuted, FINITELY_OFTEN),
                **refuted,
            )
        nonnegative = partial(has_real_spectrum, nonnegative=True)
        if held := self._in_hand(nonnegative, "has only real eigenvalues >= 0"):
            return row(**held)
        return self._star_free(row) or row(
            verdict="open",
            reason="every letter has period 1, and no network of this class is at hand"
            + self._no_monoid(),
        )

    def real_spectrum(self) -> Limit:
        row = row_of("real-spectrum")
        changes = two_step_changes(nonnegative_changes(self.dimension, self.values))
        refuted = self._refuted_by(self._letters(is_power_of_two), is_power_of_two, changes, gap=2)
        if refuted:
            return row(
                verdict="impossible",
                theorem=ids.T2,
                reason=why(refuted, POWER_OF_TWO),
                **refuted,
            )
        products = "has only real eigenvalues, in layer i of products of 2^(i-1) matrices"
        held = self._in_hand(is_diagonal, "is diagonal, so every product has real eigenvalues")
        if held := held or self._in_hand(has_real_products, products):
            return row(**held)
        return self._star_free(row) or row(
            verdict="open",
            reason="every letter's period is a power of two, and no network of this class is "
            "at hand" + self._no_monoid(),
        )

    def nonnegative_symmetric(self) -> Limit:
        row = row_of("nonnegative-symmetric")
        changes = nonnegative_changes(self.dimension, self.values)
        letters, aperiodic = self._letters(is_one), self.monoid and self.monoid.is_aperiodic
        pairs = [] if letters or aperiodic else turning_pairs(self.machine)
        refuted = self._refuted_by(letters or pairs, is_one, changes, gap=1)
        if refuted:
            return row(
                verdict="impossible",
                theorem=ids.T1 if letters else ids.TWO_LETTERS,
                reason=why(refuted, FINITELY_OFTEN),
                **refuted,
            )
        symmetric = "has symmetric matrices with eigenvalues >= 0"
        if held := self._in_hand(is_positive_symmetric, symmetric):
            return row(**held)
        return self._star_free(row) or row(
            verdict="open",
            reason="no word of one letter or two is known to have a period above 1, and no network "
            "of this class is at hand" + self._no_monoid(),
        )

    def nonnegative_diagonal(self) -> Limit:
        row = row_of("nonnegative-diagonal")
        changes = diagonal_changes(self.dimension, self.values)
        refuted = self._refuted_by(self._words(is_one), is_one, changes, gap=1)
        if refuted:
            return row(
                verdict="impossible",
                theorem=ids.T1,
                reason=why(refuted, FINITELY_OFTEN),
                **refuted,
            )
        diagonal = partial(is_diagonal, nonnegative=True)
        if held := self._in_hand(diagonal, "is diagonal with entries >= 0"):
            return row(**held)
        return self._star_free(row) or row(verdict="open", reason=TOO_LARGE)

    def real_diagonal(self) -> Limit:
        row = row_of("real-diagonal")
        changes = two_step_changes(diagonal_changes(self.dimension, self.values))
        refuted = self._refuted_by(self._words(is_power_of_two), is_power_of_two, changes, gap=2)
        if refuted:
            return row(
                verdict="impossible",
                theorem=ids.T2,
                reason=why(refuted, POWER_OF_TWO),
                **refuted,
            )
        if held := self._in_hand(is_diagonal, "is diagonal"):
            return row(**held)
        return self._star_free(row) or row(
            verdict="open",
            reason="every word's period is a power of two, and no diagonal network is at hand"
            if self.monoid
            else TOO_LARGE,
        )

    def complex_diagonal(self) -> Limit:
        row = row_of("complex-diagonal")
        group, layers = self._derived_series()
        if held := self._in_hand(is_diagonal, "is diagonal"):
            return row(**held, least_layers=layers)
        if self.monoid is None:
            return row(verdict="open", reason=TOO_LARGE)
        if group == "solvable":
            depth = "" if layers is None else f", of derived length {layers}: the fewest layers"
            return row(
                verdict="possible",
                theorem=ids.SUBNORMAL,
                reason=f"the transition group, of order {self.monoid.size:,}, is solvable{depth}",
                least_layers=layers,
            )
        if group == "not solvable":
            return row(
                verdict="impossible",
                theorem=ids.SUBNORMAL,
                reason=f"the transition group, of order {self.monoid.size:,}, is not solvable",
            )
        star_free = self._star_free(row)
        if star_free is not None:
            return star_free
        if green(self.monoid).is_solvable:
            return row(
                verdict="possible",
                theorem=ids.SOLVABLE_LEVELS,
                reason="every group in the transition monoid is solvable: turns that nothing "
                "resets, and numbers that hold what the last reset says",
            )
        return row(
            verdict="open",
            reason="the transition monoid is no group, and a group in it is not solvable",
        )

    def _derived_series(self) -> tuple[str | None, int | None]:
        """Whether the monoid is a solvable group, and the length of its derived series."""
        if self.monoid is None or not self.monoid.is_group:
            return None, None
        if self.monoid.size <= MAX_DERIVED:
            length = derived_length(units(self.monoid).group)
            return ("not solvable" if length is None else "solvable"), length
        return ("solvable" if green(self.monoid).is_solvable else "not solvable"), None

    def one_contractive_layer(self) -> Limit:
        row = row_of("one-contractive-layer", depth="one", model="exact-orbit")
        one = [network for network in self.finite if len(network.layers) <= 1]
        steps = "is one layer of delta steps with eigenvalues in [-1, 1]"
        if held := in_hand(partial(is_householder, low=-1), steps, one):
            return row(**held)
        if self.monoid is None:
            return row(verdict="open", reason=TOO_LARGE)
        witness, complete = idempotent_witness(self.contexts, self.monoid)
        if witness:
            return row(
                verdict="impossible",
                theorem=ids.IDEMPOTENTS,
                witness=witness,
                reason=f"{idempotent_text(witness)}; with finitely many exact states efe = fe",
            )
        if not complete:
            count = len(self.monoid.idempotents)
            return row(
                verdict="open", reason=f"{count:,} idempotents: too many to compare all pairs"
            )
        return row(
            verdict="possible",
            theorem=ids.ONE_LAYER,
            reason="any two idempotents satisfy efe = fe, so one layer exists; none is at hand",
        )

    def rounded_nonnegative_diagonal(self) -> Limit:
        return self._rounded("rounded-nonnegative-diagonal", is_one, 1, AT_REST)

    def rounded_real_diagonal(self) -> Limit:
        return self._rounded("rounded-real-diagonal", is_power_of_two, 2, AT_REST_BY_POWERS)

    def _rounded(self, class_: str, allowed: Callable[[int], bool], gap: int, but: str) -> Limit:
        row = row_of(class_, model="hardware")
        rest = gap * rounds_to_rest(1, self.values + BEYOND_FINITE)

        def bound(witness: PeriodWitness) -> int:
            return len(witness.word) * rest_bound(
                witness.outputs, witness.period, rest=rest, gap=gap, first=witness.first
            )

        refuted = self._refuted(self._words(allowed), allowed, bound, rest, gap)
        if refuted:
            return row(
                verdict="impossible", theorem=ids.ROUNDED, reason=why(refuted, but), **refuted
            )
        allowed_text = "is 1" if gap == 1 else "is a power of two"
        return row(
            verdict="open",
            reason=f"every word's period {allowed_text}; what a format can do is proved network by "
            "network"
            if self.monoid
            else TOO_LARGE,
        )

    def _in_hand(self, belongs: Callable[[LinearRNN], bool], what: str) -> dict[str, Any]:
        """Return the verdict for a network at hand, whatever its exact states are."""
        return in_hand(belongs, what, self.finite, self.endless)

    def _letters(self, allowed: Callable[[int], bool]) -> list[Word]:
        """Letters whose period is not allowed."""
        pairs = zip(self.machine.alphabet, self.letter_periods, strict=True)
        return [(letter,) for letter, period in pairs if not allowed(period)]

    def _words(self, allowed: Callable[[int], bool]) -> list[Word]:
        """Letters whose period is not allowed, or else a shortest word whose period is not."""
        letters = self._letters(allowed)
        if letters or self.monoid is None:
            return letters
        periods = self.monoid.periods
        wrong = periods > 1 if allowed is is_one else (periods & (periods - 1)) != 0
        return [self.monoid.word(int(np.argmax(wrong)))] if wrong.any() else []

    def _refuted_by(
        self, words: Iterable[Word], allowed: Callable[[int], bool], changes: int, gap: int
    ) -> dict[str, Any]:
        """Return the witness with the least bound, with its bound, or nothing without words."""

        def bound(witness: PeriodWitness) -> int:
            return len(witness.word) * collision_bound(
                witness.outputs, witness.period, changes=changes, gap=gap, first=witness.first
            )

        return self._refuted(words, allowed, bound, changes, gap)

    def _refuted(
        self,
        words: Iterable[Word],
        allowed: Callable[[int], bool],
        bound: Callable[[PeriodWitness], int],
        changes: int,
        gap: int,
    ) -> dict[str, Any]:
        found = [w for word in words for w in period_witnesses(self.contexts, word, allowed)]
        if not found:
            return {}
        best = min(found, key=lambda w: (bound(w), len(w.prefix) + len(w.suffix)))
        around = len(best.prefix) + gap * len(best.word) + len(best.suffix)
        detail = BoundDetail(
            dimension=self.dimension,
            format=self.format,
            layers=1,
            changes=changes,
            letters=bound(best) + around,
        )
        return {"witness": best, "bound": bound(best), "bound_detail": detail}

    def _star_free(self, row: Callable[..., Limit]) -> Limit | None:
        if self.monoid is None or not self.monoid.is_aperiodic:
            return None
        return row(
            verdict="possible",
            theorem=ids.STAR_FREE,
            reason="the transition monoid is aperiodic: nonnegative diagonal layers of some depth "
            "recognise each output's star-free language, side by side",
        )

    def _no_monoid(self) -> str:
        return "" if self.monoid else f"; {TOO_LARGE}"

"""Why no contractive layer has affinely independent points: certificates that check themselves.

A certificate is a dual solution of the program of :mod:`.contractions.semidefinite`. Write T_a for
the 0/1 matrix of letter a on the states, and consider only vectors with sum zero. Wherever a
letter lies on a cycle of the pair (p, q), every solution K has ``S_a (e_p - e_q) = 0`` for its loss
``S_a = K - T_a^T K T_a``. So for vectors y and ``Z_a = sum (e_p - e_q) y^T + y (e_p - e_q)^T`` over
such pairs, ``<Z_a, S_a> = 0``, that is ``<sum_a Z_a - T_a Z_a T_a^T, K> = 0``. A certificate gives
such Z_a and a vector z with

    z z^T + sum_a (Z_a - T_a Z_a T_a^T) = 0 and z != 0.

Then ``z^T K z = 0``, and K is not positive definite: no solution exists.

One exists exactly when two idempotents of the transition monoid do not commute as linear maps
of the differences (docs/theory, "One contractive layer"), and is computed from their words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from operator import index
from typing import Any, TypeAlias

import numpy as np
from flint import fmpq, fmpq_mat

from negeig.automata.machines.machine import Machine
from negeig.claims import InputError, Letter, Word
from negeig.evidence import Evidence, read_word, unknown_letters
from negeig.moved import names_of
from negeig.theory.contractions.semidefinite import (
    Pair,
    difference,
    difference_map,
    recurrent_pairs,
    way_back,
)
from negeig.theory.exact.numbers import to_fraction
from negeig.theory.spectra.certificates import number_text
from negeig.theory.spectra.verifier import rational

Map: TypeAlias = tuple[int, ...]
Vector: TypeAlias = tuple[Fraction, ...]

__getattr__ = names_of(
    __name__, Certificate="negeig.theory.contractions.refusal:InfeasibilityCertificate"
)

MAX_ELEMENTS = 20_000
"""Most elements of the transition monoid that are listed for idempotents."""

MAX_IDEMPOTENTS = 200
"""Most idempotents, those of the shortest words, that are compared pair by pair."""


@dataclass(frozen=True)
class Equation:
    """A pair whose distance a letter keeps, and the multiplier y of that equation.

    Reading ``letter`` and then ``back`` brings the pair of states ``pair`` back to itself, as a
    set. ``multiplier`` has one entry for each state and sum zero.
    """

    letter: Letter
    pair: Pair
    back: Word
    multiplier: Vector


@dataclass(frozen=True)
class InfeasibilityCertificate(Evidence[Machine]):
    """Proof that no contractive layer has affinely independent points for a machine's states.

    Attributes
    ----------
    e, f : Word
        Words that act as idempotents which do not commute on differences of points.
    vanishing : Vector
        z, one entry for each state with sum zero: a combination of the points that must be 0.
    equations : tuple of Equation
        The dual matrices Z_a, term by term.
    """

    e: Word
    f: Word
    vanishing: Vector
    equations: tuple[Equation, ...]

    @property
    def reason(self) -> str:
        """Where the equations come from, in one sentence."""
        e, f = ("".join(word) or "the empty word" for word in (self.e, self.f))
        return (
            f"words e = {e} and f = {f} are idempotent and do not commute on differences of points"
        )

    def dual(self, letter: Letter) -> fmpq_mat:
        """Z_a: the sum over the letter's equations of ``x y^T + y x^T`` with x = e_p - e_q."""
        size = len(self.vanishing)
        total = fmpq_mat(size, size)
        for equation in self.equations:
            if equation.letter == letter:
                p, q = equation.pair
                x = _column([Fraction((r == p) - (r == q)) for r in range(size)])
                y = _column(equation.multiplier)
                total += x * y.transpose() + y * x.transpose()
        return total

    def problems(self, machine: Machine, /) -> list[str]:
        """Return why the data prove nothing of the machine. Exact. O(letters x n^3).

        Uses nothing but the machine's transitions: that every pair comes back, and the matrix
        equation. The words e and f explain where the certificate comes from and prove nothing, but
        they are what they are said to be.
        """
        size = machine.size
        words = (self.e, self.f, *((x.letter, *x.back) for x in self.equations))
        if unknown := unknown_letters(machine.alphabet, *words):
            return unknown
        z = _column(self.vanishing)
        if len(self.vanishing) != size or sum(self.vanishing) != 0 or not any(self.vanishing):
            return ["vanishing: not one number for each state, with sum zero and not all of them 0"]
        for i, equation in enumerate(self.equations):
            y = equation.multiplier
            if len(y) != size or sum(y) != 0:
                return [f"equation {i}: its multiplier has not one number a state, with sum zero"]
            p, q = equation.pair
            image = _map(machine, (equation.letter, *equation.back))
            if not (0 <= p < size and 0 <= q < size) or p == q or {image[p], image[q]} != {p, q}:
                return [f"equation {i}: the words do not bring its pair back to itself"]
        total = z * z.transpose()
        for column, letter in enumerate(machine.alphabet):
            move = fmpq_mat(size, size)
            for q, target in enumerate(machine.transitions[:, column].tolist()):
                move[target, q] = fmpq(1)
            dual = self.dual(letter)
            total += dual - move * dual * move.transpose()
        if total != fmpq_mat(size, size):
            return ["the matrix equation does not hold"]
        e, f = _map(machine, self.e), _map(machine, self.f)
        return [] if _is_idempotent(e) and _is_idempotent(f) and _differ(e, f) else [NO_PAIR]

    def to_json(self) -> dict[str, Any]:
        """Return the certificate as a JSON object, which :meth:`from_json` reads back."""
        return {
            "e": list(self.e),
            "f": list(self.f),
            "vanishing": [number_text(x) for x in self.vanishing],
            "equations": [
                {
                    "letter": equation.letter,
                    "pair": list(equation.pair),
                    "back": list(equation.back),
                    "multiplier": [number_text(x) for x in equation.multiplier],
                }
                for equation in self.equations
            ],
        }

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> InfeasibilityCertificate:
        """Read a certificate, to be verified. Raises InputError where the form is wrong."""
        try:
            return InfeasibilityCertificate(
                read_word(data["e"]),
                read_word(data["f"]),
                tuple(rational(x) for x in data["vanishing"]),
                tuple(_equation(item) for item in data["equations"]),
            )
        except (ArithmeticError, KeyError, TypeError, ValueError) as error:
            problem = f"not a certificate of infeasibility: {error!r:.200}"
            raise InputError("certificate", problem) from None


NO_PAIR = "the words e and f do not act as idempotents that do not commute on differences"


def infeasibility(machine: Machine) -> InfeasibilityCertificate | None:
    """Return a verified certificate that the program has no solution, or None.

    None means that no two idempotents among those compared fail to commute; where all elements
    were listed (at most :data:`MAX_ELEMENTS`) and all idempotents compared, the program has a
    solution. Exact. O(elements x letters x n), O(idempotents^2 x n), then one elimination with
    n(n-1)/2 equations.

    Examples
    --------
    >>> first = Machine(alphabet="ab", transitions=[[1, 2], [1, 1], [2, 2]], initial=0,
    ...                 outputs=[0, 1, 0])
    >>> certificate = infeasibility(first)
    >>> certificate.e, certificate.f, [str(x) for x in certificate.vanishing]
    (('a',), ('b',), ['0', '1', '-1'])
    >>> certificate.verify(first)
    True
    """
    if machine.size < 3:
        return None
    words = _shortest_words(machine)
    idempotents = [m for m in words if _is_idempotent(m)][:MAX_IDEMPOTENTS]
    for e, f in combinations(idempotents, 2):
        if _differ(e, f):
            vanishing = _vanishing(difference_map(e), difference_map(f))
            certificate = InfeasibilityCertificate(
                words[e],
                words[f],
                _over_states(vanishing),
                tuple(_equations(machine, vanishing)),
            )
            return certificate if certificate.verify(machine) else None
    return None


def _is_idempotent(image: Map) -> bool:
    return all(image[q] == q for q in image)


def _differ(e: Map, f: Map) -> bool:
    """Whether two maps do not commute on differences: ef and fe are not equal, nor constant."""
    e_then_f, f_then_e = tuple(f[q] for q in e), tuple(e[q] for q in f)
    constant = len(set(e_then_f)) == 1 and len(set(f_then_e)) == 1
    return e_then_f != f_then_e and not constant


def _map(machine: Machine, word: Word) -> Map:
    """Return the map of a word on the states."""
    image = np.arange(machine.size)
    for letter in word:
        image = machine.transitions[image, machine.index(letter)].astype(np.int64)
    return tuple(image.tolist())


def _equation(data: Mapping[str, Any]) -> Equation:
    letter, back = read_word([data["letter"], *data["back"]])[0], read_word(data["back"])
    p, q = (index(state) for state in data["pair"])
    return Equation(letter, (p, q), back, tuple(rational(x) for x in data["multiplier"]))


def _shortest_words(machine: Machine) -> dict[Map, Word]:
    """Return elements of the transition monoid with shortest words, as many as the limit allows."""
    letters = list(zip(machine.alphabet, machine.transitions.T.tolist(), strict=True))
    words: dict[Map, Word] = {tuple(range(machine.size)): ()}
    queue = list(words)
    for element in queue:
        for letter, column in letters:
            product = tuple(column[q] for q in element)
            if product not in words and len(words) < MAX_ELEMENTS:
                words[product] = (*words[element], letter)
                queue.append(product)
    return words


def _vanishing(e: fmpq_mat, f: fmpq_mat) -> fmpq_mat:
    """Return a vector z with z^T K z = 0 for all K that satisfy the program's equations.

    e and f are idempotent matrices that do not commute, of maps in a finite monoid. The equations
    make them self-adjoint for K, and words isometric on vectors that come back. With c = efe and
    g its idempotent power, in matrix order, four cases are possible; the reasons are in the
    documentation.
    """
    c = e * f * e
    g = _idempotent_power(c)
    if c * g != g:  # c turns its recurrent vectors x, but |cx - x| = 0
        return _nonzero_column(c * g - g)
    if c != g:  # c has a nilpotent part N, but |N x|^2 = <x, N^2 x>
        nilpotent = c - g
        while (square := nilpotent * nilpotent) != c - c:
            nilpotent = square
        return _nonzero_column(nilpotent)
    if f * e != g:  # |fe x - g x|^2 = <x, c x> - |g x|^2
        return _nonzero_column(f * e - g)
    return _nonzero_column(e * f - g)  # adjoint to fe - g = 0


def _idempotent_power(matrix: fmpq_mat) -> fmpq_mat:
    power = matrix
    while power * power != power:
        power *= matrix
    return power


def _nonzero_column(matrix: fmpq_mat) -> fmpq_mat:
    columns = (fmpq_mat([[x] for x in column]) for column in matrix.transpose().tolist())
    return next(column for column in columns if any(x != 0 for x in column.entries()))


def _equations(machine: Machine, vanishing: fmpq_mat) -> Iterator[Equation]:
    """Solve for the multipliers y, by elimination in the entries of the matrix equation."""
    size = machine.size
    unknowns: list[tuple[int, Pair, int]] = []
    columns: list[list[fmpq]] = []
    for letter, pairs in enumerate(recurrent_pairs(machine)):
        move = difference_map(machine.transitions[:, letter].tolist())
        for pair in _independent(size, pairs):
            x = fmpq_mat([difference(size, pair)]).transpose()
            for j in range(size - 1):
                y = fmpq_mat([[int(i == j)] for i in range(size - 1)])
                term = x * y.transpose() + y * x.transpose()
                unknowns.append((letter, pair, j))
                columns.append(_upper(term - move * term * move.transpose()))
    columns.append([-x for x in _upper(vanishing * vanishing.transpose())])
    reduced, rank = fmpq_mat(columns).transpose().rref()
    values: dict[tuple[int, Pair], list[fmpq]] = {}
    for i in range(rank):
        pivot = next(j for j in range(len(columns)) if reduced[i, j] != 0)
        letter, pair, j = unknowns[pivot]
        values.setdefault((letter, pair), [fmpq(0)] * (size - 1))[j] = reduced[i, len(unknowns)]
    for (letter, pair), entries in sorted(values.items()):
        if any(x != 0 for x in entries):
            multiplier = _over_states(fmpq_mat([[x] for x in entries]))
            back = way_back(machine, letter, pair) or ()
            yield Equation(machine.alphabet[letter], pair, back, multiplier)


def _independent(size: int, pairs: Sequence[Pair]) -> list[Pair]:
    """Pairs whose differences are a basis of the span of all: the edges of a spanning forest."""
    root = list(range(size))
    kept = []
    for p, q in pairs:
        if root[p] != root[q]:
            kept.append((p, q))
            root = [root[p] if r == root[q] else r for r in root]
    return kept


def _upper(matrix: fmpq_mat) -> list[fmpq]:
    return [matrix[i, j] for i in range(matrix.nrows()) for j in range(i, matrix.ncols())]


def _over_states(vector: fmpq_mat) -> Vector:
    """Turn coefficients of the v_r - v_0 into coefficients of all v_r, with sum zero."""
    entries = [to_fraction(x) for x in vector.entries()]
    return (-sum(entries, Fraction(0)), *entries)


def _column(vector: Sequence[Fraction]) -> fmpq_mat:
    return fmpq_mat([[fmpq(x.numerator, x.denominator)] for x in vector])

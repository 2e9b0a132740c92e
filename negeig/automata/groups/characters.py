"""The complex character table of a finite group, exactly, and its real irreducibles.

The values ``|C| chi(C) / chi(1)`` are the joint eigenvalues of the class matrices (Burnside). They
are found modulo a prime p = 1 modulo the exponent, where all roots of unity that occur exist
(Dixon, High speed computation of group characters, 1967), by one random combination of the class
matrices (Schneider, Dixon's character table algorithm, 1990). A value is a sum of roots of unity;
how often each occurs is a number below p that the values on the powers of the element give, so the
lift is exact, and everything here is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, cached_property
from typing import Literal

import numpy as np
from flint import fmpz_poly, nmod_mat
from numpy.typing import NDArray

from negeig.automata.groups.classes import ConjugacyClasses, Counts
from negeig.automata.groups.permgroup import ListedGroup, primes
from negeig.claims import LimitReached

MAX_ORDER = 5_000
"""Limit on the order of the group."""

MAX_CLASSES = 120
"""Limit on the number of conjugacy classes."""

RealType = Literal["real", "complex", "quaternionic"]

# Primes are taken from here on: a random combination of class matrices then has a repeated
# eigenvalue with probability below MAX_CLASSES^2 / _FIRST_PRIME; products stay within 64 bits.
_FIRST_PRIME = 1 << 30


@dataclass(frozen=True, kw_only=True)
class RealIrreducible:
    """An irreducible representation over the reals.

    Attributes
    ----------
    dimension : int
        Its real dimension.
    type : str
        ``"real"``: one complex irreducible; ``"complex"``: one and its conjugate;
        ``"quaternionic"``: one twice.
    characters : tuple of int
        The complex irreducibles in it, as rows of the table, with repetition.
    fixed : tuple of int
        For each conjugacy class the dimension of the space that its elements fix. The kernel is
        where this is the whole dimension; ``dimension - fixed[c]`` is rank(I - rho(g)).
    """

    dimension: int
    type: RealType
    characters: tuple[int, ...]
    fixed: tuple[int, ...]

    @property
    def kernel(self) -> frozenset[int]:
        """Classes whose elements act as the identity."""
        return frozenset(c for c, d in enumerate(self.fixed) if d == self.dimension)


@dataclass(frozen=True, eq=False, kw_only=True)
class CharacterTable:
    """All complex irreducible characters of a finite group, in the order of their degrees.

    Made by :func:`character_table`. Row 0 is the trivial character.

    Attributes
    ----------
    classes : ConjugacyClasses
        The columns.
    multiplicities : tuple of tuple of tuple of int
        ``multiplicities[i][c][k]`` is the multiplicity of the eigenvalue exp(2 pi i k / n) of an
        element of class c, of order n, in the representation with character i.
    """

    classes: ConjugacyClasses
    multiplicities: tuple[tuple[tuple[int, ...], ...], ...]

    def __len__(self) -> int:
        return len(self.multiplicities)

    @cached_property
    def degrees(self) -> tuple[int, ...]:
        """Degree of every character: its value at the identity."""
        return tuple(row[0][0] for row in self.multiplicities)

    def value(self, character: int, c: int) -> tuple[int, ...]:
        """Exact value: coefficients of 1, z, z^2, ... for z = exp(2 pi i / exponent), reduced.

        The powers of z below phi(exponent) are a basis, so equal values have equal coefficients.
        """
        remainder = self._sum(character, c) % self._cyclotomic
        found = [int(x) for x in remainder.coeffs()]
        return tuple(found + [0] * (self._cyclotomic.degree() - len(found)))

    def approximate(self, character: int, c: int) -> complex:
        """Value in double precision, for reading."""
        counts = np.array(self.multiplicities[character][c])
        return complex(counts @ np.exp(2j * np.pi * np.arange(len(counts)) / len(counts)))

    def conjugate(self, character: int) -> int:
        """Row of the complex conjugate of a character."""
        row = tuple((m[0], *m[:0:-1]) for m in self.multiplicities[character])
        return self.multiplicities.index(row)

    def inner_product(self, i: int, j: int) -> Fraction:
        """Inner product of two characters, from the values: exactly 1 if i = j, otherwise 0."""
        total = fmpz_poly([0])
        other = self.conjugate(j)
        for c, size in enumerate(self.classes.sizes.tolist()):
            total += size * self._sum(i, c) * self._sum(other, c)
        total %= self._cyclotomic
        if total.degree() > 0:
            raise ValueError(f"inner product of characters {i} and {j} is not rational")
        return Fraction(int(total[0]), self.classes.group.order)

    def indicator(self, character: int) -> int:
        """Frobenius-Schur indicator: 1 real, 0 complex, -1 quaternionic.

        It is the mean of the character over the squares of all elements.
        """
        total = fmpz_poly([0])
        for size, powers in zip(self.classes.sizes.tolist(), self.classes.powers, strict=True):
            total += size * self._sum(character, int(powers[2 % len(powers)]))
        order: int = self.classes.group.order
        return int((total % self._cyclotomic)[0]) // order

    @cached_property
    def real_irreducibles(self) -> tuple[RealIrreducible, ...]:
        """The irreducible representations over the reals, by their first complex character."""
        found = []
        for i, degree in enumerate(self.degrees):
            indicator, other = self.indicator(i), self.conjugate(i)
            if other < i:
                continue
            kind: RealType = ("complex", "real", "quaternionic")[indicator]
            characters = (i,) if indicator == 1 else (i, other)
            copies = len(characters)
            found.append(
                RealIrreducible(
                    dimension=copies * degree,
                    type=kind,
                    characters=characters,
                    fixed=tuple(copies * m[0] for m in self.multiplicities[i]),
                )
            )
        return tuple(found)

    @cached_property
    def _cyclotomic(self) -> fmpz_poly:
        return fmpz_poly.cyclotomic(self.classes.exponent)

    def _sum(self, character: int, c: int) -> fmpz_poly:
        """Return the value as a sum of powers of z, not reduced."""
        counts = self.multiplicities[character][c]
        stride = self.classes.exponent // len(counts)
        coefficients = [0] * self.classes.exponent
        coefficients[::stride] = counts
        return fmpz_poly(coefficients)


def character_table(
    group: ListedGroup, *, max_order: int = MAX_ORDER, max_classes: int = MAX_CLASSES
) -> CharacterTable:
    """Compute the character table of a listed group, exactly.

    Parameters
    ----------
    group : ListedGroup
        The elements, as permutations; ``ListedGroup(monoid.maps)`` for the transition monoid of
        a machine whose letters permute.
    max_order, max_classes : int
        Limits.

    Raises
    ------
    LimitReached
        The group has more elements, or more conjugacy classes.

    Notes
    -----
    O(classes x order) products of elements and O(classes^4) operations modulo a 31-bit prime.

    Examples
    --------
    >>> from negeig.automata.groups.schreier_sims import PermutationGroup
    >>> a5 = PermutationGroup([[1, 2, 3, 4, 0], [1, 2, 0, 3, 4]])
    >>> table = character_table(ListedGroup(a5.elements()))
    >>> table.degrees, table.classes.orders.tolist()
    ((1, 3, 3, 4, 5), [1, 2, 3, 5, 5])
    >>> [round(table.approximate(1, c).real, 3) for c in (0, 1, 3, 4)]
    [3.0, -1.0, 1.618, -0.618]
    >>> table.multiplicities[1][3]  # an element of order 5 is a rotation by 72 degrees
    (1, 1, 0, 0, 1)
    """
    if group.order > max_order:
        raise LimitReached(
            "order of the group for characters",
            max_order,
            reached=group.order,
            detail="max_order of character_table in Python",
        )
    classes = ConjugacyClasses(group)
    if len(classes) > max_classes:
        raise LimitReached(
            "conjugacy classes of the group for characters",
            max_classes,
            reached=len(classes),
            detail="max_classes of character_table in Python",
        )
    p = _prime(classes.exponent)
    rows = _lifted(classes, _characters_modulo(classes, p), p)
    rows.sort(key=lambda row: (row[0], [[-m for m in column] for column in row]))
    return CharacterTable(classes=classes, multiplicities=tuple(rows))


def _characters_modulo(classes: ConjugacyClasses, p: int) -> Counts:
    """Return all irreducible characters modulo p, one a row, in any order."""
    count, order = len(classes), classes.group.order
    constants = classes.structure_constants() % p
    generator = np.random.default_rng(0)
    while True:
        # A w = (sum of c_i w_i) w for every w = (|C| chi(C) / chi(1)), one entry a class.
        combination = np.zeros((count, count), np.int64)
        for matrix in constants:
            combination = (combination + int(generator.integers(p)) * matrix) % p
        matrix = nmod_mat(count, count, combination.ravel().tolist(), p)
        roots = [int(root) for root, _ in matrix.charpoly().roots()]
        if len(roots) == count:
            break
    sizes = np.array([pow(size, -1, p) for size in classes.sizes.tolist()])
    degrees = {d * d % p: d for d in range(1, math.isqrt(order) + 1)}
    found = np.empty((count, count), np.int64)
    identity = nmod_mat(count, count, np.eye(count, dtype=int).ravel().tolist(), p)
    for i, root in enumerate(roots):
        kernel, _ = (matrix - root * identity).nullspace()
        vector = np.array([int(kernel[c, 0]) for c in range(count)])
        vector = vector * pow(int(vector[0]), -1, p) % p
        # The sum of |chi(C)|^2 |C| is the order, so this is order / chi(1)^2.
        norm = int((vector * vector[classes.inverses] % p * sizes % p).sum()) % p
        degree = degrees[order * pow(norm, -1, p) % p]
        found[i] = vector * sizes % p * degree % p
    return found


def _lifted(
    classes: ConjugacyClasses, characters: Counts, p: int
) -> list[tuple[tuple[int, ...], ...]]:
    """Return the multiplicity of every eigenvalue, from the characters modulo p.

    That of z^k, z of order n, in an element x of order n is the mean of chi(x^l) z^(-kl) over l,
    a number not above chi(1), which is below p.
    """
    root = _element_of_order(classes.exponent, p)
    columns = []
    for powers in classes.powers:
        n = len(powers)
        step = pow(root, -(classes.exponent // n), p)
        roots = np.array([pow(step, k, p) for k in range(n)])
        exponents = np.outer(np.arange(n), np.arange(n)) % n
        columns.append(_product(characters[:, powers], roots[exponents], p) * pow(n, -1, p) % p)
    return [tuple(tuple(column[i].tolist()) for column in columns) for i in range(len(characters))]


def _product(a: NDArray[np.int64], b: NDArray[np.int64], p: int) -> Counts:
    """Product of two matrices modulo p."""
    rows, inner, columns = a.shape[0], a.shape[1], b.shape[1]
    left = nmod_mat(rows, inner, a.ravel().tolist(), p)
    right = nmod_mat(inner, columns, b.ravel().tolist(), p)
    product = [int(x) for x in (left * right).entries()]
    return np.array(product, dtype=np.int64).reshape(rows, columns)


@cache  # a millisecond each, and the exponents of small groups are few
def _prime(exponent: int) -> int:
    """Return a prime from 2^30 on that is 1 modulo the exponent."""
    p = (_FIRST_PRIME // exponent + 1) * exponent + 1
    while primes(p) != [p]:
        p += exponent
    return p


def _element_of_order(n: int, p: int) -> int:
    """Return a number of multiplicative order n modulo the prime p; n divides p - 1."""
    factors = primes(n)
    for base in range(2, p):
        root = pow(base, (p - 1) // n, p)
        if all(pow(root, n // q, p) != 1 for q in factors):
            return root
    raise ValueError(f"{n} does not divide {p} - 1")

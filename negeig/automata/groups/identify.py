"""Names of finite groups up to isomorphism, each one proved.

``C4`` cyclic; ``C2 x C4`` abelian, by invariant factors; ``D4`` the symmetries of the square
(order 8); ``S4``, ``A5``; ``Q8``, ``Q16`` generalised quaternion, ``SD16`` semidihedral, ``M16``
modular, ``Dic3`` dicyclic of order 12; ``C5 : C4`` the Frobenius group in which C4 acts faithfully
on C5; ``SL(2,3)``, ``SL(2,5)``; ``PSL(2,7)``, ``M11``; ``A x B`` direct products of these.
Anything else is a ``group of order N``. Small groups are listed (:func:`identify`), large ones
never are (:func:`identify_group`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from negeig.automata.groups.names import (
    direct_factors,
    factorial_root,
    generated_factors,
    powers,
    recognised,
)
from negeig.automata.groups.permgroup import ListedGroup, abelian_invariants, primes

if TYPE_CHECKING:
    from negeig.automata.groups.schreier_sims import PermutationGroup

# Groups given by generators are listed up to this order.
_MAX_LISTED = 10_000


@dataclass(frozen=True, kw_only=True)
class Subgroup:
    """What is said of a maximal subgroup: order, name up to isomorphism and how it is built.

    ``composition_factors`` holds names with repetitions, or None where no proof decides them;
    ``simple`` is None where that is not decided.
    """

    order: int
    name: str
    solvable: bool
    abelian: bool
    simple: bool | None
    composition_factors: tuple[str, ...] | None

    @property
    def decided(self) -> bool:
        """Whether the name tells the group up to isomorphism."""
        return self.name != unnamed(self.order)


def unnamed(order: int) -> str:
    """Return what stands for a group whose order is all that is said of it.

    Examples
    --------
    >>> unnamed(64)
    'group of order 64'
    """
    return f"group of order {order}"


def identify(permutations: NDArray[Any]) -> Subgroup:
    """Identify a permutation group given by all of its elements.

    Parameters
    ----------
    permutations : array of int, shape (order, degree)
        The elements, in any order, as permutations of 0, ..., degree-1; not checked to be closed.

    Notes
    -----
    O(order x degree) for each of a few generators; direct factors are looked for up to order
    2,000. Composition factors: :func:`negeig.automata.groups.composition.composition_factors`.

    Examples
    --------
    >>> import numpy as np
    >>> identify(np.array([[0, 1, 2], [1, 2, 0], [2, 0, 1]])).name
    'C3'
    """
    group = ListedGroup(permutations)
    solvable = group.is_abelian or group.is_solvable
    factors = (
        tuple(f"C{p}" for p in _prime_divisors(group.order))
        if solvable
        else generated_factors(group.rows[group.own_generators])
    )
    return Subgroup(
        order=group.order,
        name=name(group),
        solvable=solvable,
        abelian=group.is_abelian,
        simple=None if factors is None else len(factors) == 1,
        composition_factors=factors,
    )


def identify_group(group: PermutationGroup) -> Subgroup:
    """Identify a permutation group given by generators, of any order.

    Raises
    ------
    LimitReached
        The stabiliser chain needs too much memory.

    Notes
    -----
    Up to order 10,000 the elements are listed. Beyond that named are abelian groups, symmetric and
    alternating groups in their natural action or in one that is primitive after passing to
    orbits and blocks, simple groups by their order, and direct products over the orbits.

    Examples
    --------
    >>> from negeig.automata.groups.schreier_sims import PermutationGroup
    >>> rotation, swap = [*range(1, 20), 0], [1, 0, *range(2, 20)]
    >>> found = identify_group(PermutationGroup([rotation, swap]))
    >>> found.name, found.solvable, found.composition_factors
    ('S20', False, ('C2', 'A20'))
    """
    if group.order <= _MAX_LISTED:
        return identify(group.elements())
    from negeig.automata.groups.composition import composition_factors, is_simple

    parts = _parts_of_large(group)
    return Subgroup(
        order=group.order,
        name=_joined(parts) if parts else unnamed(group.order),
        solvable=group.is_solvable,
        abelian=group.is_abelian,
        simple=is_simple(group),
        composition_factors=composition_factors(group),
    )


@dataclass(frozen=True)
class _Parts:
    """A direct product: how many elements of its abelian part have each order, and the rest."""

    statistics: dict[int, int]
    others: tuple[tuple[int, str], ...]

    def times(self, other: _Parts) -> _Parts:
        """Return the direct product of both."""
        statistics = _product_statistics(self.statistics, other.statistics)
        return _Parts(statistics, self.others + other.others)


def _joined(parts: _Parts) -> str:
    """Name of a direct product: abelian invariants first, then by order."""
    cyclic = [f"C{m}" for m in abelian_invariants(parts.statistics)]
    return " x ".join([*cyclic, *(text for _, text in sorted(parts.others))]) or "C1"


def name(group: ListedGroup) -> str:
    """Name of a group up to isomorphism."""
    text = recognised(group)
    if text is not None:
        return text
    parts = _parts(group)
    return _joined(parts) if parts else unnamed(group.order)


def _parts(group: ListedGroup) -> _Parts | None:
    """Split a listed group into direct factors; None where one of them has no name."""
    parts = _Parts({1: 1}, ())
    for factor in direct_factors(group):
        if factor.is_abelian:
            parts = parts.times(_Parts(factor.order_statistics(), ()))
        else:
            text = recognised(factor)
            if text is None:
                return None
            parts = parts.times(_Parts({1: 1}, ((factor.order, text),)))
    return parts


def _parts_of_large(group: PermutationGroup) -> _Parts | None:
    """Split a group of any order into direct factors; None where one of them has no name."""
    from negeig.automata.groups.composition import faithful_part

    if group.is_abelian:
        return _Parts(_abelian_statistics(group), ())
    if group.order <= _MAX_LISTED:
        return _parts(ListedGroup(group.elements()))
    group = faithful_part(group)
    actions = [group.restricted(orbit) for orbit in group.orbits]
    if len(actions) > 1:
        if math.prod(action.order for action in actions) != group.order:
            return None
        parts = _Parts({1: 1}, ())
        for action in actions:
            found = _parts_of_large(action)
            if found is None:
                return None
            parts = parts.times(found)
        return parts
    text = _large_name(group)
    return _Parts({1: 1}, ((group.order, text),)) if text else None


def _large_name(group: PermutationGroup) -> str | None:
    """Name of a transitive group; None where there is no proof.

    A primitive group that is not cyclic has trivial centre. If its derived subgroup is A_n, of
    index 2, then the centraliser of A_n has at most two elements, so it is central, hence trivial:
    the group lies in the automorphisms of A_n, which for n > 6 are S_n; smaller groups were listed.
    """
    from negeig.automata.groups.composition import (
        block_system,
        composition_factors,
        unnamed_simple,
    )

    order, n = group.order, len(group.orbits[0])
    if order == math.factorial(n):
        return f"S{n}"
    if 2 * order == math.factorial(n):
        return f"A{n}"
    factors = composition_factors(group)
    if factors is not None and len(factors) == 1:
        return None if factors[0] == unnamed_simple(order) else factors[0]
    n = factorial_root(order) or 0
    if (
        factors == ("C2", f"A{n}")
        and group.derived_subgroup.order < order
        and block_system(group) is None
    ):
        return f"S{n}"
    return None


def _abelian_statistics(group: PermutationGroup) -> dict[int, int]:
    """How many elements of an abelian group have each order.

    x -> x^m maps onto the group of the m-th powers, so its kernel has index |G^m|.
    """
    from negeig.automata.groups.schreier_sims import PermutationGroup

    statistics = {1: 1}
    for p in primes(group.order):
        dividing = [1]  # elements of order dividing p^k
        power = group
        while len(dividing) == 1 or dividing[-1] > dividing[-2]:
            power = PermutationGroup([powers(g, p + 1)[p] for g in power.generators])
            dividing.append(group.order // power.order)
            if power.order == 1:
                break
        exact = {p**k: m - (dividing[k - 1] if k else 0) for k, m in enumerate(dividing)}
        statistics = _product_statistics(statistics, {m: c for m, c in exact.items() if c})
    return statistics


def _prime_divisors(n: int) -> list[int]:
    """Prime divisors with repetitions, in increasing order."""
    found = []
    for p in primes(n):
        while n % p == 0:
            n //= p
            found.append(p)
    return found


def _product_statistics(first: dict[int, int], second: dict[int, int]) -> dict[int, int]:
    """Count the elements of each order in a direct product."""
    statistics: dict[int, int] = {}
    for (m, count), (k, times) in product(first.items(), second.items()):
        statistics[math.lcm(m, k)] = statistics.get(math.lcm(m, k), 0) + count * times
    return statistics

"""Composition factors of permutation groups, from a normal series that is never listed.

A group is cut by its action on an orbit or a block system and the kernel of that action, and by
its derived subgroup; what remains is primitive and perfect, where the theorem of O'Nan and Scott
tells which groups are simple.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from negeig.automata.groups.permgroup import primes
from negeig.automata.groups.schreier_sims import PermutationGroup
from negeig.automata.groups.stabiliser_chain import cycle_lengths, random_elements

Factor = tuple[int, str]

# The orders below 10,000 of the non-abelian simple groups (Conway et al., ATLAS of finite groups).
_SIMPLE_ORDERS = {60, 168, 360, 504, 660, 1092, 2448, 2520, 3420, 4080, 5616, 6048, 6072}
_SIMPLE_ORDERS |= {7800, 7920, 9828}
_MATHIEU = {7920: "M11", 95040: "M12", 443520: "M22", 10200960: "M23", 244823040: "M24"}
# Random elements that are tried where one with a certain property would prove something.
_TRIES = 20


class Undecided(Exception):
    """None of the proofs that are tried applies to some section of the group."""


def unnamed_simple(order: int) -> str:
    """Return what stands for a simple group whose order is all that is said of it.

    Examples
    --------
    >>> unnamed_simple(9828)
    'simple group of order 9828'
    """
    return f"simple group of order {order}"


def composition_factors(group: PermutationGroup) -> tuple[str, ...] | None:
    """Names of the composition factors with repetitions, by order; None where undecided.

    ``C2``, ``A5``, ``PSL(2,7)``, ``M11``, or ``simple group of order N``. Solvable groups are
    always decided; undecided are some perfect primitive groups whose degree is a proper power.

    Notes
    -----
    Liebeck, Praeger and Saxl, On the O'Nan-Scott theorem (1988). A simple group is named by its
    order: only A8 and PSL(3,4), and Omega(2m+1,q) and PSp(2m,q), share one (Kimmerle, Lyons,
    Sandling and Teague 1990, by the classification).

    Examples
    --------
    >>> composition_factors(PermutationGroup([[1, 2, 3, 4, 0], [1, 0, 2, 3, 4]]))
    ('C2', 'A5')
    """
    try:
        return tuple(name for _, name in sorted(_factors(group)))
    except Undecided:
        return None


def is_simple(group: PermutationGroup) -> bool | None:
    """Whether the only normal subgroups are the trivial one and all; None where undecided."""
    factors = composition_factors(group)
    if factors is None:
        return None if group.is_perfect else False
    return len(factors) == 1


def _factors(group: PermutationGroup) -> list[Factor]:
    """Orders and names of the composition factors."""
    if group.is_giant:
        n = len(group.orbits[0])
        alternating = (math.factorial(n) // 2, f"A{n}")
        return [alternating] if 2 * group.order == math.factorial(n) else [(2, "C2"), alternating]
    if group.is_solvable:
        return prime_factors(group.order)
    orbit = max(group.orbits, key=len)
    if len(orbit) < group.degree:
        image = group.restricted(orbit)
        if image.order == group.order:
            return _factors(image)
        return _factors(image) + _factors(group.pointwise_stabiliser(orbit.tolist()))
    blocks = block_system(group)
    if blocks is not None:
        image = action_on_blocks(group, blocks)
        if image.order == group.order:
            return _factors(image)
        return _factors(image) + _factors(_kernel_on_blocks(group, blocks))
    derived = group.derived_subgroup
    if derived.order < group.order:
        return prime_factors(group.order // derived.order) + _factors(derived)
    return _factors_of_perfect_primitive(group)


def prime_factors(n: int) -> list[Factor]:
    """Composition factors of a solvable group of order n."""
    found = []
    for p in primes(n):
        while n % p == 0:
            n //= p
            found.append((p, f"C{p}"))
    return found


def block_system(group: PermutationGroup) -> NDArray[np.intp] | None:
    """Blocks of a transitive group as labels 0, 1, ... of the points; None where it is primitive.

    The block of the first base point and a point q is the same, up to the stabiliser, for all q
    in an orbit of the stabiliser.
    """
    from negeig.automata.groups._schreier_sims_compiled import join

    first = group.base[0]
    stabiliser = group.pointwise_stabiliser([first])
    orbits = [[first], *(orbit.tolist() for orbit in stabiliser.orbits)]
    fixed = np.setdiff1d(np.arange(group.degree), [p for orbit in orbits for p in orbit])
    labels, room = np.empty(group.degree, np.int32), np.empty(2 * group.degree, np.int32)
    for q in [*fixed.tolist(), *(orbit[0] for orbit in orbits[1:])]:
        join(group.generators, first, q, labels, room)
        representatives, inverse = np.unique(labels, return_inverse=True)
        if len(representatives) > 1:
            blocks: NDArray[np.intp] = inverse
            return blocks
    return None


def faithful_part(group: PermutationGroup) -> PermutationGroup:
    """Pass to the action on an orbit or on blocks as long as one is found that is faithful."""
    for orbit in group.orbits:
        if len(orbit) < group.degree:
            image = group.restricted(orbit)
            if image.order == group.order:
                return faithful_part(image)
    if group.is_transitive and group.degree > 1 and not group.is_giant:
        blocks = block_system(group)
        if blocks is not None:
            image = action_on_blocks(group, blocks)
            if image.order == group.order:
                return faithful_part(image)
    return group


def action_on_blocks(group: PermutationGroup, blocks: NDArray[np.intp]) -> PermutationGroup:
    """Return the action of a group on a block system."""
    return PermutationGroup(_block_images(group, blocks), max_memory=group.max_memory)


def _block_images(group: PermutationGroup, blocks: NDArray[np.intp]) -> NDArray[np.intp]:
    _, members = np.unique(blocks, return_index=True)
    images: NDArray[np.intp] = blocks[group.generators[:, members]]
    return images


def _kernel_on_blocks(group: PermutationGroup, blocks: NDArray[np.intp]) -> PermutationGroup:
    """Return the subgroup that fixes every block: points and blocks together are acted on."""
    n, count = group.degree, int(blocks.max()) + 1
    both = np.hstack([group.generators.astype(np.int64), n + _block_images(group, blocks)])
    joint = PermutationGroup(both, max_memory=group.max_memory)
    return joint.pointwise_stabiliser(range(n, n + count)).restricted(np.arange(n))


def _factors_of_perfect_primitive(group: PermutationGroup) -> list[Factor]:
    """Factors of a group of affine type, or the name of a simple group.

    Let the socle, the product of the minimal normal subgroups, be T^k for a simple group T. For T
    cyclic the degree n is |T|^k and the group is T^k extended by the stabiliser of a point, which
    is a subgroup of GL(k, T), and perfect because the group is. For T not abelian and k > 1,
    n = |T|^(k-1) or n = m^j with j > 1 and m >= 5; and |T|^k divides the order. For k = 1 the group
    lies between T and its automorphisms; as Aut(T)/T is solvable, a perfect group is T.
    """
    n, order = group.degree, group.order
    power = primes(n)
    if (
        len(power) == 1
        and _invertible_matrices(round(math.log(n, power[0])), power[0]) % (order // n) == 0
    ):
        stabiliser = group.pointwise_stabiliser([group.base[0]])
        if stabiliser.is_perfect:
            if not _has_regular_normal_subgroup(group, power[0]):
                raise Undecided
            return prime_factors(n) + _factors(stabiliser)
    # By Burnside's theorem the order of T has three prime factors, so |T|^2 has three squares.
    squares = sum(order % p**2 == 0 for p in primes(order))
    is_diagonal = order % n**2 == 0 and (n > 10_000 or n in _SIMPLE_ORDERS)
    if squares >= 3 and (is_diagonal or _is_proper_power(n)):
        raise Undecided
    return [(order, _simple_name(group))]


def _has_regular_normal_subgroup(group: PermutationGroup, p: int) -> bool:
    """Whether a normal subgroup of the order of the degree, a power of p, was found."""
    elements = random_elements(group.generators)
    for _ in range(_TRIES):
        g = next(elements)
        order = math.lcm(*cycle_lengths(g))
        if order % p == 0:
            one = np.arange(group.degree, dtype=np.uint16)
            x = one
            for _ in range(order // p):
                x = g[x]
            if (x != one).all() and group.normal_closure([x]).order == group.degree:
                return True
    return False


def _is_proper_power(n: int) -> bool:
    """Whether n = m^j with m >= 5 and j >= 2."""
    return any(
        round(n ** (1 / j)) ** j == n and round(n ** (1 / j)) >= 5 for j in range(2, n.bit_length())
    )


def _simple_name(group: PermutationGroup) -> str:
    """Name of a non-abelian simple group, by its order."""
    order = group.order
    if order == 20160:  # PSL(3,4) has no element of order 6 or 15
        elements = random_elements(group.generators)
        lengths = (math.lcm(*cycle_lengths(next(elements))) for _ in range(_TRIES))
        return "A8" if any(m in (6, 15) for m in lengths) else unnamed_simple(order)
    n = 5
    while math.factorial(n) < 2 * order:
        n += 1
    if math.factorial(n) == 2 * order:
        return f"A{n}"
    if order in _MATHIEU:
        return _MATHIEU[order]
    return _linear_name(order) or unnamed_simple(order)


def _linear_name(order: int) -> str | None:
    """Name of the projective special linear group of this order; None where there is none.

    For q a power of p, q^(n(n-1)/2) is the power of p in the order of PSL(n, q).
    """
    found = []
    for p in primes(order):
        exponent = 0
        while order % p ** (exponent + 1) == 0:
            exponent += 1
        for n in range(2, exponent + 2):
            if 2 * exponent % (n * (n - 1)) == 0:
                q = p ** (2 * exponent // (n * (n - 1)))
                if order * (q - 1) * math.gcd(n, q - 1) == _invertible_matrices(n, q):
                    found.append((n, q))
    return f"PSL({min(found)[0]},{min(found)[1]})" if found else None


def _invertible_matrices(n: int, q: int) -> int:
    """Order of the general linear group of dimension n over the field of q elements."""
    return math.prod(q**n - q**i for i in range(n))

"""Groups above the machine's: proved exactly, at the expected cost, and really above it.

The groups here are multiplied out as tuples and matrices; the search is not used to check it.
"""

from __future__ import annotations

import itertools

import pytest

from negeig.automata.groups.small_action import letter_group
from negeig.automata.machines.machine import Machine
from negeig.automata.zoo import get
from negeig.claims import LimitReached
from negeig.theory.closure.exact_search import exact_closure
from negeig.theory.constructions.covers import extension
from negeig.theory.constructions.covers.extension import ROUTE, construct
from negeig.theory.constructions.pieces.lift_search import LiftSearch
from negeig.theory.constructions.pieces.lifts import plane_lifts, signed_lifts, signed_permutations
from negeig.theory.constructions.pieces.representation import exactness, reflection_count
from negeig.theory.constructions.pieces.twists import twisted_constituents, twisted_icosahedra
from negeig.theory.exact.linear_algebra import is_orthogonal, matvec, multiply
from negeig.work import Work


def generated(letters, product, one):
    """All elements that some letters generate, the first one 1."""
    queue = [one]
    for x in queue:
        queue += [y for y in dict.fromkeys(product(x, a) for a in letters) if y not in queue]
    return queue


def word_problem(letters, product, one):
    queue = generated(letters, product, one)
    number = {x: i for i, x in enumerate(queue)}
    return Machine(
        alphabet=[f"x{i}" for i in range(len(letters))],
        transitions=[[number[product(x, a)] for a in letters] for x in queue],
        initial=0,
        outputs=list(range(len(queue))),
    )


def abelian(*orders):
    return lambda x, y: tuple((a + b) % m for a, b, m in zip(x, y, orders, strict=True))


def metacyclic(m, n, r, t=0):
    """Elements a^i b^j with a^m = 1, b^n = a^t and b a = a^r b."""

    def product(x, y):
        carry, j = divmod(x[1] + y[1], n)
        return (x[0] + pow(r, x[1], m) * y[0] + carry * t) % m, j

    return product


def pauli(x, y):
    """Products of the Pauli matrices X and Z of some qubits, up to signs: bits of X, of Z, sign."""
    return x[0] ^ y[0], x[1] ^ y[1], (x[2] + y[2] + (x[1] & y[0]).bit_count()) % 2


def permuted(x, y):
    return tuple(y[i] for i in x)


C2_CUBED = [x for x in itertools.product((0, 1), repeat=3) if any(x)]

GROUPS = {
    # letters, product, 1; steps, dimension and exactness of networks, fewest steps first
    "Klein": ([(0, 1), (1, 0), (1, 1)], abelian(2, 2), (0, 0), [(1, 3, 0), (2, 2, 0)]),
    "C2^3": (C2_CUBED, abelian(2, 2, 2), (0, 0, 0), [(1, 7, 0), (3, 3, 0)]),
    "C3 x C3": (
        *([(0, 1), (1, 0), (1, 1)], abelian(3, 3), (0, 0)),
        [(2, 6, 2), (2, 9, 0), (4, 4, 2), (4, 6, 0)],
    ),
    "C4 x C2": ([(0, 1), (1, 0), (1, 1)], abelian(4, 2), (0, 0), [(2, 5, 0), (3, 3, 0)]),
    "C4": ([1], lambda x, y: (x + y) % 4, 0, [(2, 2, 0)]),
    "D4": ([(1, 0), (0, 1)], metacyclic(4, 2, 3), (0, 0), [(2, 2, 0)]),
    "dicyclic 12": (
        *([(1, 0), (0, 1)], metacyclic(6, 2, 5, 3), (0, 0)),
        [(3, 4, 2), (3, 5, 0)],
    ),
    "dicyclic 16": (
        *([(1, 0), (0, 1)], metacyclic(8, 2, 7, 4), (0, 0)),
        [(3, 4, 2), (4, 6, 0)],
    ),
    "semidihedral 16": (
        *([(1, 0), (0, 1)], metacyclic(8, 2, 3), (0, 0)),
        [(3, 4, 2), (4, 4, 0)],
    ),
    "Pauli": (
        *([(1, 0, 0), (0, 1, 0), (2, 0, 0), (0, 2, 0)], pauli, (0, 0, 0)),
        [(1, 4, 0)],
    ),
    "A5": (
        # x y, y z and x z of order 3, 5 and 2: their lifts are the mirrors of the icosahedron.
        *([(0, 2, 1, 4, 3), (1, 0, 2, 4, 3), (0, 3, 4, 1, 2)], permuted, (0, 1, 2, 3, 4)),
        [(1, 3, 2)],
    ),
}


def proved(construction, machine):
    """Whether exact closure proves the network on as many states as it has codes."""
    result = exact_closure(construction.network, machine)
    (layer,) = construction.network.layers
    return result.verdict == "proved" and result.states == len(layer.codes)


def found(machine):
    """What the route proposes, whether or not it looked at everything."""
    proposals = construct(machine)
    made = []
    try:
        for construction in proposals:
            made.append(construction)
    except LimitReached:  # more effort might find more
        return made
    return made


@pytest.mark.parametrize("name", GROUPS)
def test_groups_at_the_expected_cost(name):
    *group, expected = GROUPS[name]
    machine = word_problem(*group)
    made = found(machine)
    assert all(proved(construction, machine) for construction in made)
    prices = [(*construction.cost[1:], exactness(construction.network)) for construction in made]
    assert prices[0] == expected[0]
    assert set(prices) >= set(expected)


def matrices(construction):
    (layer,) = construction.network.layers
    return [layer.letter_matrix(a) for a in layer.alphabet]


def is_above(letters, machine):
    """Whether words that are equal as matrices are equal in the machine's group."""
    columns = [tuple(column) for column in machine.transitions.T.tolist()]
    one = tuple(range(machine.size))
    below = {}
    queue = [
        (
            tuple(
                tuple(int(i == j) for j in range(len(letters[0]))) for i in range(len(letters[0]))
            ),
            one,
        )
    ]
    for x, g in queue:
        if below.setdefault(x, g) != g:
            return False
        for a, column in zip(letters, columns, strict=True):
            y = multiply(a, x), tuple(column[q] for q in g)
            if below.get(y[0]) != y[1]:
                queue.append(y)
    return True


def test_the_quaternion_group_takes_three_steps():
    machine = get("quaternion").minimal()
    (construction,) = construct(machine)
    assert construction.cost == (1, 3, 4)
    assert exactness(construction.network) == 0
    assert proved(construction, machine)
    letters = matrices(construction)
    assert [reflection_count(a) for a in letters] == [3, 2]
    assert is_above(letters, machine)
    # Each plane alone is no group above the quaternions.
    for plane in (slice(0, 2), slice(2, 4)):
        alone = [tuple(row[plane] for row in a[plane]) for a in letters]
        assert all(reflection_count(a) <= 2 for a in alone)
        assert not is_above(alone, machine)


def test_all_letters_of_the_quaternion_group_take_three_steps():
    """The letters beyond those that generate take what is cheapest above them."""
    product = metacyclic(4, 2, 3, 2)
    elements = generated([(1, 0), (0, 1)], product, (0, 0))
    machine = word_problem(elements, product, (0, 0))
    (construction,) = found(machine)
    assert construction.cost == (1, 3, 4)
    assert proved(construction, machine)
    assert is_above(matrices(construction), machine)


@pytest.mark.parametrize("name", ["flipflop", "sym:5:swaps", "parity"])
def test_refused_at_once(name, monkeypatch):
    monkeypatch.setattr(extension, "letter_group", None)  # nothing is listed
    assert found(get(name).minimal()) == []


def test_a_large_group_waits_for_more_effort():
    machine = get("sym:6").minimal()
    with pytest.raises(LimitReached, match=r"100.*--effort"):
        list(construct(machine))


def heisenberg(x, y):
    """Products of upper triangular matrices modulo 3: [[1, a, c], [0, 1, b], [0, 0, 1]]."""
    return tuple(
        (p + q + (i == 2) * x[0] * y[1]) % 3 for i, (p, q) in enumerate(zip(x, y, strict=True))
    )


def test_what_is_found_before_the_work_ends_is_kept():
    machine = word_problem([(1, 0, 0), (0, 1, 0)], heisenberg, (0, 0, 0))
    assert machine.size == 27
    proposals = ROUTE.propose(machine)
    made = next(proposals)
    assert made.cost == (1, 4, 6)
    assert proved(made, machine)
    with pytest.raises(LimitReached, match="--effort"):
        list(proposals)


@pytest.mark.parametrize(("n", "letters"), [(1, 2), (2, 1), (2, 2), (2, 3), (3, 2)])
def test_signed_lifts_are_all_up_to_conjugation(n, letters):
    """Every tuple that connects the coordinates is conjugate to exactly one of the lifts."""
    group = [tuple(x) for x in signed_permutations(n).tolist()]
    inverse = {x: tuple(x.index(i) for i in range(2 * n)) for x in group}
    lifts = {tuple(map(tuple, lift)) for lift in signed_lifts(n, letters).images.tolist()}
    one = tuple(range(2 * n))
    for choice in itertools.product(group, repeat=letters):
        reached = [0]
        for p in reached:
            reached += sorted({x[p] % n for x in choice} - set(reached))
        conjugates = {tuple(permuted(permuted(inverse[c], x), c) for x in choice) for c in group}
        expected = len(reached) == n and any(x != one for x in choice)
        assert len(conjugates & lifts) == expected


def families():
    """Lifts of each kind."""
    yield from (signed_lifts(n, 2) for n in (1, 2, 3))
    yield from (plane_lifts(m, 2) for m in (3, 5, 8))
    yield plane_lifts(3, 1).among([1], 2)
    for name in ("sym:4", "alt:5", "quaternion"):
        letters = letter_group(get(name).minimal())
        yield from twisted_constituents(letters, letters.letters)
        yield from twisted_icosahedra(letters, letters.letters)


def test_lifts_are_orthogonal_and_cost_what_they_say():
    seen = set()
    for number, lifts in enumerate(families()):
        for images, costs in zip(lifts.images.tolist(), lifts.costs.tolist(), strict=True):
            for moved, cost in zip(images, costs, strict=True):
                key = number, tuple(moved)
                if key in seen:
                    continue
                seen.add(key)
                matrix = lifts.matrix(moved)
                assert is_orthogonal(matrix)
                assert reflection_count(matrix) == cost == lifts.cost(tuple(moved))
                assert [matvec(matrix, p) for p in lifts.points] == [lifts.points[i] for i in moved]
    assert len(seen) == 191  # that none is left out


def test_the_search_finds_the_least_dimension_of_few_lifts():
    """Against all choices of at most three lifts, listed as matrices."""
    machine = get("quaternion").minimal()
    letters = letter_group(machine)
    lifts = [signed_lifts(1, 2), signed_lifts(2, 2)]
    search = LiftSearch(letters.group, letters.letters, lifts, Work("choices", 1))
    pool = [
        (family.dim, family.costs[i].tolist(), [family.matrix(row) for row in images.tolist()])
        for family in lifts
        for i, images in enumerate(family.images)
    ]
    for steps in (2, 3):
        best = None
        for count in (1, 2):
            for chosen in itertools.combinations(pool, count):
                costs = [sum(c) for c in zip(*(cost for _, cost, _ in chosen), strict=True)]
                if max(costs) <= steps and is_above(
                    [
                        tuple(sorted_blocks(blocks))
                        for blocks in zip(*(m for *_, m in chosen), strict=True)
                    ],
                    machine,
                ):
                    dim = sum(d for d, *_ in chosen)
                    best = dim if best is None else min(best, dim)
        joint = search.cheapest(steps, 5, None)
        assert (None if joint is None else joint.dim) == best
        assert search.limits == []


def sorted_blocks(blocks):
    """The block diagonal matrix."""
    dim, before = sum(map(len, blocks)), 0
    for block in blocks:
        for row in block:
            yield (0,) * before + tuple(row) + (0,) * (dim - before - len(block))
        before += len(block)

"""Every entry against matrices that are built as the code builds them: range, norm, class."""

import math
import random
from fractions import Fraction

import pytest

from negeig.automata.zoo import get
from negeig.theory import architectures
from negeig.theory.architectures import find
from negeig.theory.exact.linear_algebra import is_positive_semidefinite
from support.code_matrices import (
    CODE,
    NOT_SAMPLED,
    built,
    delta_matrix,
    delta_rule,
    gdn2_matrix,
    l2,
    momentum_matrix,
    raw,
    rwkv7_matrix,
    scaled,
    sum_norm,
    turned,
)
from support.exact_matrices import eigenvalues, exact, is_real, to_arb

SEED = 20261130
SAMPLES = 40
IDS = list(CODE)


def samples(name, seed=SEED, sizes=(1, 2, 3)):
    rng = random.Random(seed)
    return [CODE[name](rng, sizes[i % len(sizes)]) for i in range(SAMPLES)]


def test_every_entry_is_sampled_or_says_why_not():
    print("seed", SEED)
    listed = [a.id for a in architectures.entries()]
    assert sorted(listed) == sorted([*CODE, *NOT_SAMPLED])
    for name in NOT_SAMPLED:
        if name != "s4":
            a = find(name)
            assert (a.inside, a.theorem, a.low, a.contains, a.norm_squared) == (
                *(None, None, None), (), None,
            )  # fmt: skip


def inside_the_ends(a, matrix):
    """Whether the real eigenvalues are in the range of the entry, open ends left out."""
    for z in eigenvalues(exact(matrix)):
        if z.imag != 0:
            continue
        for end, sign in ((a.least, 1), (a.most, -1)):
            if end is None:
                continue
            room = sign * (z.real - to_arb(end.value))
            if room < 0 or (not end.is_reached and not room > 0):
                return False
    return True


@pytest.mark.parametrize("name", IDS)
def test_eigenvalues_are_in_the_range_with_its_open_ends(name):
    a = find(name)
    assert all(inside_the_ends(a, matrix) for matrix in samples(name))


def norm_at_most(matrix, square):
    n = len(matrix)
    gram = tuple(
        tuple(square * (i == j) - sum(row[i] * row[j] for row in matrix) for j in range(n))
        for i in range(n)
    )
    return is_positive_semidefinite(gram)


@pytest.mark.parametrize("name", IDS)
def test_norms_are_at_most_what_the_entry_records(name):
    bound = find(name).norm_squared
    if bound is None:
        assert name in {
            *("rwkv-7", "rwkv-7-wide", "momentum-deltanet", "ttt-linear"),
            *("block-diagonal", "pd-ssm", "slice"),
        }
        assert not all(norm_at_most(m, 1) for m in samples(name, sizes=(2, 3)))
        return
    assert all(norm_at_most(matrix, bound) for matrix in samples(name))
    if bound > 1:  # no contraction
        assert not all(norm_at_most(matrix, 1) for matrix in samples(name, sizes=(2, 3)))


@pytest.mark.parametrize(
    ("name", "p"), [("gated-deltanet-2", 1 / 3), ("gated-deltanet-2-negative", 1)]
)
def test_the_norm_of_gated_deltanet_2_comes_near_its_bound(name, p):
    """k = (c, s) with c^2 = p or p / 2, b = (1, 0) or (2, 0): the square is 4/3 or 2."""
    doubled = name.endswith("negative")
    c = Fraction(math.sqrt(p / 2 if doubled else p))
    s = Fraction(math.sqrt(1 - c * c))
    erase = (2 if doubled else 1) * c
    matrix = [[1 - c * erase, Fraction(0)], [-s * erase, Fraction(1)]]
    bound = find(name).norm_squared
    assert norm_at_most(matrix, bound + Fraction(1, 10**9))
    assert not norm_at_most(matrix, bound - Fraction(1, 10**9))


def is_diagonal(matrix, low):
    return all(
        (x == 0) if i != j else x >= low for i, row in enumerate(matrix) for j, x in enumerate(row)
    )


def is_complex_diagonal(matrix):
    """Pairs of coordinates, each multiplied by one complex number."""
    n = len(matrix)
    for i in range(n):
        for j in range(n):
            if i // 2 != j // 2 and matrix[i][j] != 0:
                return False
    return all(
        matrix[i][i] == matrix[i + 1][i + 1] and matrix[i][i + 1] == -matrix[i + 1][i]
        for i in range(0, n, 2)
    )


def is_symmetric(matrix):
    """Whether a matrix equals its transpose, exactly."""
    n = range(len(matrix))
    return all(matrix[i][j] == matrix[j][i] for i in n for j in n)


CLASSES = {
    "nonnegative-diagonal": lambda m: is_diagonal(m, 0),
    "real-diagonal": lambda m: is_diagonal(m, -1),
    "complex-diagonal": is_complex_diagonal,
    "nonnegative-symmetric": lambda m: is_symmetric(m) and is_real(exact(m), 0, 1),
    "nonnegative-spectrum": lambda m: is_real(exact(m), 0, 1),
}


@pytest.mark.parametrize("name", IDS)
def test_matrices_are_in_the_class_of_the_entry_and_in_no_smaller_one(name):
    a = find(name)
    found = samples(name, sizes=(2, 3))
    if a.inside is not None:
        assert all(CLASSES[a.inside](matrix) for matrix in found)
    for class_, smaller in (
        ("real-diagonal", "nonnegative-diagonal"),
        ("complex-diagonal", "real-diagonal"),
        ("nonnegative-spectrum", "nonnegative-symmetric"),
        ("nonnegative-symmetric", "nonnegative-diagonal"),
        (None, "nonnegative-spectrum"),
    ):
        if a.inside == class_ and name != "deltaproduct" and name != "gated-deltaproduct":
            assert not all(CLASSES[smaller](matrix) for matrix in found)


@pytest.mark.parametrize("name", ["deltanet", "kda", "gated-deltanet", "comba"])
def test_a_doubled_beta_leaves_the_class(name):
    """The negative twin: the class is a matter of beta, not of how matrices are sampled."""
    twin = find(name).wider or "gated-deltanet-negative"
    assert not all(CLASSES["nonnegative-spectrum"](m) for m in samples(twin))


def test_keys_are_shorter_than_1_by_the_epsilon():
    """|k| < 1 strictly, so 1 - beta |k|^2 > -1 for every beta <= 2."""
    rng = random.Random(SEED)
    for _ in range(200):
        x = raw(rng, 4)
        square = sum(v * v for v in l2(x))
        assert square < 1
        epsilon = find("deltanet").key_epsilon
        if any(x):
            length = sum(v * v for v in x)
            assert abs(square - length / (length + epsilon)) < Fraction(1, 10**14)
    assert not sum(v * v for v in l2([Fraction(3), Fraction(4)], eps=0)) < 1


def test_the_other_normalisation_stays_within_the_entry():
    assert find("deltanet").other_keys == ("sum",)
    rng = random.Random(SEED)
    for _ in range(SAMPLES):
        matrix = delta_rule(norm=sum_norm)(rng, 3)
        assert CLASSES["nonnegative-spectrum"](matrix)
        assert norm_at_most(matrix, 1)
    doubled = [delta_rule(True, norm=sum_norm)(rng, 1) for _ in range(SAMPLES)]
    assert any(matrix[0][0] < 0 for matrix in doubled)
    assert all(matrix[0][0] >= -1 for matrix in doubled)


def test_comba_erases_along_its_key():
    """The learned factor is normalised away: the matrix is that of a gated delta rule."""
    for matrix in samples("comba", sizes=(3,)):
        assert all(
            abs(matrix[i][j] - matrix[j][i]) < Fraction(1, 10**5)
            for i in range(3)
            for j in range(i)
        )


def test_momentum_leaves_the_real_line_and_the_unit_disc():
    found = [z for m in samples("momentum-deltanet") for z in eigenvalues(exact(m))]
    assert any(z.imag != 0 for z in found)
    # eta = 1 + tanh(.) near 2, an angle whose sine is near 1, gates that forget
    eta, angle = 1 + math.tanh(2), math.atan(2 * math.exp(3))
    alpha, b = Fraction(math.cos(angle) ** 2 / 2), Fraction(math.sin(angle) ** 2 * 0.95)
    matrix = momentum_matrix([Fraction(1)], alpha, Fraction(1, 10), b, Fraction(eta))
    assert any(z.imag == 0 and z.real < -1 for z in eigenvalues(exact(matrix)))


def test_half_a_turn_of_mamba_3_costs_modulus():
    """The code turns by pi tanh(.) dt and shrinks by exp(-rate dt) with a rate of at least 1e-4."""
    rng, turns = random.Random(SEED), 0
    for _ in range(2000):
        dt, rate = math.log1p(math.exp(rng.gauss(-1, 3))), max(rng.gauss(0, 1e-3), 1e-4)
        angle = math.pi * math.tanh(rng.gauss(0, 4)) * dt
        if abs(angle) >= math.pi:
            turns += 1
            assert math.exp(-rate * dt) <= math.exp(-1e-4)
    assert turns > 50


ONE, ZERO = Fraction(1), Fraction(0)


def special(outer, gates, keys, betas):
    """A matrix of ``outer`` for parameters of something inside it: what is more is switched off."""
    n = len(gates)
    if outer.startswith("rwkv-7"):
        strength = 2 if outer.endswith("wide") else 1
        rates = [betas[0] / strength] * n
        return rwkv7_matrix(gates, keys[0], rates, strength)
    if outer.startswith("gated-deltanet-2"):
        return gdn2_matrix(gates, keys[0], [betas[0]] * n)
    steps = 2 if "product-2" in outer else 3 if "product" in outer else 1
    idle = steps - len(keys)  # steps with beta = 0 do nothing
    return delta_matrix(gates, [*keys, *[keys[0]] * idle], [*betas, *[ZERO] * idle])


def pairs():
    return [(a.id, inner) for a in architectures.entries() for inner in a.contains]


@pytest.mark.parametrize(("outer", "inner"), pairs())
def test_matrices_of_what_is_contained_are_matrices_of_what_contains_it(outer, inner):
    """Parameters in the range of both: gates of 1, equal gates, betas of 0, angles of 0."""
    rng = random.Random(SEED)
    a, b = find(outer), find(inner)
    most = 2 if inner.endswith("negative") else 1
    for _ in range(10):
        alpha = Fraction(rng.randint(1, 15), 16)
        if outer == "ttt-linear":  # keys are free: eta |k|^2 takes every value of beta
            key, eta, root = l2(raw(rng, 2)), Fraction(1, 4), Fraction(rng.randint(1, 5), 4)
            longer = [k * root * 2 for k in key]
            assert delta_matrix([ONE] * 2, [longer], [eta]) == delta_matrix(
                [ONE] * 2, [key], [root * root]
            )
            continue
        if a.keys == "none":
            gates = [alpha] * 2 if "I" in b.matrix else [alpha, Fraction(rng.randint(1, 15), 16)]
            wanted = built(2, scaled(gates))
            if a.inside == "complex-diagonal" and a.id != "gateloop":  # one gate for a pair
                assert turned([(alpha, ZERO)]) == wanted
            elif a.inside == "complex-diagonal":  # one number a channel, its phase 0
                pairs_ = turned([(g, ZERO) for g in gates])
                assert [row[::2] for row in pairs_[::2]] == wanted
            else:
                assert a.free_diagonal
            continue
        gated = "alpha" in b.matrix
        gates = [ONE] * 2 if not gated else [alpha] * 2
        if "diag(alpha)" in b.matrix:
            gates = [alpha, Fraction(rng.randint(1, 15), 16)]
        steps = 2 if "product-2" in inner else 3 if "product" in inner else 1
        keys = [l2(raw(rng, 2)) for _ in range(steps)]
        betas = [Fraction(rng.randint(0, 16 * most), 16) for _ in range(steps)]
        wanted = delta_matrix(gates, keys, betas)
        found = special(outer, gates, keys, betas)
        assert found == wanted
        assert 0 <= min(betas) <= max(betas) <= (2 if outer.endswith(("negative", "wide")) else 1)


def test_slice_has_the_matrices_of_every_machine():
    """With one unit vector a letter, I + A(x) is any matrix: those with a single 1 a column."""
    machine = get("sym:3").minimal()
    n = machine.size
    wanted = [
        [[Fraction(int(machine.transitions[q][a]) == p) for q in range(n)] for p in range(n)]
        for a in range(len(machine.alphabet))
    ]
    step = Fraction(1, 40)
    weights = [[[(w[p][q] - (p == q)) / step for w in wanted] for q in range(n)] for p in range(n)]
    for a, matrix in enumerate(wanted):
        x = [Fraction(a == b) for b in range(len(wanted))]
        found = [
            [(p == q) + step * sum(u * v for u, v in zip(weights[p][q], x, strict=True))
             for q in range(n)]
            for p in range(n)
        ]  # fmt: skip
        assert found == matrix

"""The catalogue of architectures: complete entries, and classes tested on their matrices, exactly.

Matrices are sampled with rational entries (seeds below) and their spectra computed exactly: a real
root of an integer polynomial is one whose ball has imaginary part exactly 0.
"""

from __future__ import annotations

import random
import re
from fractions import Fraction

import pytest

from negeig.automata import zoo
from negeig.claims import InputError
from negeig.theory import architectures
from negeig.theory.architectures import find, squashed
from negeig.theory.bounds.limits import limits
from negeig.theory.closure.exact_search import exact_closure
from negeig.theory.exact.numbers import to_fmpq
from negeig.theory.networks.network import DenseStep
from negeig.theory.networks.one_layer import one_layer
from negeig.theory.theorems import entries, get
from support.exact_matrices import diagonal, eigenvalues, exact, is_real, rational, unit
from support.structures import small_structures

BY_ID = {a.id: a for a in architectures.entries()}
SAMPLES = 60


# The catalogue as data


def test_identifiers_and_names_are_distinct():
    names = [squashed(n) for a in architectures.entries()
             for n in {squashed(m): m for m in (a.id, a.name, *a.aliases)}.values()]  # fmt: skip
    assert len(set(names)) == len(names)
    assert not {squashed(entry.id) for entry in entries()} & set(names)


@pytest.mark.parametrize("architecture", architectures.entries(), ids=lambda a: a.id)
def test_entries_are_complete(architecture):
    a = architecture
    assert re.fullmatch(r"[a-z0-9-]+", a.id)
    assert a.name
    assert a.matrix
    assert a.eigenvalues
    assert re.search(r"arXiv \d{4}\.\d{5}", a.source)
    assert a.keys in ("none", "L2-normalised")
    assert ("k" in re.findall(r"\bk\b", a.matrix)) or a.keys == "none"
    classes = {row.class_ for row in limits(zoo.get("parity").minimal(), None)}
    assert a.inside is None or a.inside in classes
    if a.theorem is not None:
        get(a.theorem)
    if a.low is not None:
        assert a.low in (0, -1)
        assert f"beta in [0, {1 - a.low}]" in a.matrix
    if a.steps is not None:
        assert a.steps >= 1
    if a.wider is not None:
        wider = BY_ID[a.wider]
        assert wider.inside is None or wider.inside != a.inside
        assert wider.wider is None
    assert all(inner in BY_ID and inner != a.wider for inner in a.contains)
    for name in (a.id, a.name, *a.aliases):
        assert find(name) is a
    assert find(a.id) is find(a.name.upper()) is a


def test_diagonal_entries_state_a_range_without_negative_numbers():
    for a in architectures.entries():
        if a.inside == "nonnegative-diagonal":
            low = re.match(r"[(\[]?(-?\d)", a.eigenvalues)
            assert low is not None, a.id
            assert int(low[1]) >= 0, a.id
            assert a.matrix.startswith("diag(") or re.search(r"\bI\b", a.matrix), a.id


def test_the_catalogue_has_the_architectures_people_use():
    assert set(BY_ID) >= {
        *("linear-attention", "retnet", "lightning-attention", "gla", "regla", "gsa", "hgrn"),
        *("hgrn2", "gateloop", "s4", "s4d", "s5", "lru", "rg-lru", "mamba", "mamba-2", "mlstm"),
        *("rwkv-6", "rwkv-7", "deltanet", "gated-deltanet", "deltaproduct", "kda", "ttt-linear"),
        *("mamba-3", "complex-kda", "gated-deltanet-2", "gated-deltaproduct", "comba", "aussm"),
        *("selective-rope", "kda-bounded", "momentum-deltanet", "mesanet", "slice", "simple-gla"),
        *("block-diagonal", "pd-ssm"),
    }


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("mambo", "mamba"),
        ("delta-nat", "deltanet"),
        ("zzzzzz", "negeig theorems lists them all"),
        ("x/config.json", "is read by negeig audit"),
    ],
)
def test_an_unknown_name_lists_the_nearest(name, nearest):
    with pytest.raises(InputError, match=f"unknown architecture '{name}'.*{nearest}"):
        find(name)


# Spectra of sampled matrices


def factor(beta, key):
    """I - beta k k^T."""
    return exact(
        [[Fraction(i == j) - beta * a * b for j, b in enumerate(key)] for i, a in enumerate(key)]
    )


def delta(rng, n, most):
    return factor(rational(rng, 0, most), unit(rng, n))


def gates(rng, n, low=0):
    return diagonal([rational(rng, Fraction(low), 1) for _ in range(n)])


def rwkv7(rng, n, strength):
    """diag(w) - c k (a * k)^T."""
    key, w = unit(rng, n), [rational(rng, Fraction("0.545"), 1) for _ in range(n)]
    a = [rational(rng, 0, 1) for _ in range(n)]
    return exact(
        [
            [(w[i] if i == j else Fraction(0)) - strength * key[i] * a[j] * key[j]
             for j in range(n)]
            for i in range(n)
        ]
    )  # fmt: skip


SAMPLERS = {
    "deltanet": lambda rng, n: delta(rng, n, 1),
    "gated-deltanet": lambda rng, n: delta(rng, n, 1) * to_fmpq(rational(rng, 0, 1)),
    "deltaproduct-2": lambda rng, n: delta(rng, n, 1) * delta(rng, n, 1),
    "kda": lambda rng, n: delta(rng, n, 1) * gates(rng, n),
    "deltanet-negative": lambda rng, n: delta(rng, n, 2),
    "gated-deltanet-negative": lambda rng, n: delta(rng, n, 2) * to_fmpq(rational(rng, 0, 1)),
    "deltaproduct-2-negative": lambda rng, n: delta(rng, n, 2) * delta(rng, n, 2),
    "kda-negative": lambda rng, n: delta(rng, n, 2) * gates(rng, n),
    "deltaproduct": lambda rng, n: delta(rng, n, 1) * delta(rng, n, 1) * delta(rng, n, 1),
    "rwkv-7": lambda rng, n: rwkv7(rng, n, 1),
    "rwkv-7-wide": lambda rng, n: rwkv7(rng, n, 2),
}


def samples(name, seed=11):
    rng = random.Random(seed)
    return [SAMPLERS[name](rng, 2 + i % 3) for i in range(SAMPLES)]


NONNEGATIVE = ["deltanet", "gated-deltanet", "deltaproduct-2", "kda"]


@pytest.mark.parametrize("name", NONNEGATIVE)
def test_spectra_are_real_and_not_negative(name):
    """And with beta up to 2, the range that ``wider`` names, they are not."""
    assert all(is_real(matrix, 0, 1) for matrix in samples(name))
    assert not all(is_real(matrix, 0, 1) for matrix in samples(BY_ID[name].wider))


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("deltanet-negative", -1, 1),
        ("gated-deltanet-negative", -1, 1),
        ("kda-negative", -1, 1),
        ("rwkv-7", "-0.46", 1),
        ("rwkv-7-wide", "-1.46", 1),
    ],
)
def test_spectra_are_real_within_the_range_of_the_catalogue(name, low, high):
    found = samples(name)
    assert all(is_real(matrix, low, high) for matrix in found)
    assert not all(is_real(matrix, 0, high) for matrix in found)


def test_a_stronger_removal_leaves_the_range_of_rwkv_7():
    assert not all(is_real(matrix, "-0.46", 1) for matrix in samples("rwkv-7-wide"))


TURN = [(Fraction(x), Fraction(y)) for x, y in (("1", "0"), ("3/5", "4/5"), ("-7/25", "24/25"))]
"""Three unit keys in the plane, each about 53 degrees further than the one before."""


@pytest.mark.parametrize(
    ("name", "beta", "steps"), [("deltaproduct-2-negative", 2, 2), ("deltaproduct", "3/4", 3)]
)
def test_complex_eigenvalues_occur_where_no_class_is_claimed(name, beta, steps):
    """Two factors with beta <= 2, or three with beta <= 1."""
    assert BY_ID[name].inside is None
    matrix = factor(Fraction(beta), TURN[0])
    for key in TURN[1:steps]:
        matrix *= factor(Fraction(beta), key)
    assert all(not z.imag.contains(0) for z in eigenvalues(matrix))
    assert not any(abs(z) > 1 for matrix in samples(name) for z in eigenvalues(matrix))


def test_modulus_one_is_out_of_reach_with_beta_at_most_1():
    """On the rim of the unit disc only 1: what such a product does not shrink, it fixes."""
    for matrix in samples("deltaproduct"):
        assert all(abs(z) < 1 or (z.imag == 0 and z.real.contains(1)) for z in eigenvalues(matrix))
    turned = eigenvalues(factor(Fraction(2), TURN[0]) * factor(Fraction(2), TURN[1]))
    assert all(not abs(z) < 1 and not z.real.contains(1) for z in turned)


def test_a_state_space_matrix_can_be_diagonalised():
    """HiPPO-LegS, bilinear with rational step: distinct eigenvalues in the unit disc."""
    for n in (2, 4, 6):
        # The usual matrix is similar, by a diagonal one, to this rational one.
        hippo = exact(
            [[Fraction(-(2 * j + 1) if i > j else -(i + 1) if i == j else 0) for j in range(n)]
             for i in range(n)]
        )  # fmt: skip
        one, half = diagonal([Fraction(1)] * n), to_fmpq(Fraction(1, 20))
        matrix = (one - half * hippo).inv() * (one + half * hippo)
        characteristic = matrix.charpoly()
        assert characteristic.gcd(characteristic.derivative()).degree() == 0
        assert all(abs(z) < 1 for z in eigenvalues(matrix))


# Theorems that entries cite


def one_hot(machine):
    """The network of the theorem ``one-hot``: the letters' own 0/1 matrices."""
    n = machine.size
    codes = [tuple(Fraction(i == q) for i in range(n)) for q in range(n)]
    steps = []
    for column in machine.transitions.T.tolist():
        matrix = tuple(tuple(Fraction(column[q] == i) for q in range(n)) for i in range(n))
        steps.append([DenseStep(matrix, tuple(Fraction(0) for _ in range(n)))])
    return one_layer(machine, initial=codes[machine.initial], steps=steps, codes=codes)


def test_matrices_with_a_single_1_a_column_track_every_small_machine():
    machines = small_structures()
    assert len(machines) == 1 + 12 + 216
    for machine in machines:
        network = one_hot(machine)
        result = exact_closure(network, machine)
        assert (result.verdict, result.states) == ("proved", machine.size)
        matrices = [step.matrix for s in network.layers[0].steps.values() for step in s]
        assert all(sum(row[q] for row in m) == 1 for m in matrices for q in range(machine.size))


def test_a_changed_matrix_is_refuted():
    machine = zoo.get("modarith:3").minimal()
    network = one_hot(machine)
    (layer,) = network.layers
    for letter, (step,) in layer.steps.items():
        turned = DenseStep((*step.matrix[1:], step.matrix[0]), step.bias)
        steps = {**layer.steps, letter: (turned,)}
        twin = type(network)(
            **{**vars(network), "layers": (type(layer)(**{**vars(layer), "steps": steps}),)}
        )
        assert exact_closure(twin, machine).verdict != "proved", letter

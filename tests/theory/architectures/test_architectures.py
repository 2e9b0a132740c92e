"""The catalogue of architectures: complete entries, and classes tested on their matrices, exactly.

Matrices are sampled with rational entries (seeds below) and their spectra computed exactly: a real
root of an integer polynomial is one whose ball has imaginary part exactly 0.
"""

from __future__ import annotations

import random
import re
from fractions import Fraction

import pytest
from flint import arb, fmpq_mat, fmpz_poly

from negeig import api
from negeig.automata import zoo
from negeig.automata.monoids.monoid import transition_monoid
from negeig.claims import InputError
from negeig.theory import architectures
from negeig.theory.architectures import find
from negeig.theory.architectures.verdicts import verdicts
from negeig.theory.bounds.limits import limits
from negeig.theory.closure.exact_search import exact_closure
from negeig.theory.exact.numbers import to_fmpq
from negeig.theory.networks.network import DenseStep
from negeig.theory.networks.one_layer import one_layer
from negeig.theory.theorems import entries, get
from support.candidates import candidates
from support.command_line import negeig, valid
from support.structures import small_structures

BY_ID = {a.id: a for a in architectures.entries()}
SAMPLES = 60


# The catalogue as data


def test_identifiers_and_names_are_distinct():
    names = [name.lower() for a in architectures.entries() for name in {a.id, a.name.lower()}]
    assert len(set(names)) == len(names)
    assert not {entry.id.lower() for entry in entries()} & set(names)


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
        *("block-diagonal", "pd-ssm"),
    }


@pytest.mark.parametrize(
    ("name", "nearest"),
    [("mambo", "mamba"), ("delta-net", "deltanet"), ("zzz", "negeig theorems lists them")],
)
def test_an_unknown_name_lists_the_nearest(name, nearest):
    with pytest.raises(InputError, match=f"unknown architecture '{name}'.*{nearest}"):
        find(name)


# Spectra of sampled matrices


def rational(rng, low, high):
    """A random rational number between two, ends included."""
    return low + (high - low) * Fraction(rng.randint(0, 16), 16)


def unit(rng, n):
    """A random rational vector of length exactly 1, by stereographic projection."""
    x = [Fraction(rng.randint(-5, 5), rng.randint(1, 4)) for _ in range(n - 1)]
    square = sum(v * v for v in x)
    return [*(2 * v / (square + 1) for v in x), (square - 1) / (square + 1)]


def exact(rows):
    return fmpq_mat([[to_fmpq(x) for x in row] for row in rows])


def diagonal(values):
    return exact([[v if i == j else Fraction(0) for j, v in enumerate(values)]
                  for i in range(len(values))])  # fmt: skip


def factor(beta, key):
    """I - beta k k^T."""
    return exact(
        [[Fraction(i == j) - beta * a * b for j, b in enumerate(key)] for i, a in enumerate(key)]
    )


def eigenvalues(matrix):
    """All eigenvalues, as balls; a real one has imaginary part exactly 0."""
    characteristic = fmpz_poly((matrix.charpoly() * matrix.charpoly().denom()).numer())
    return [root for root, multiplicity in characteristic.complex_roots()
            for _ in range(multiplicity)]  # fmt: skip


def is_real(matrix, low, high):
    """Whether all eigenvalues are real and none is certainly outside a range."""
    return all(
        z.imag == 0 and not z.real < to_arb(low) and not z.real > to_arb(high)
        for z in eigenvalues(matrix)
    )


def to_arb(number):
    return arb(to_fmpq(Fraction(number)))


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


NONNEGATIVE = [a.id for a in architectures.entries() if a.inside == "nonnegative-spectrum"]


def test_every_delta_rule_in_a_class_is_sampled():
    assert set(NONNEGATIVE) == {"deltanet", "gated-deltanet", "deltaproduct-2", "kda"}


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


# Verdicts


def architecture_rows(name):
    machine = zoo.get(name).minimal()
    found = candidates(machine)
    networks = [found[0].network] if isinstance(found, list) else []
    rows = verdicts(limits(machine, transition_monoid(machine), networks=networks), networks)
    return {find(row.name).id: row for row in rows}


def test_architectures_on_parity():
    rows = architecture_rows("parity")
    assert len(rows) == len(architectures.entries())
    classes = ("nonnegative-diagonal", "nonnegative-spectrum")
    impossible = {name for name, row in rows.items() if row.verdict == "impossible"}
    assert impossible == {a.id for a in architectures.entries() if a.inside in classes}
    assert {"linear-attention", "gla", "mamba", "mamba-2", "deltanet", "kda"} <= impossible
    assert rows["deltanet-negative"].to_json() == {
        "name": "DeltaNet (beta <= 2)",
        "verdict": "possible",
        "theorem": "closure",
    }
    # A product of three projections may have complex eigenvalues.
    assert rows["deltaproduct"].verdict == "open"


@pytest.mark.exhaustive
def test_architectures_on_star_free_and_group_tasks():
    rows = architecture_rows("contains:ab")
    assert (rows["mamba"].verdict, rows["mamba"].theorem) == ("possible", "star-free")
    assert rows["retnet"].verdict == "open"
    rows = architecture_rows("sym:5")
    assert rows["s4d"].theorem == "subnormal"
    assert rows["deltanet-negative"].verdict == "open"  # four steps a token are at hand
    assert rows["deltaproduct-negative"].verdict == "possible"
    rows = architecture_rows("sym:5:swaps")
    assert rows["deltanet-negative"].verdict == "possible"
    rows = architecture_rows("modarith:3")
    assert rows["deltaproduct-negative"].theorem == "closure"  # the cascade
    assert rows["deltaproduct-2-negative"].verdict == "open"
    undecided = limits(zoo.get("contains:ab").minimal(), None)
    by_name = {row.name: row.verdict for row in verdicts(undecided)}
    assert by_name["Mamba"] == "open"
    assert by_name["DeltaProduct (any steps, beta <= 2)"] == "possible"


@pytest.mark.parametrize("name", ["parity", "mod:3", "sym:5", "contains:ab", "flipflop"])
def test_a_wider_range_never_does_less(name):
    """What the smaller range can do, the larger one can."""
    rows = architecture_rows(name)
    for a in architectures.entries():
        if a.wider is not None and rows[a.id].verdict == "possible":
            assert rows[a.wider].verdict == "possible", a.id


def test_what_is_possible_by_a_theorem_is_possible_with_a_wider_range():
    """Mamba does what is star-free; with the range [-1, 1] too, and nothing else is changed."""
    rows = architecture_rows("contains:ab")
    wider = rows["mamba-negative"]
    assert (rows["mamba"].verdict, rows["mamba"].theorem) == ("possible", "star-free")
    assert (wider.name, wider.verdict, wider.theorem) == (
        "Mamba (range [-1, 1])",
        "possible",
        "star-free",
    )
    assert rows["rwkv-7"].verdict == "open"
    rows = architecture_rows("parity")
    assert (rows["mamba-negative"].verdict, rows["mamba-negative"].theorem) == (
        "possible",
        "closure",  # the network at hand is diagonal with the eigenvalue -1
    )
    assert rows["mamba"].verdict == "impossible"


def test_matrices_of_a_smaller_range_are_matrices_of_the_wider_one():
    """Every kind of matrix that has a wider one: the parameters that give the same matrix."""
    assert {a.id for a in architectures.entries() if a.wider is not None} == {
        "mamba", "rwkv-7", "deltanet", "gated-deltanet", "deltaproduct-2", "deltaproduct", "kda",
    }  # fmt: skip
    for a in architectures.entries():
        if a.low is not None and a.wider is not None:
            # The same factors: beta in [0, 1] is in [0, 2].
            wider = BY_ID[a.wider]
            assert a.matrix.replace("beta in [0, 1]", "beta in [0, 2]") == wider.matrix
            assert (a.low, wider.low, a.steps) == (0, -1, wider.steps)
            assert (a.gate, a.keys) == (wider.gate, wider.keys)
    # diag(w) - k (a * k)^T = diag(w) - 2 k (a/2 * k)^T, with a/2 in (0, 1) where a is.
    rng = random.Random(5)
    key, w, a = unit(rng, 3), Fraction(3, 4), Fraction(5, 8)
    one, two = (
        exact([[w * (i == j) - c * key[i] * gate * key[j] for j in range(3)] for i in range(3)])
        for c, gate in ((1, a), (2, a / 2))
    )
    assert one == two
    # exp(-x) = 2 exp(-y) - 1 with exp(-y) = (1 + exp(-x)) / 2 in (1/2, 1), so y > 0.
    assert all(0 < (1 + Fraction(i, 10)) / 2 < 1 for i in range(1, 10))


@pytest.mark.parametrize(
    ("name", "end"),
    [
        ("mamba-negative", None),
        ("rwkv-7", "-0.46"),
        ("rwkv-7-wide", "-1.46"),
        ("lru", "-1"),
        ("hgrn", "-1"),
        ("mamba", None),
        ("deltanet-negative", None),
        ("gated-deltanet-negative", None),
        ("pd-ssm", None),
        ("linear-attention", None),
    ],
)
def test_negative_ends_that_are_not_reached(name, end):
    assert BY_ID[name].negative_end == (None if end is None else Fraction(end))


@pytest.mark.parametrize(
    ("arch", "language", "parts"),
    [
        ("rwkv-7", "(11)*", ["the eigenvalue -1", "does not reach: real, above -0.46"]),
        ("rwkv-7", "(a|b|c)*ac*", ["no construction is known"]),
        (
            "deltaproduct",
            "(11)*",
            [
                "open in the cast model; with finitely many exact states it is impossible: letter",
                "period 2",
            ],
        ),
    ],
)
def test_an_open_row_says_why_it_is_open(arch, language, parts):
    asked = api.check(language, architecture=arch, backends=()).requested
    assert asked.verdict == "open"
    for part in parts:
        assert part in asked.reason
    assert "assuming" not in asked.reason


@pytest.mark.parametrize(
    ("arch", "language", "code", "verdict", "theorem"),
    [
        ("mamba", "(11)*", 1, "impossible", "T1"),
        ("deltanet-negative", "(11)*", 0, "possible", "closure"),
        ("retnet", "(11)*", 3, "open", None),
        ("deltanet-negative", "(111)*", 0, "possible", "closure"),
        ("deltanet", "(111)*", 1, "impossible", "T1"),
        ("pd-ssm", "a(a|b)*", 0, "possible", "one-hot"),
        ("DeltaNet (beta <= 1)", "a(a|b)*", 3, "open", None),
    ],
)
def test_check_an_architecture(capsys, arch, language, code, verdict, theorem):
    found, out, _ = negeig(capsys, "check", "--arch", arch, language, "--no-run", "--json")
    assert found == code
    asked = valid(out)["requested"]
    assert (asked["id"], asked["verdict"]) == (find(arch).id, verdict)
    assert asked["theorem"] == theorem
    assert asked["reason"]
    found, out, _ = negeig(capsys, "check", "--arch", arch, language, "--no-run")
    assert found == code
    assert verdict in out.splitlines()[2]


def test_a_delta_rule_is_searched_for_in_several_layers():
    """One step a token does not count modulo 3 in one layer; in two it does."""
    result = api.check("(111)*", architecture="deltanet-negative", backends=())
    assert result.construction.cost[1] == 2
    assert result.requested.verdict == "possible"
    assert "two-reflections" in result.requested.reason


@pytest.mark.parametrize("as_json", [False, True])
def test_an_unknown_architecture_is_bad_input(capsys, as_json):
    arguments = ["check", "--arch", "mambo", "(11)*", *(["--json"] if as_json else [])]
    code, out, err = negeig(capsys, *arguments)
    assert code == 2
    assert "did you mean mamba" in (valid(out)["message"] if as_json else err)


@pytest.mark.parametrize("architecture", architectures.entries(), ids=lambda a: a.id)
def test_explain_an_architecture(capsys, architecture):
    code, out, _ = negeig(capsys, "explain", architecture.id, "--json")
    assert code == 0
    assert valid(out)["architecture"] == architecture.to_json()
    code, out, _ = negeig(capsys, "explain", architecture.name)
    assert code == 0
    assert out.startswith(f"{architecture.id}: {architecture.name}\n")
    assert architecture.source.split(",")[0] in " ".join(out.split())

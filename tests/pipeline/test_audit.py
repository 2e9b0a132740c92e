"""Audit of a stored layer: exact answers, bad input refused by name, partial answers."""

import json
import random
from fractions import Fraction
from importlib.resources import files
from itertools import product

import ml_dtypes
import numpy as np
import pytest
from jsonschema import Draft202012Validator

from negeig.claims import InputError
from negeig.kernels.tensor_file import write
from negeig.kernels.tensors import save
from negeig.pipeline.audit import audit
from negeig.pipeline.auditing.stored_layer import integer_rows, stored_layer
from negeig.report.terminal.audit import audit_text
from negeig.theory.exact.linear_algebra import defect, is_positive_semidefinite
from negeig.theory.factors.householder import product_of
from negeig.theory.networks.network import DeltaStep, DenseStep, Layer, LinearRNN
from negeig.theory.spectra import verify
from negeig.theory.spectra.eigenvalues import eigenvalues
from negeig.theory.theorems import entries

SEED = 20260412
SCHEMA = json.loads((files("negeig") / "pipeline" / "schemas" / "audit.json").read_text())
TYPES = {
    "fp64": np.float64, "fp32": np.float32, "fp16": np.float16, "bf16": ml_dtypes.bfloat16,
    "e4m3fn": ml_dtypes.float8_e4m3fn, "e5m2": ml_dtypes.float8_e5m2,
    "e4m3fnuz": ml_dtypes.float8_e4m3fnuz, "e5m2fnuz": ml_dtypes.float8_e5m2fnuz,
}  # fmt: skip


def checked(tensors, layer="delta", **options):
    """An audit whose JSON meets the schema and whose text can be shown."""
    return reported(tensors, layer, **options)[0]


def reported(tensors, layer="delta", **options):
    """Both the JSON and the text."""
    result = audit(tensors, layer, **options)
    found = result.to_json()
    Draft202012Validator(SCHEMA).validate(json.loads(json.dumps(found)))
    text = audit_text(result, 80)
    assert text
    assert sum(found["classes"].values()) == found["tokens"]
    theorems = {entry.id for entry in entries()}
    assert all(limit["theorem"] in theorems for limit in found["limits"])
    return found, text


def standings(found):
    return {limit["class"]: limit["standing"] for limit in found["limits"]}


def expected(matrix):
    """Class and norm of one matrix, from its listed eigenvalues and an exact LDL factorisation."""
    values = eigenvalues(matrix)
    if not all(value.is_real for value in values):
        kind = "non-real"
    else:
        kind = "real" if any(value.real[1] < 0 for value in values) else "nonnegative"
    return kind, is_positive_semidefinite(defect(matrix))


def delta_matrix(keys, betas, unit=False):
    steps = []
    for key, beta in zip(keys, betas, strict=True):
        key, beta = tuple(Fraction(float(x)) for x in key), Fraction(float(beta))
        square = sum(x * x for x in key)
        if unit:
            beta = beta / square if square else Fraction(0)
        steps.append(DeltaStep(beta, key, Fraction(0)))
    return product_of(steps, len(keys[0]))


@pytest.mark.parametrize("name", TYPES)
@pytest.mark.parametrize("unit", [False, True])
def test_delta_layers_against_their_matrices(name, unit):
    rng = np.random.default_rng(SEED)
    for steps in (1, 2, 3):
        keys = rng.integers(-2, 3, (25, steps, 3)) / 2
        keys[:, :, 0] += rng.integers(0, 2, (25, steps)) * 0.125
        betas = rng.integers(0, 9, (25, steps)) / 4
        keys, betas = keys.astype(TYPES[name]), betas.astype(TYPES[name])
        options = {"normalise": "l2"} if unit else {}
        found = checked({"keys": keys, "betas": betas}, **options)
        wanted = [expected(delta_matrix(k, b, unit)) for k, b in zip(keys, betas, strict=True)]
        for kind in ("nonnegative", "real", "non-real"):
            assert found["classes"][kind] == [k for k, _ in wanted].count(kind)
        assert found["norm"]["above"] == [norm for _, norm in wanted].count(False)
        assert found["norm"]["at_most_one"] == all(norm for _, norm in wanted)
        assert found["tensors"][0]["format"] == name
        assert found["steps"] == steps
        factors = [
            expected_factor(k, b, unit)
            for ks, bs in zip(keys, betas, strict=True)
            for k, b in zip(ks, bs, strict=True)
        ]
        assert Fraction(found["range"]["min"]["value"]) == min(factors)
        assert Fraction(found["range"]["max"]["value"]) == max(factors)
        at = found["range"]["min"]
        where = keys[at["index"][0]][at["step"]], betas[at["index"][0]][at["step"]]
        assert expected_factor(*where, unit) == min(factors)
        if found["witness"]:
            token = found["witness"]["index"][0]
            matrix = delta_matrix(keys[token], betas[token], unit)
            assert verify(matrix, found["witness"]["certificate"])


def expected_factor(key, beta, unit):
    square = sum(Fraction(float(x)) ** 2 for x in key)
    return 1 - Fraction(float(beta)) * ((square > 0) if unit else square)


def test_all_small_dense_matrices_and_diagonals():
    entries_ = np.array(list(product((-1.0, 0.0, 0.5), repeat=4))).reshape(-1, 2, 2)
    found = checked({"A": entries_.astype(np.float16)}, "dense")
    wanted = [expected(tuple(tuple(map(Fraction, row)) for row in m)) for m in entries_.tolist()]
    for kind in ("nonnegative", "real", "non-real"):
        assert found["classes"][kind] == [k for k, _ in wanted].count(kind)
    assert found["norm"]["above"] == [norm for _, norm in wanted].count(False)
    worst = entries_[found["norm"]["worst"]["index"][0]]
    largest = max(np.linalg.norm(m, 2) for m in entries_)
    assert np.linalg.norm(worst, 2) == pytest.approx(largest)
    assert float(found["norm"]["worst"]["decimal"]) == pytest.approx(largest)
    token = found["witness"]["index"][0]
    assert [k for k, _ in wanted].index("non-real") == token
    assert verify(entries_[token].tolist(), found["witness"]["certificate"])
    diagonals = np.array(list(product((-1.5, -0.5, 0.0, 0.5, 1.0), repeat=2)))
    found = checked({"a": diagonals}, "diagonal")
    assert found["classes"]["nonnegative"] == 9
    assert found["classes"]["real"] == 16
    assert found["norm"]["above"] == 9
    assert found["norm"]["worst"] == {
        "index": [0], "exact": True, "value": "-3/2".removeprefix("-"), "decimal": "1.5"
    }  # fmt: skip
    assert found["range"]["min"] == {
        "value": "-3/2", "decimal": "-1.5", "index": [0], "coordinate": 0
    }  # fmt: skip


def test_larger_dense_matrices():
    rng = np.random.default_rng(SEED)
    orthogonal = np.kron(np.eye(3), [[0.0, -1.0], [1.0, 0.0]])
    nearly = orthogonal.copy()
    nearly[0, 1] = -np.nextafter(1, 2)
    below = orthogonal.copy()
    below[0, 1] = -np.nextafter(1, 0)
    lower = np.tril(rng.standard_normal((6, 6))) / 8
    symmetric = rng.standard_normal((6, 6))
    symmetric = (symmetric + symmetric.T) / 32
    scaled = 2.0**60 * np.eye(6)
    stack = np.array([orthogonal, nearly, below, lower, symmetric, scaled, np.zeros((6, 6))])
    found = checked({"layer.matrix": stack}, "dense")
    assert found["nonreal"]["count"] == 3
    assert [row["index"] for row in found["nonreal"]["listed"]] == [[0], [1], [2]]
    assert found["norm"]["above"] == 2
    assert found["norm"]["worst"]["index"] == [5]
    wanted = [expected(tuple(tuple(map(Fraction, row)) for row in m)) for m in stack.tolist()]
    assert [norm for _, norm in wanted] == [True, False, True, True, True, False, True]


# keys, betas, and what applies: nonnegative, real, contractive, no eigenvalue -1
LAYERS = {
    "projections": ([[1, 0], [0, 1]], [1, 0.5], "applies applies applies applies"),
    "mirror": ([[1, 0], [0, 1]], [2, 1], "does-not-apply applies applies does-not-apply"),
    "beyond": ([[1, 0], [0, 1]], [2.5, 1], "does-not-apply applies does-not-apply does-not-apply"),
    "growing": ([[1, 0], [0, 1]], [-0.5, 1], "applies applies does-not-apply does-not-apply"),
    "almost": ([[1, 0], [0, 1]], [1.9921875, 1], "does-not-apply applies applies applies"),
}


@pytest.mark.parametrize("name", LAYERS)
def test_which_limits_apply(name):
    keys, betas, wanted = LAYERS[name]
    found = checked({"k": np.array(keys, ml_dtypes.bfloat16), "beta": np.array(betas, np.float32)})
    rows = standings(found)
    order = ("nonnegative-spectrum", "real-spectrum", "one-contractive-layer",
             "no-eigenvalue-minus-one")  # fmt: skip
    assert [rows[c] for c in order] == wanted.split()
    assert found["diagonal"]  # keys along the axes
    diagonal = "nonnegative-diagonal" if rows[order[0]] == "applies" else "real-diagonal"
    assert rows[diagonal] == "applies"
    assert ("parity" in " ".join(found["not_excluded"])) == (rows[order[0]] != "applies")
    tilted = np.array([[0.6, 0.8], [0.8, -0.6]])
    assert not checked({"k": tilted, "beta": np.array(betas, np.float32)})["diagonal"]


def test_a_pair_of_reflections_rotates_and_the_audit_sees_it():
    keys = np.array([[[1, -1, 0], [0, 1, -1]], [[1, -1, 0], [1, -1, 0]]], ml_dtypes.bfloat16)
    found = checked({"key": keys, "beta": np.ones((2, 2), ml_dtypes.bfloat16)})
    assert found["classes"] == {"nonnegative": 1, "real": 0, "non-real": 1, "undecided": 0}
    assert found["nonreal"]["listed"] == [{"index": [0], "eigenvalues": 2}]
    assert standings(found)["real-spectrum"] == "does-not-apply"
    assert found["norm"]["at_most_one"]
    # Twin: a beta one unit lower leaves the rotation, a beta of 0 does not.
    betas = np.array([[1, 0], [1, 1]], ml_dtypes.bfloat16)
    assert checked({"key": keys, "beta": betas})["nonreal"]["count"] == 0


def test_ties_are_decided_exactly():
    third = np.array([[1.0, 1.0, 1.0]])
    for beta, kind in ((1 / 3, "nonnegative"), (np.nextafter(1 / 3, 1), "real")):
        found = checked({"key": third, "beta": np.array([beta])})
        assert found["classes"][kind] == 1  # 1 - 3 beta is 1e-17 or -1e-16
    tiny = np.array([[5e-324, 0.0], [1e308, 1e-300]])
    found = checked({"key": tiny, "beta": np.array([5e-324, 1e308])})
    assert found["classes"] == {"nonnegative": 1, "real": 1, "non-real": 0, "undecided": 0}
    assert found["range"]["max"]["value"].endswith("/2^3222")
    both = np.array([[[1e308, 1e308], [1e308, -5e-324]]])
    assert checked({"key": both, "beta": np.full((1, 2), 1e308)})["norm"]["worst"]["exact"] is False


def test_equal_tokens_are_merged_and_counted():
    keys = np.array([[1, 0], [0, 1], [1, 0], [1, 0]], np.float32)
    found = checked({"key": keys, "beta": np.array([2, 1, 2, 1], np.float32)})
    assert (found["tokens"], found["distinct"]) == (4, 3)
    assert found["negative"] == {
        "count": 2,
        "listed": [
            {"index": [i], "eigenvalues": 1, "value": "-1", "decimal": "-1"} for i in (0, 2)
        ],
    }
    many = checked({"key": np.tile(keys[:1], (100, 1)), "beta": np.full(100, 2, np.float32)})
    assert many["negative"]["count"] == 100
    assert len(many["negative"]["listed"]) == 20


def test_leading_dimensions_number_tokens():
    rng = np.random.default_rng(SEED)
    keys = rng.standard_normal((2, 3, 4, 5)).astype(np.float32)
    betas = rng.uniform(0, 2, (2, 3, 4)).astype(np.float32)
    with pytest.raises(InputError, match="--steps last"):
        audit({"k": keys, "beta": betas})
    each = checked({"k": keys, "beta": betas}, steps="none")
    assert (each["tokens"], each["steps"]) == (24, 1)
    assert all(len(row["index"]) == 3 for row in each["negative"]["listed"])
    assert "3 dimensions" in each["notices"][0]
    steps = checked({"k": keys, "beta": betas}, steps="last")
    assert (steps["tokens"], steps["steps"]) == (6, 4)
    flat = checked({"k": keys.reshape(24, 5), "beta": betas.reshape(24)})
    assert flat["classes"] == each["classes"]
    pair = checked({"k": keys[0], "beta": betas[0]}, steps="none")
    assert pair["tokens"] == 12


def test_limit_gives_a_partial_answer():
    rng = np.random.default_rng(SEED)
    keys = rng.standard_normal((10, 2, 3)).astype(np.float32)
    betas = rng.uniform(0, 0.2, (10, 2)).astype(np.float32)
    betas[4] = 0
    found = checked({"key": keys, "beta": betas}, max_tokens=3)
    assert not found["complete"]
    assert found["classes"]["undecided"] == 6  # three products, and the identity
    assert "--max-tokens" in found["reasons"][0]
    assert "tokens left: 6" in found["reasons"][0]
    assert "undecided" in standings(found).values()
    assert found["range"]["min"] == checked({"key": keys, "beta": betas})["range"]["min"]
    assert checked({"key": keys, "beta": betas}, max_tokens=9)["complete"]
    matrices = rng.standard_normal((4, 3, 3))
    assert checked({"A": matrices}, "dense", max_tokens=1)["classes"]["undecided"] == 3
    large = checked({"A": np.zeros((1, 201, 201), np.float32)}, "dense")
    assert large["classes"]["undecided"] == 1
    assert "limit is 200" in large["reasons"][0]


def test_matrices_with_long_integers_are_left_undecided():
    rng = np.random.default_rng(SEED)
    wild = rng.standard_normal((2, 32, 32)) * 2.0 ** rng.integers(-500, 500, (2, 32, 32))
    found = checked({"A": wild}, "dense")
    assert not found["complete"]
    assert found["classes"]["undecided"] == 2
    assert found["norm"]["at_most_one"] is None
    assert "bits" in found["reasons"][0]
    assert len(found["reasons"]) == 1
    tame = np.stack([wild[0], rng.standard_normal((32, 32))])
    mixed = checked({"A": tame}, "dense")
    assert mixed["classes"]["undecided"] == 1  # the other one is decided
    assert mixed["witness"]["index"] == [1]
    keys = rng.standard_normal((1, 24, 24)) * 2.0 ** rng.integers(-300, 300, (1, 24, 24))
    product_ = checked({"key": keys, "beta": np.ones((1, 24))})
    assert product_["classes"]["undecided"] == 1
    assert "bits" in product_["reasons"][0]
    assert product_["range"] is not None
    steps = checked({"key": np.ones((1, 201, 2), np.float32), "beta": np.ones((1, 201))})
    assert "limit is 200" in steps["reasons"][0]


def test_a_norm_one_unit_above_1_shows_it():
    above = np.array([[[1 + 2.0**-52, 0], [0, 0.5]]])
    found, text = reported({"A": above}, "dense")
    assert found["norm"]["worst"] == {
        "index": [0], "exact": True, "value": "4503599627370497/4503599627370496",
        "decimal": "1 + 2.2e-16",
    }  # fmt: skip
    assert "1 + 2.2e-16" in text
    assert "1 token;" in text
    assert "1 tokens" not in text
    assert "at most 1" in reported({"A": np.array([[[1.0, 0], [0, 0.5]]])}, "dense")[1]
    turned = np.array([[[0, 1 + 2.0**-52], [0.5, 0]]])
    assert checked({"A": turned}, "dense")["norm"]["worst"]["decimal"].startswith("1 + ")
    diagonal = checked({"a": np.array([[-1 - 2.0**-52, 0.5]])}, "diagonal")
    assert diagonal["range"]["min"]["decimal"] == "-1 - 2.2e-16"


def test_the_range_is_of_the_eigenvalue_that_may_differ_from_1():
    layer = {"key": np.eye(2), "beta": np.array([2.0, 1.0])}
    text = " ".join(reported(layer)[1].split())
    assert "1 - beta |k|^2 from -1 (token 0, step 0) to 0 (token 1, step 0)" in text
    assert "1 - beta |k|^2 (keys of length 1)" in reported(layer, normalise="l2")[1]


GOOD = {"key": np.ones((2, 3), np.float32), "beta": np.ones(2, np.float32)}


def with_entry(name, index, value):
    array = GOOD[name].copy()
    array[index] = value
    return {**GOOD, name: array}


@pytest.mark.parametrize(
    ("tensors", "options", "message"),
    [
        (with_entry("key", (1, 2), np.nan), {}, r"'key' of shape .* not finite, \[1, 2\] is nan"),
        (with_entry("beta", 0, np.inf), {}, r"'beta' .* not finite, \[0\] is inf"),
        ({**GOOD, "beta": np.ones(3, np.float32)}, {}, r"a beta for each key, shape \[2\]"),
        ({**GOOD, "key": np.ones((2, 3), np.int32)}, {}, "'key' .* has type int32; expected"),
        ({**GOOD, "beta": np.ones((2,), bool)}, {}, "has type bool"),
        ({"key": GOOD["key"]}, {}, r"betas: no tensor is called .*the file has 'key' \[2, 3\]"),
        ({}, {}, "the file has no tensor"),
        (GOOD, {"keys": "w"}, "--keys: there is no tensor 'w'; the file has"),
        ({**GOOD, "a.key": GOOD["key"]}, {}, "several tensors may be meant, 'key', 'a.key'"),
        ({**GOOD, "key": np.ones((0, 3), np.float32)}, {}, "empty"),
        ({**GOOD, "beta": np.float32(1)}, {}, "a single number"),
        ({"A": np.ones((2, 3, 4))}, {"layer": "dense"}, "the matrices are not square"),
        ({"A": np.ones((3, 3))}, {"layer": "dense"}, r"expected \[tokens, n, n\]"),
        ({"a": np.ones(3)}, {"layer": "diagonal"}, r"expected \[tokens, n\]"),
        (GOOD, {"layer": "dense"}, "name it with --matrices"),
        (GOOD, {"layer": "conv"}, "expected delta, dense or diagonal"),
        (GOOD, {"normalise": "l1"}, "expected none, l2 or l2:EPS"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_by_name(tensors, options, message):
    with pytest.raises(InputError, match=message) as error:
        audit(tensors, **options)
    assert error.value.exit_code == 2


def test_every_problem_is_listed():
    tensors = {"key": np.full((2, 40), np.nan), "beta": np.ones(2, np.int8)}
    with pytest.raises(InputError) as error:
        audit(tensors, source="layer.safetensors")
    text = str(error.value)
    assert text.startswith("layer.safetensors: ")
    assert "has type int8" in text
    assert "[0, 4] is nan, and 75 more" in text


def test_files(tmp_path):
    path = tmp_path / "layer.safetensors"
    keys = np.array([[1, -1], [1, 1]], ml_dtypes.bfloat16)
    write(str(path), {"k": keys, "beta": np.array([1, 0.5], ml_dtypes.bfloat16)}, {})
    found = checked(path)
    assert found["source"] == str(path)
    assert found["classes"]["real"] == 1
    with pytest.raises(InputError, match="cannot be read"):
        audit(tmp_path / "missing.safetensors")
    (tmp_path / "evil.pt").write_bytes(b"\x80\x04K\x01.")
    with pytest.raises(InputError, match="pickle"):
        audit(tmp_path / "evil.pt")
    with pytest.raises(InputError, match="it has"):
        audit(path, max_bytes=10)


def network(step):
    one = Fraction(1)
    layer = Layer(alphabet=("a",), initial=(one,), steps={"a": (step,)}, codes=((one,), (-one,)),
                  emit=(("even",), ("odd",)))  # fmt: skip
    return LinearRNN(alphabet=("a",), layers=(layer,), outputs={"even": 1, "odd": 0}, empty=1)


def test_tensors_of_a_compiled_network(tmp_path):
    one = Fraction(1)
    path = str(tmp_path / "parity.safetensors")
    save(path, network(DeltaStep(2 * one, (one,), 0 * one)))
    found = checked(path)
    assert found["range"]["min"]["value"] == "-1"
    assert [t["name"] for t in found["tensors"]] == ["layers.0.key", "layers.0.beta"]
    save(path, network(DenseStep(((-one,),), (0 * one,))))
    with pytest.raises(InputError, match="dense matrices"):
        audit(path)


def test_integer_rows_are_exact_in_every_format():
    rng = random.Random(SEED)
    for name, kind in TYPES.items():
        values = [[rng.choice((-1, 1)) * rng.random() * 2.0 ** rng.randint(-9, 7)
                   for _ in range(4)] for _ in range(30)]  # fmt: skip
        rows = np.array([*values, [0.0] * 4, [0.0, 1.0, 0.0, -0.5]]).astype(kind)
        integers, exponents = integer_rows(rows)
        for row, whole, e in zip(rows.astype(float), integers, exponents, strict=True):
            for x, n in zip(row.tolist(), whole.tolist(), strict=True):
                assert Fraction(x) == n * Fraction(2) ** int(e), name


def test_products_of_integers_do_not_overflow():
    for row in ([2.0**40 + 1, 1.0], [2.0**29 + 1] * 40, [2.0**31, 1.0] * 3, [3.0, 5.0]):
        integers, exponents = integer_rows(np.array([row, row]))
        square = int((integers[0] * integers[1]).sum()) * Fraction(4) ** int(exponents[0])
        assert square == sum(Fraction(x) ** 2 for x in row)


def test_tokens_keep_their_order():
    keys = np.array([[2.0], [1.0], [2.0], [0.5]])
    stored = stored_layer({"key": keys, "beta": np.ones(4)}, "delta")
    assert stored.which.tolist() == [0, 1, 0, 2]
    assert stored.values[:, 0, 0].tolist() == [2.0, 1.0, 0.5]

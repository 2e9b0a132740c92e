"""Audit of files as they are trained: keys with an epsilon, other types, gates beside the keys."""

import json
import math
import tracemalloc
from fractions import Fraction

import ml_dtypes
import numpy as np
import pytest

from negeig.claims import InputError, LimitReached
from negeig.kernels.tensor_file import read, read_tensors
from negeig.pipeline.audit import audit, epsilon_of
from negeig.pipeline.auditing.gates import gate_notices
from negeig.report.terminal.audit import audit_text

TYPES = {"F32": (np.float32, 32), "F8_E8M0": (np.uint8, 8), "F4": (np.uint8, 4), "C64": (None, 64)}


def safetensors(tensors):
    """The bytes of a safetensors file: by name the type, the shape and the numbers."""
    header, data = {}, b""
    for name, (dtype, shape, numbers) in tensors.items():
        kind, bits = TYPES[dtype]
        length = math.prod(shape) * bits // 8
        body = bytes(length) if numbers is None else np.asarray(numbers, kind).tobytes()
        assert len(body) == length
        header[name] = {
            "dtype": dtype,
            "shape": list(shape),
            "data_offsets": [len(data), len(data) + length],
        }
        data += body
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text + data


LAYER = {"key": ("F32", (1, 2), [[3, 4]]), "beta": ("F32", (1,), [1])}


@pytest.mark.parametrize("dtype", ["F8_E8M0", "F4", "C64"])
def test_tensors_that_are_not_asked_for_never_refuse_a_file(tmp_path, dtype):
    path = tmp_path / "layer.safetensors"
    path.write_bytes(safetensors({**LAYER, "scale": (dtype, (4, 2), None)}))
    found = audit(path)
    assert found.range["min"]["value"] == "-24"
    with pytest.raises(InputError, match=f"'scale' of shape .* has type {dtype}"):
        audit(path, keys="scale")
    with pytest.raises(InputError, match="expected one of F64"):
        read_tensors(str(path))
    # and one that is meant by its name, without being asked for
    path.write_bytes(safetensors({"key": (dtype, (4, 2), None), "beta": LAYER["beta"]}))
    with pytest.raises(InputError, match=f"tensor 'key' of shape .* has type {dtype}; expected"):
        audit(path)
    path.write_bytes(safetensors({"beta": LAYER["beta"], "w": (dtype, (4, 2), None)}))
    with pytest.raises(InputError, match=f"the file has 'beta' .*'w' of shape .* type {dtype}"):
        audit(path)


@pytest.mark.parametrize("text", ["l2:1e-6", "l2:0.000001", "l2:1E-06"])
def test_an_epsilon_is_the_number_that_is_written(text):
    assert epsilon_of(text) == Fraction(1, 10**6)


@pytest.mark.parametrize(
    "text", ["l2:", "l2:-1e-6", "l2:1/3", "l2:nan", "l2:inf", "l1:1e-6", "l2:1e999", "l2: 1", "L2"]
)
def test_other_epsilons_are_refused(text):
    with pytest.raises(InputError, match=r"expected none, l2 or l2:EPS|beyond what formats"):
        audit({"key": np.ones((1, 2)), "beta": np.ones(1)}, normalise=text)


@pytest.mark.parametrize("epsilon", ["0", "1e-6", "0.25"])
def test_keys_with_an_epsilon_are_exact(epsilon):
    """1 - beta |k|^2 / (|k|^2 + eps) for every token, and products of two factors."""
    rng = np.random.default_rng(7)
    keys = (rng.integers(-4, 5, (20, 2, 3)) / 4).astype(ml_dtypes.bfloat16)
    betas = (rng.integers(0, 9, (20, 2)) / 4).astype(ml_dtypes.bfloat16)
    found = audit({"k": keys, "beta": betas}, normalise=f"l2:{epsilon}")
    values = []
    for key, beta in zip(keys.reshape(-1, 3), betas.reshape(-1), strict=True):
        square = sum(Fraction(float(x)) ** 2 for x in key)
        length = square + Fraction(epsilon)
        values.append(1 - Fraction(float(beta)) * square / length if length else Fraction(1))
    assert Fraction(found.range["min"]["value"]) == min(values)
    assert Fraction(found.range["max"]["value"]) == max(values)
    assert found.normalise == f"l2:{epsilon}"
    assert f"sqrt(|k|^2 + {epsilon})" in " ".join(audit_text(found).split())


def test_an_epsilon_changes_a_sign():
    """Short keys: without the epsilon a reflection, with it hardly anything, so no parity."""
    layer = {"key": np.array([[2.0**-11, 2.0**-11]]), "beta": np.array([2.0])}
    assert audit(layer, normalise="l2").range["min"]["value"] == "-1"
    assert audit(layer, normalise="l2:1e-6").classes["nonnegative"] == 1
    # and |k| < 1 strictly: the eigenvalue -1 is out of reach however long keys are
    layer["key"] *= 2.0**40
    with_epsilon = audit(layer, normalise="l2:1e-6")
    assert -1 < Fraction(with_epsilon.range["min"]["value"]) < -1 + Fraction(1, 10**20)
    rows = {row["class"]: row["standing"] for row in with_epsilon.limits}
    assert rows["no-eigenvalue-minus-one"] == "applies"
    twin = {row["class"]: row["standing"] for row in audit(layer, normalise="l2").limits}
    assert twin["no-eigenvalue-minus-one"] == "does-not-apply"


def test_gates_beside_a_layer_are_named():
    keys, betas = np.eye(2, dtype=np.float32), np.ones(2, np.float32)
    layer = {"a.key": keys, "a.beta": betas, "a.g": -betas, "a.A_log": betas, "a.dt_bias": betas}
    notices = audit(layer).notices
    assert [notice.split()[0] for notice in notices] == ["a.A_log", "a.dt_bias", "gate"]
    assert "none is above 0" in notices[2]
    assert audit({"a.key": keys, "a.beta": betas}).notices == []
    assert "the largest is 1" in audit({**layer, "a.g": betas}).notices[2]
    assert "not finite" in audit({**layer, "a.g": betas * np.nan}).notices[2]
    assert "no floating-point" in gate_notices({"g": np.ones(1, int)}, {}, ())[0]
    assert gate_notices({"g": -betas}, {}, {"g"}) == []  # it is what is audited
    assert "a.g is ignored" in gate_notices({}, {"a.g": "of type F4"}, ())[0]


def test_a_gate_keeps_the_signs_of_a_single_factor_and_not_of_a_product():
    """Why the notice speaks of one gate for all coordinates, or of one step a token."""
    rng = np.random.default_rng(3)

    def turned(angle):
        key = np.array([math.cos(angle), math.sin(angle)])
        return np.eye(2) - 2 * np.outer(key, key)

    for _ in range(100):
        gates = np.diag(np.exp(-rng.uniform(0, 3, 2)))
        single = np.linalg.eigvals(turned(rng.uniform(0, 3)) @ gates)
        assert np.all(np.abs(np.imag(single)) < 1e-12)
        assert sum(np.real(single) < 0) == 1
    product = turned(0.3) @ turned(0)  # a rotation by 0.6: not real
    assert np.all(np.imag(np.linalg.eigvals(product)) != 0)
    assert np.all(np.imag(np.linalg.eigvals(product @ np.diag([1.0, 0.01]))) == 0)


def test_metadata_of_null_are_none(tmp_path):
    # The library takes null for no metadata.
    header = {"__metadata__": None, "key": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}
    text = json.dumps(header).encode()
    (tmp_path / "x.safetensors").write_bytes(len(text).to_bytes(8, "little") + text + bytes(4))
    _, tensors, metadata = read(str(tmp_path / "x.safetensors"))
    assert list(tensors) == ["key"]
    assert metadata == {}


def test_numbers_that_are_not_finite_are_counted_and_few_are_kept():
    keys = np.full((1, 1 << 22), np.nan, ml_dtypes.float8_e5m2)
    tracemalloc.start()
    with pytest.raises(InputError, match=r"\[0, 4\] is nan, and 4,194,299 more"):
        audit({"k": keys, "beta": np.ones(1, np.float32)})
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 16 * keys.size  # a list of all of them takes 40 bytes for each


@pytest.mark.parametrize(
    ("kind", "layer"),
    [
        ("delta", {"k": np.full((1, 1 << 18), 0.5, np.float16), "b": np.ones(1)}),
        ("delta", {"k": np.full((1 << 9, 1 << 11), 0.5, np.float16), "b": np.arange(1 << 9) / 64}),
        ("delta", {"k": np.ones((1, 2, 1 << 14)) - np.eye(2, 1 << 14), "b": np.full((1, 2), 2.0)}),
        ("diagonal", {"a": np.full((1, 1 << 21), -0.5, np.float16)}),
        ("diagonal", {"a": np.arange(1 << 20).reshape(1 << 10, 1 << 10) / (1 << 20)}),
    ],
)
def test_memory_is_bounded_by_numbers_and_not_by_tokens(kind, layer):
    """Long keys and diagonals, and the norm of a product in a large dimension."""
    tracemalloc.start()
    found = audit(layer, kind)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sum(found.classes.values()) == found.tokens
    assert most < 60 << 20


def test_a_token_of_too_many_numbers_and_too_many_tokens_are_counted():
    long = np.ones((1, (1 << 18) + 1), np.float16)
    with pytest.raises(LimitReached, match=r"of a token's keys: stopped at 262,145"):
        audit({"k": long, "b": np.ones(1)})
    many = np.arange((1 << 22) + 1, dtype=np.float32)
    with pytest.raises(LimitReached, match="distinct tokens: stopped at 4,194,305"):
        audit({"k": many[:, None], "b": np.ones(len(many), np.float32)})


def test_the_norm_of_a_product_is_that_of_its_matrix_in_every_dimension():
    """About, in as few coordinates as there are keys; compared with the whole matrix."""
    rng = np.random.default_rng(11)
    for dim in (1, 2, 3, 9):
        keys, betas = rng.standard_normal((1, 3, dim)), rng.uniform(1, 3, (1, 3))
        matrix = np.eye(dim)
        for key, beta in zip(keys[0], betas[0], strict=True):
            matrix = (np.eye(dim) - beta * np.outer(key, key)) @ matrix
        worst = audit({"k": keys, "b": betas}).norm["worst"]
        assert float(worst["decimal"]) == pytest.approx(np.linalg.norm(matrix, 2), rel=1e-9)


@pytest.mark.parametrize(
    ("key", "beta"),
    [("0.k", "1.beta"), ("layers.1.k", "layers.11.beta"), ("a.k_proj.k", "a.b_proj.b")],
)
def test_betas_of_another_layer_are_taken_only_where_both_are_named(key, beta):
    layer = {key: np.eye(2), beta: np.full(2, 2.0)}
    for named in ({}, {"keys": key}, {"betas": beta}):
        with pytest.raises(InputError, match=f"are not beside keys '{key}'.*--betas {beta}"):
            audit(layer, **named)
    assert audit(layer, keys=key, betas=beta).tokens == 2


@pytest.mark.parametrize(
    ("key", "beta"), [("k", "beta"), ("0.k", "0.beta"), ("k", "0.beta"), ("0.mixer.k", "0.beta")]
)
def test_betas_beside_the_keys_or_around_them_are_theirs(key, beta):
    assert audit({key: np.eye(2), beta: np.full(2, 2.0)}).tokens == 2

"""Implementations are data: known without their packages, found by name, imported on use."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from negeig.claims import InputError, Unavailable
from negeig.kernels import own_function
from negeig.kernels.conforming import conform
from negeig.kernels.extras import in_a_clone
from negeig.kernels.implementation import module_of, module_of_file
from negeig.kernels.own_function import ROUNDED
from negeig.kernels.registry import find, known
from negeig.kernels.standard_suite import TASKS
from support.faulty_kernels import Loop, implementation

PACKAGES = {"accelerated_scan", "fla", "mlx", "negeig", "onnx", "onnxruntime", "transformers"}

OWN = """
import torch

def delta(q, k, v, beta, initial_state, scale=1.0, g=None):
    h, o = initial_state, []
    for t in range(q.shape[1]):
        if g is not None:
            h = h * g[:, t, :, None, None].exp()
        error = v[:, t] - (h * k[:, t, :, :, None]).sum(2)
        h = h + k[:, t, :, :, None] * (beta[:, t, :, None] * error)[:, :, None]
        o.append((h * q[:, t, :, :, None] * scale).sum(2))
    return torch.stack(o, 1).to(q.dtype), h

def short(query, key, value, beta):
    zero = torch.zeros(*key.shape[:1], *key.shape[2:], value.shape[-1])
    return delta(query, key, value, beta, zero, key.shape[-1] ** -0.5)[0]

def bare(**everything):
    return delta(**{x: everything[x] for x in ("q", "k", "v", "g", "beta", "initial_state")})

def integers(q, k, v, beta):
    return short(q, k, v, beta).int()

def turned(q, k, v, beta):
    return short(q, k, v, beta).transpose(1, 2)

def doubles(q, k, v, beta):
    return short(q, k, v, beta).double()

def elsewhere(q, k, v, beta):
    return short(q, k, v, beta).to("meta")

def nothing(q, k, v, beta):
    return None

def three(q, k, v, beta):
    return short(q, k, v, beta), None, None

def first_channel(q, k, v, beta, initial_state, scale):
    o, h = delta(q, k, v, beta, initial_state, scale)
    o[..., 64:] = o[..., :1]
    return o, h

def strides(q, k, v, beta, initial_state, scale):
    flat = torch.empty(k.shape, device="meta").stride()
    return delta(q, k.as_strided(k.shape, flat), v, beta, initial_state, scale)

def picky(q, k, v, beta, initial_state, scale):
    assert k.is_contiguous(), "contiguous keys only"
    return delta(q, k, v, beta, initial_state, scale)

def overwrites(q, k, v, beta, initial_state, scale):
    o, h = delta(q, k, v, beta, initial_state.clone(), scale)
    k.zero_()
    return o, initial_state.copy_(h)

def unscaled(q, k, v, beta, initial_state, scale):
    return delta(q, k, v, beta, initial_state)

def one_scale(q, k, v, beta, initial_state, scale):
    assert scale == 1, "the scale 1 only"
    return delta(q, k, v, beta, initial_state)

def lists(q, k, v, beta):
    return short(q, k, v, beta).tolist()

def strange(q, k, v, beta, cu_seqlens):
    return v

def poor(q, k):
    return q
"""


@pytest.fixture
def own(tmp_path):
    """Results of a function of the file on a task."""
    path = tmp_path / "kernel.py"
    path.write_text(OWN)

    def run(function, task, dtype="fp32"):
        (one,) = find((f"{path}:{function}",))
        return conform(one, one.kernel(), TASKS[task], dtype, 420, 0)

    run.path = path
    return run


def test_every_package_is_known_and_none_is_imported() -> None:
    code = (
        "import sys; from negeig.kernels.registry import known;"
        "[(one.version, one.remedy) for one in known().values()]; print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in done.stdout.split()}
    assert loaded & {*PACKAGES, "torch", "numba", "einops", "mlx_lm"} == {"negeig"}
    assert {name.split(".")[0] for name in known()} == PACKAGES
    for name, one in known().items():
        assert name == one.name
        assert name.split(".")[0] in PACKAGES


def test_names_packages_all_and_found() -> None:
    everything = tuple(known())
    assert tuple(one.name for one in find(("all",))) == everything
    fla = [name for name in everything if name.startswith("fla.")]
    assert [one.name for one in find(("fla", "fla.naive_kda"))] == fla
    assert {one.name for one in find(("found",))} == {
        n for n in everything if not known()[n].missing
    }
    assert "negeig.cpu" in {one.name for one in find(("found",))}


def test_unknown_names_are_refused_together() -> None:
    with pytest.raises(InputError) as error:
        find(("fla.naive_kad", "zz", "kernel.py", "negeig", "nothing.py:f", "negeig.nowhere:f"))
    name, unlike, path, file, module = error.value.problems
    assert name.startswith("'fla.naive_kad' is unknown; nearest: fla.naive_kda, ")
    assert unlike.startswith("'zz' is unknown; known are all, found, the packages accelerated_scan")
    assert path == "'kernel.py' names no function; add it, as in kernel.py:function"
    assert file == "nothing.py: there is no such file"
    assert "ModuleNotFoundError" in module


def test_what_is_missing_says_how_to_install_it() -> None:
    one = implementation(Loop(), packages=("negeig", "no-such-package"))
    assert one.version is None
    assert one.remedy == f"{in_a_clone('peers')}, or pip install no-such-package"
    with pytest.raises(Unavailable, match=r"tests\.kernel cannot run here: pip install"):
        one.kernel()
    result = conform(one, None, TASKS["parity"], "fp32", 30, 0)
    assert (result.verdict, result.reason) == ("missing", one.remedy)


def test_a_package_without_its_function_is_unavailable() -> None:
    def load():
        raise ImportError("no file")

    with pytest.raises(
        Unavailable, match=r"tests\.kernel of negeig .* cannot be loaded: ImportError: no file"
    ):
        replace(implementation(Loop()), load=load).kernel()


def test_a_file_of_a_package_is_imported_without_the_package(tmp_path: Path) -> None:
    assert module_of_file("negeig", "claims.py").MAX_EFFORT == 8
    for package in ("negeig", "no_such_package"):
        with pytest.raises(ImportError, match=f"no file a/b.py in {package}"):
            module_of_file(package, "a", "b.py")
    (tmp_path / "data.txt").write_text("")
    with pytest.raises(ImportError, match="no file of Python"):
        module_of(tmp_path / "data.txt")


@pytest.mark.parametrize("function", ["delta", "bare"])
def test_a_function_of_ones_own(own, function) -> None:
    assert own(function, "registers").verdict == "exact"
    assert own(function, "resets", "bf16").verdict == "exact"
    assert own(function, "decaying-digits").verdict == "right"


ARRAYS = """
import numpy as np

def delta(q, k, v, beta, initial_state, scale=1.0, g=None):
    assert all(isinstance(x, np.ndarray) for x in (q, k, v, beta, initial_state, g))
    h, o = initial_state, []
    for t in range(q.shape[1]):
        h = h * np.exp(g[:, t, :, None, None])
        error = v[:, t] - (h * k[:, t, :, :, None]).sum(2)
        h = h + k[:, t, :, :, None] * (beta[:, t, :, None] * error)[:, :, None]
        o.append((h * q[:, t, :, :, None] * np.float32(scale)).sum(2))
    return np.stack(o, 1).astype(q.dtype), h

def alone(q, k, v, beta):
    start = np.zeros((*k.shape[:1], *k.shape[2:], v.shape[-1]), np.float32)
    decay = np.zeros(beta.shape, np.float32)
    return delta(q, k, v, beta, start, k.shape[-1] ** -0.5, decay)[0]

def wide(q, k, v, beta, initial_state, scale):
    decay = np.zeros(beta.shape)
    o, h = delta(q, k, v, beta, initial_state.astype(float), np.float64(scale), decay)
    return o.astype(float), h

def late(q, k, v, beta, initial_state, scale):
    o, h = wide(q, k, v, beta, initial_state, scale)
    return np.roll(o, 1, 1), h
"""


def test_a_function_of_arrays_is_given_arrays(tmp_path) -> None:
    """Where its module imports numpy and not torch, and where its name says so."""
    (tmp_path / "arrays.py").write_text(ARRAYS)
    (tmp_path / "both.py").write_text(f"import torch\n{ARRAYS}")
    for name, task in (("arrays.py:delta", "resets"), ("arrays.py:alone", "s3-swaps"),
                       ("both.py:delta@numpy", "registers")):  # fmt: skip
        (one,) = find((f"{tmp_path}/{name}",))
        assert (one.dtypes, one.device) == (("fp32", "fp16"), "cpu")
        result = conform(one, one.kernel(), TASKS[task], "fp32", 420, 0)
        assert (result.verdict, result.max_error) == ("exact", 0.0), result.reason
        assert one.note == ROUNDED
    (one,) = find((f"{tmp_path}/both.py:delta",))
    assert one.note == ""
    assert one.dtypes == ("fp32", "bf16", "fp16")


def test_arrays_in_float64_are_rounded_and_judged(tmp_path) -> None:
    """As a function of float32 is: exact, right with the drift of a rounding, or wrong."""
    (tmp_path / "arrays.py").write_text(ARRAYS)
    (wide,) = find((f"{tmp_path}/arrays.py:wide",))
    for task, verdict in (("s3-swaps", "exact"), ("parity", "exact"), ("levels", "exact")):
        result = conform(wide, wide.kernel(), TASKS[task], "fp32", 420, 0)
        assert result.verdict == verdict, result.reason
    (late,) = find((f"{tmp_path}/arrays.py:late",))
    assert conform(late, late.kernel(), TASKS["parity"], "fp32", 420, 0).verdict == "wrong"


def test_a_function_without_state_scale_and_decay(own) -> None:
    """Its keys are padded, its first position makes the initial state."""
    for task in ("s5-swaps", "registers", "s3-swaps"):
        result = own("short", task)
        assert (result.verdict, result.max_error) == ("exact", 0.0)
        assert result.assumptions["split_is_whole"] is None
    near = own("short", "near", "bf16")
    assert near.reason == "it takes no initial state, and bf16 does not hold this one"
    assert own("short", "s5-unit", "bf16").assumptions["split_is_whole"] is None
    assert own("short", "resets").reason == "decay: it takes no g"


@pytest.mark.parametrize(
    ("function", "message"),
    [
        ("integers", "expected one of float32, bfloat16, float16, found torch.int32"),
        ("doubles", "expected one of float32, bfloat16, float16, found torch.float64"),
        ("turned", "expected o of shape [3, 142, 3, 1], found [3, 3, 142, 1]"),
        ("lists", "expected o to be a tensor or an array, found list"),
        ("nothing", "expected o to be a tensor or an array, found NoneType"),
        ("elsewhere", "expected o on cpu, found it on meta"),
        ("three", "expected o, or o and the state, found 3 results"),
    ],
)
def test_another_type_or_shape_is_wrong(own, function, message) -> None:
    result = own(function, "s3-swaps")
    assert result.verdict == "wrong"
    assert result.first_wrong.found.startswith(f"{message}; in a call of 3 rows by 141 ")


@pytest.mark.parametrize(
    ("task", "dtype"),
    [("parity", "bf16"), ("registers", "fp16"), ("levels", "fp32"), ("s5-unit", "fp16")],
)
def test_a_scale_that_is_ignored_is_told(own, task, dtype) -> None:
    """All that is compared has the scale 1, so it is no fault; what takes none has no such case."""
    followed = own("delta", task, dtype)
    assert (followed.verdict, followed.edge_cases["scale"]) == ("exact", None)
    ignored = own("unscaled", task, dtype)
    assert (ignored.verdict, ignored.first_wrong) == ("exact", None)
    assert ignored.edge_cases["scale"] == "outputs do not follow the scale"
    refused = own("one_scale", task, dtype)
    assert refused.edge_cases["scale"] == "AssertionError: the scale 1 only"
    assert refused.verdict == "exact"
    assert "scale" not in own("short", task, dtype).edge_cases


@pytest.mark.parametrize("function", ["first_channel", "strides"])
def test_value_channels_and_views_are_tried(own, function) -> None:
    assert own("delta", "registers").edge_cases["views"] is None
    assert own(function, "registers").verdict == "wrong"


def test_what_asks_for_contiguous_tensors_or_changes_its_inputs_says_so(own) -> None:
    picky = own("picky", "registers")
    assert picky.verdict == "exact"
    assert picky.edge_cases["views"] == "AssertionError: contiguous keys only"
    changes = own("overwrites", "registers")
    assert changes.verdict == "exact"
    assert changes.edge_cases["inputs"] == "it changes initial_state, k"
    assert own("delta", "registers").edge_cases["inputs"] is None


def test_what_needs_a_gpu_is_missing_where_there_is_none(own, monkeypatch) -> None:
    (one,) = find((f"{own.path}:delta@cuda",))
    assert (one.device, one.name) == ("cuda", f"{own.path}:delta@cuda")
    for there, missing in ((False, "there is no GPU on this machine"), (True, "")):
        monkeypatch.setattr("negeig.kernels.implementation.has_gpu", lambda there=there: there)
        assert one.missing == missing
        names = {other.name for other in find(("found",))}
        assert ("fla.chunk_kda@cuda" in names) == (there and known()["fla.chunk_kda@cuda"].version
                                                   is not None)  # fmt: skip
    with pytest.raises(InputError, match="@tpu is unknown; @cuda and @numpy are"):
        find((f"{own.path}:delta@tpu",))


@pytest.mark.parametrize(
    ("function", "message"),
    [
        ("strange", "the parameter 'cu_seqlens' is unknown; known are q, k, v, g, beta, scale"),
        ("poor", "does not take v"),
        ("pikcy", r"no function 'pikcy' in .*kernel.py; it has picky, "),
    ],
)
def test_a_function_that_cannot_be_called_is_bad_input(own, function, message) -> None:
    with pytest.raises(InputError, match=message):
        own(function, "parity")


def test_a_file_that_raises_is_bad_input(tmp_path: Path) -> None:
    path = tmp_path / "kernel.py"
    path.write_text("1 / 0\n")
    with pytest.raises(InputError, match="ZeroDivisionError"):
        own_function.own(f"{path}:f")


def test_a_file_imports_those_beside_it_and_not_those_beside_another(tmp_path: Path) -> None:
    before, names = list(sys.path), set(sys.modules)
    for folder in ("one", "other"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "shared_part.py").write_text(f"def {folder}(q, k, v, beta): pass\n")
        path = tmp_path / folder / "kernel.py"
        path.write_text(f"from shared_part import {folder}\n")
        assert own_function.own(f"{path}:{folder}").name == f"{path}:{folder}"
    assert sys.path == before
    assert "shared_part" not in set(sys.modules) - names


def test_the_compiled_loop_keeps_the_reference_order() -> None:
    """negeig.cpu and the loop of the tests sum from the left: the same bits."""
    (one,) = find(("negeig.cpu",))
    found = [conform(x, x.kernel(), TASKS["mirror"], "fp32", 420, 0)
             for x in (one, implementation(Loop()))]  # fmt: skip
    assert found[0].max_error == found[1].max_error
    assert np.isfinite(found[0].max_error)

"""Backends found by name: nothing is loaded before it is used, and a file is all that one takes."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from negeig.claims import InputError, Verdict
from negeig.kernels import backends, conformance
from negeig.kernels.backend import BACKENDS, checked_letters, load, run_whole
from negeig.kernels.runnable import runnable
from support.kernel_networks import parity, random_pair, symmetric
from support.promises import differences

TOY = """
from negeig.kernels.backends.reference import Reference
from negeig.precision.closure.reference import ReferenceSemantics
from negeig.precision.numbers.arithmetic import parse


class Toy(Reference):
    promises = parse("bf16:acc32")
    device = "a toy"

    def __init__(self, network):
        super().__init__(network)
        self.semantics = ReferenceSemantics(network.network, network.stored, self.promises)


BACKEND = Toy
"""


def test_the_names_are_known_and_nothing_is_loaded() -> None:
    code = (
        "import sys; from negeig.kernels.backend import BACKENDS; print(*BACKENDS);"
        "print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    names, loaded = done.stdout.splitlines()
    assert names == "cpu reference torch triton"
    assert {"torch", "triton", "numba"} & set(loaded.split()) == set()
    assert "negeig.kernels.backends.triton" not in loaded.split()


def test_a_file_is_a_backend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "toy.py").write_text(TOY)
    (tmp_path / "_shared.py").write_text("raise AssertionError\n")
    monkeypatch.setattr(backends, "__path__", [*backends.__path__, str(tmp_path)])
    monkeypatch.delitem(sys.modules, "negeig.kernels.backends.toy", raising=False)
    assert list(BACKENDS) == ["cpu", "reference", "torch", "triton", "toy"]
    result = conformance.compare(*symmetric(3), backend="toy", max_tokens=300)
    assert (result.verdict, result.device) == (Verdict.PASSED, "a toy")
    words, differing = np.zeros((2, 5), np.int32), 0
    for network, machine in map(random_pair, range(8)):
        assert differences(BACKENDS["toy"], network, words)[0] == []
        toy, cpu = (load(name, network, machine.alphabet) for name in ("toy", "cpu"))
        assert toy.network.stored.format.name == "bf16"
        pairs = zip(run_whole(toy, words).states, run_whole(cpu, words).states, strict=True)
        differing += any((one != other).any() for one, other in pairs)
    assert differing > 3, "it promises, stores and computes something else"


def test_an_unknown_name_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InputError, match="unknown backend 'abacus'; there are cpu, reference, tor"):
        conformance.compare(*parity(), backend="abacus")


@pytest.mark.parametrize("kind", ["i1", "u1", "<i2", ">i2", "<i4", ">u4", "<i8", ">i8", "<u8"])
def test_letters_of_every_type_are_looked_at(kind: str) -> None:
    network, machine = parity()
    ready = runnable(network, machine.alphabet)
    right = np.array([[0, 1, 1, 0]], kind)
    found = checked_letters(ready, 1, right)
    assert (found.dtype, found.tolist()) == (np.int32, [[0, 1, 1, 0]])
    assert checked_letters(ready, 1, right[:, ::2]).tolist() == [[0, 1]]
    for wrong in (2, np.iinfo(kind).max, np.iinfo(kind).min):
        words = right.copy()
        words[0, 2] = wrong
        if wrong:
            with pytest.raises(InputError, match=f"row 0, position 2: .* found {wrong}"):
                checked_letters(ready, 1, words)

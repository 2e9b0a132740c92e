"""Machine code kept beside the source: the same results without numba, and never a stale one.

Each test has a folder of its own with small sources, and calls them in fresh interpreters: the
first call of a function there is compiled by numba, later ones run what it left.
"""

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from support.paths import ROOT

HEAD = """
import math
import numpy as np
from negeig.compiled import njit
"""


class Sources:
    """A folder of sources, and what fresh interpreters make of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("NUMBA_")}
        self.environment |= {
            "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}",
            "PYTHONHASHSEED": "random",
        }

    def write(self, name: str, text: str) -> None:
        """Write a source, always with the same time, which numba looks at."""
        path = self.folder / f"{name}.py"
        path.write_text(HEAD + text)
        os.utime(path, (10**9, 10**9))
        for stale in (self.folder / "__pycache__").glob(f"{name}.*.pyc"):
            stale.unlink()

    def run(self, code: str) -> tuple[str, bool]:
        """Return what the code calls ``result``, by its repr, and whether numba was imported."""
        code = f"{HEAD}\nimport json, sys\n{code}\n"
        code += "print(json.dumps([repr(result), 'numba' in sys.modules]))"
        command = [sys.executable, "-W", "ignore", "-c", code]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        result, numba = json.loads(done.stdout)
        return result, numba

    def kept(self) -> list[Path]:
        """Files of machine code beside the sources."""
        return sorted((self.folder / "__pycache__").glob("*.native"))


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    return Sources(tmp_path)


EVERYTHING = """
@njit
def numbers(a, b):
    return a, b, a + b, a < b, not a, np.float32(b), np.uint64(7), np.int16(-3)

@njit
def change(array, x):
    for i in range(array.size):
        array.flat[i] = array.flat[i] * x + i
    return array.size

@njit
def walk(a):
    s = 0.0
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            s = 3 * s + a[i, j]
    return s

@njit
def rows(a):
    return walk(a[1:]) + walk(a[:, ::2]) + math.sin(a[0, 0]) + np.sqrt(a[0, 1])

@njit
def scalar(a):
    return a[()]

@njit
def packed(first, x, pair):
    a, n, b = first
    return walk(a) + n * walk(b), x, pair[0] < pair[1], pair[1] - x

@njit
def nothing(a):
    a[0] += 1

@njit
def one(x):
    return x

@njit
def answer():
    return np.sqrt(1764.0)
"""
CALLS = """
import everything as e
result = []
ones = [True, 3, -2**63, 2**63 - 1, 0.5, -0.0, float("inf"), float("nan"), 5e-324, 0.1]
ones += [np.dtype(kind).type(1) for kind in KINDS]
ones += [np.uint64(2**64 - 1), np.int8(-128), np.float32(0.1), np.float32(1e-45)]
for x in ones:
    for y in OTHERS:
        result.append(e.numbers(x, y))
        result.append([type(part).__name__ for part in result[-1]])
    result.append(e.one(x))
for kind in KINDS:
    a = np.arange(12).reshape(3, 4).astype(kind)
    b = a.copy()
    b.flags.writeable = False
    more = a[:0].reshape(0, 4), a[:, :1], np.asfortranarray(a)
    for view in (a, b, a.T, a[:, ::2], a[::-1], a[:1], *more):
        result.append(e.walk(view))
    result.append(e.rows(a[:, ::-1]))
    result.append(e.packed((a, 3, b[:, ::2]), 2, (a[0, 1], 0.5)))
    result.append(e.packed((a.T, a[1, 1], b), np.int8(2), (2, 3)))
    result.append(e.scalar(a[1, 1:2].reshape(())))
    result.append(e.change(a, 3))
    result.append(a.tolist())
    row = a[0]
    result.append((e.nothing(row), row.tolist()))
"""


@pytest.mark.parametrize(
    ("kinds", "others"),
    [
        ("int32 float32", "2"),
        pytest.param(
            "bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float32 float64",
            "2, np.float32(0.1), False",
            marks=pytest.mark.exhaustive,
        ),
    ],
    ids=["some", "all"],
)
def test_results_are_those_of_numba_bit_for_bit(sources: Sources, kinds: str, others: str) -> None:
    """Repr tells types and all floats apart but NaNs, and -0.0 from 0.0."""
    sources.write("everything", EVERYTHING)
    code = f"KINDS = {kinds!r}.split()\nOTHERS = [{others}]\n{CALLS}"
    expected, numba = sources.run(code)
    assert numba
    assert sources.run(code) == (expected, False)


def test_threads_share_what_is_loaded(sources: Sources) -> None:
    sources.write("everything", EVERYTHING)
    code = """
from concurrent.futures import ThreadPoolExecutor
import everything as e
a = np.arange(12.0).reshape(3, 4)
with ThreadPoolExecutor(8) as pool:
    result = set(pool.map(lambda i: (e.walk(a), e.rows(a), e.one(2.5)), range(200)))
"""
    expected, _ = sources.run(code)
    assert sources.run(code) == (expected, False)


ODD = """
import everything as e
class Own(np.ndarray): pass
a = np.arange(12.0).reshape(3, 4)
fixed = a[0].copy()
fixed.flags.writeable = False
e.walk(a), e.one(2), e.one(2.5), e.answer(), e.nothing(a[0])
result = []
for function, args, named in [
    (e.one, (2**63,), {}), (e.one, (2**64,), {}), (e.one, (), {"x": 2}), (e.one, (), {}),
    (e.one, (1, 2), {}), (e.one, ("text",), {}), (e.one, (1j,), {}), (e.one, (None,), {}),
    (e.one, ((1, 2),), {}), (e.one, ((1, (2, 3)),), {}), (e.one, ((),), {}),
    (e.one, ((1, "a"),), {}), (e.packed, ((1, 2, 3), 4, (5, 6)), {}),
    (e.packed, ((a, 2), 4, (5, 6)), {}), (e.answer, (), {"x": 2}), (e.walk, (a.view(Own),), {}),
    (e.walk, ([[1.0]],), {}), (e.walk, (a.astype(">f8"),), {}), (e.walk, (a.astype(complex),), {}),
    (e.walk, (a[0],), {}), (e.nothing, (fixed,), {}),
]:
    for call in (function, function.dispatcher):
        # As long as numba is not here machine code is looked for.
        sys.modules.pop("negeig.compiled.by_numba", None)
        try:
            result.append(repr(call(*args, **named)))
        except Exception as error:
            result.append(f"{type(error).__name__} {str(error).partition(chr(10))[0]}")
"""


def test_numba_takes_over_after_many_calls(sources: Sources) -> None:
    """Its calls cost less, and after so many its import has been paid for."""
    sources.write("everything", EVERYTHING)
    calls = """
import everything as e
from negeig.compiled import MANY
result = [e.one(i) for i in range(MANY + {})] == list(range(MANY + {}))
"""
    assert sources.run("import everything as e\nresult = e.one(1)") == ("1", True)
    for more, numba in ((0, False), (1, True)):
        assert sources.run(calls.format(more, more)) == ("True", numba)


def test_what_only_numba_knows_is_left_to_it(sources: Sources) -> None:
    """Types without machine code of their own: results and errors are those of the dispatcher."""
    sources.write("everything", EVERYTHING)
    for _ in range(2):
        result, numba = sources.run(ODD)
        assert numba
        outcomes = ast.literal_eval(result)
        assert outcomes[::2] == outcomes[1::2]
        assert sum("Error" in outcome for outcome in outcomes) >= 10


OLD = {
    "function": "s = 1",
    "callee": "return 2 * x",
    "constant": "THREE = 3",
    "default": "def plain(x, y=4):",
    "closure": "made = _made(6)",
    "array": "MANY = np.array([4, 5])",
}
NEW = {
    "function": "s = 2",
    "callee": "return 5 * x",
    "constant": "THREE = 4",
    "default": "def plain(x, y=5):",
    "closure": "made = _made(7)",
    "array": "MANY = np.array([4, 6])",
}


def write_lines(sources: Sources, case: str, lines: dict[str, str], returned: str) -> None:
    """Three sources of a case, of which one calls functions and takes constants of the others."""
    callee = f"@njit\ndef callee(x):\n    {lines['callee']}\n"
    callee += f"@njit\n{lines['default']}\n    return x * y\n"
    caller = f"""
from callee_{case} import callee, plain
from values_{case} import MANY, THREE
def _made(n):
    @njit
    def constant(x):
        return x + n
    return constant
{lines["closure"]}
@njit
def caller(x):
    {lines["function"]}
    s += 10 * callee(x) + 1000 * THREE + 10000 * plain(x) + 1000000 * made(x)
    return {returned}
"""
    sources.write(f"values_{case}", f"{lines['constant']}\n{lines['array']}\n")
    sources.write(f"callee_{case}", callee)
    sources.write(f"caller_{case}", caller)


def test_a_changed_source_is_compiled_anew(sources: Sources) -> None:
    """With results that are kept by themselves, and with ones that stay in numba's own cache.

    Each case has sources of its own, of which one line is changed, and then changed back.
    """
    by_itself = {name: (name, "s") for name in OLD} | {"array": ("array", "s + MANY[1]")}
    by_numba = {f"{name}_full": (name, "np.full(2, s)") for name in ("callee", "constant")}
    cases = by_itself | by_numba

    def called(names: Iterable[str]) -> tuple[dict[str, int], bool]:
        calls = ", ".join(f"{x!r}: int(np.sum(caller_{x}.caller(1)))" for x in names)
        imports = ", ".join(f"caller_{x}" for x in names)
        found, numba = sources.run(f"import {imports}; result = {{{calls}}}")
        return ast.literal_eval(found), numba

    for case, (_, returned) in cases.items():
        write_lines(sources, case, OLD, returned)
    first, _ = called(cases)
    for some, numba in ((by_itself, False), (by_numba, True)):
        assert called(some) == ({case: first[case] for case in some}, numba)
    for case, (changed, returned) in cases.items():
        write_lines(sources, case, {**OLD, changed: NEW[changed]}, returned)
    second, numba = called(cases)
    assert numba
    assert [case for case in cases if second[case] == first[case]] == []
    for case, (_, returned) in cases.items():
        write_lines(sources, case, OLD, returned)
    assert called(cases)[0] == first


ONE = "import everything as e; result = e.walk(np.eye(3)), e.one(2)"


DAMAGES = {
    "shorter": lambda data: data[:-1],
    "header": lambda data: data[:100] + bytes([data[100] ^ 1]) + data[101:],
    "code": lambda data: data[:-20] + bytes([data[-20] ^ 1]) + data[-19:],
    "empty": lambda data: b"",
    "lines": lambda data: b"\n\n",
}


def test_a_damaged_file_is_replaced(sources: Sources) -> None:
    """By one that has the same bytes as before, which runs without numba."""
    sources.write("everything", EVERYTHING)
    expected, _ = sources.run(ONE)
    assert sources.run(ONE) == (expected, False)
    whole = {path: path.read_bytes() for path in sources.kept()}
    assert len(whole) == 2
    for name, damage in DAMAGES.items():
        for path, data in whole.items():
            path.write_bytes(damage(data))
        assert sources.run(ONE) == (expected, True), name
        assert {path: path.read_bytes() for path in sources.kept()} == whole, name


def test_machine_code_of_another_function_is_not_taken(sources: Sources) -> None:
    """A file under the name of another one is whole, but not what was asked for."""
    sources.write("everything", EVERYTHING)
    sources.run("import everything as e; result = e.one(2.5), e.scalar(np.array(2.5))")
    one, scalar = sources.kept()
    one.write_bytes(scalar.read_bytes())
    assert sources.run("import everything as e; result = e.one(2.5)") == ("2.5", True)


def test_options_of_numba_are_part_of_the_key(sources: Sources) -> None:
    sources.write("everything", EVERYTHING)
    expected, _ = sources.run(ONE)
    sources.environment["NUMBA_OPT"] = "0"
    assert sources.run(ONE) == (expected, True)
    sources.environment["NUMBA_DISABLE_JIT"] = "1"
    assert sources.run(ONE)[1]


def test_a_folder_that_cannot_be_written_is_done_without(sources: Sources) -> None:
    """First in the user's cache, then nowhere at all."""
    sources.write("everything", EVERYTHING)
    (sources.folder / "__pycache__").write_text("a file, so that no folder can be made")
    home = sources.folder / "home"
    home.mkdir()
    sources.environment |= {"HOME": str(home), "XDG_CACHE_HOME": str(home / "cache")}
    expected, _ = sources.run(ONE)
    assert sources.run(ONE) == (expected, False)
    assert len(list(home.rglob("*.native"))) == 2
    sources.environment |= {"HOME": "/dev/null", "XDG_CACHE_HOME": "/dev/null"}
    for _ in range(2):
        assert sources.run(ONE) == (expected, True)


def test_numba_s_folder_is_used_when_it_is_chosen(sources: Sources) -> None:
    sources.write("everything", EVERYTHING)
    sources.environment["NUMBA_CACHE_DIR"] = str(sources.folder / "chosen")
    expected, _ = sources.run(ONE)
    assert sources.run(ONE) == (expected, False)
    assert sources.kept() == []
    assert len(list((sources.folder / "chosen").rglob("*.native"))) == 2


@pytest.mark.parametrize("first", ["walk", "rows"])
def test_a_caller_is_compiled_when_its_callee_is_kept(sources: Sources, first: str) -> None:
    """And a callee when its caller is."""
    sources.write("everything", EVERYTHING)
    call = "import everything as e; a = np.arange(12.0).reshape(3, 4); result = e."
    sources.run(f"{call}{first}(a)")
    both = f"{call}walk(a), e.rows(a), e.walk(a)"
    expected, numba = sources.run(both)
    assert numba
    assert sources.run(both) == (expected, False)


RAISING = """
@njit
def checked(a, limit):
    for i in range(a.size):
        if a[i] > limit:
            raise ValueError("too much")
        a[i] += 1
    return a.size

@njit
def longer(a):
    b = np.empty(a.size + 1)
    for i in range(b.size):
        b[i] = i
    return b.sum()
"""


def test_what_raises_or_makes_arrays_stays_with_numba(sources: Sources) -> None:
    """Such machine code needs numba to run; that it does is kept too."""
    sources.write("raising", RAISING)
    code = """
import raising
a = np.arange(4)
try:
    raising.checked(a, 2)
except ValueError as error:
    result = [str(error), a.tolist()]
result += [raising.checked(np.arange(2), 5), raising.longer(np.ones(3))]
"""
    expected = "['too much', [1, 2, 3, 3], 2, 6.0]"
    assert sources.run(code) == (expected, True)
    kept = {path: path.stat().st_mtime_ns for path in sources.kept()}
    assert len(kept) == 2
    assert sources.run(code) == (expected, True)
    assert {path: path.stat().st_mtime_ns for path in sources.kept()} == kept


def test_another_status_is_left_to_numba(sources: Sources) -> None:
    sources.write("everything", EVERYTHING)
    sources.run(ONE)
    code = f"""
from negeig.compiled import native
native.Native.__call__ = lambda self, values: (-1, None)
{ONE}
"""
    assert sources.run(code)[1]
    assert sources.run(code)[0] == sources.run(ONE)[0]

"""Other people's implementations, all of them, on the whole standard suite: the third tier."""

import ast
import runpy
from importlib.util import find_spec
from pathlib import Path

import pytest
import torch

from negeig.kernels.adapters._fla_kernels import KERNELS
from negeig.kernels.adapters._heads import Heads
from negeig.kernels.conforming import conform
from negeig.kernels.registry import find, known
from negeig.kernels.standard_suite import TASKS
from negeig.pipeline.conform import DEFAULT_TOKENS, ConformResult, suite_tasks
from support.paths import ROOT

pytestmark = [
    pytest.mark.peers,
    # The packages warn of what they do not find: triton's driver, and their own deprecations.
    pytest.mark.filterwarnings("default"),
    pytest.mark.usefixtures("one_thread"),
]

PINS = dict(
    line.split("==") for line in (ROOT / "constraints.txt").read_text().splitlines() if "==" in line
)
DTYPES = ("fp32", "bf16")
# What nobody holds exactly: rounded keys, and digits without end.
ROUNDED = {"s5-root", "mod3-rotations", "mirror", "digits", "decaying-digits", "late-decay"}
HERE = [name for name, one in known().items() if not one.missing and "@sm" not in name]

WRONG = {
    "fla.naive_comba": {("decaying-digits", "fp32"), ("decaying-digits", "bf16")},
    "fla.naive_chunk_iplr": {("levels", "fp32")},
    "fla.naive_chunk_dplr": {("levels", "fp32")},
    "mlx.gated_delta_ops+low-state": {("levels", "bf16")},
}
EPSILON = {("levels", "fp32"), ("levels", "bf16")}


@pytest.fixture(scope="module")
def results():
    """Results of each implementation, computed once in each process."""
    found = {}

    def of(name):
        if name not in found:
            (one,) = find((name,))
            kernel = one.kernel()
            found[name] = [
                conform(one, kernel, task, dtype, DEFAULT_TOKENS, 0)
                for task in TASKS.values()
                for dtype in DTYPES
            ]
        return found[name]

    return of


@pytest.mark.parametrize("name", HERE)
def test_an_implementation_is_what_the_page_says(name, results) -> None:
    (one,) = find((name,))
    package, version = one.version.split(" ")
    assert name.startswith("negeig.") or PINS[package] == version
    found = results(name)
    wrong = {(r.task, r.dtype) for r in found if r.verdict == "wrong"}
    assert wrong == (EPSILON if name.endswith("+l2norm") else WRONG.get(name, set()))
    for result in found:
        if result.verdict in ("exact", "right"):
            assert result.assumptions["deterministic"] is True
            assert result.assumptions["split_is_whole"] is not None
        if result.verdict == "right" and not name.endswith(("+l2norm", "+low-state")):
            assert result.task in ROUNDED, result
    if name.endswith("+l2norm"):
        long = {r.task: r.verdict for r in found if r.task.endswith("-long")}
        assert long == {"s5-unit-long": "exact", "levels-long": "exact"}
    page = runpy.run_path(str(ROOT / "docs" / "conform_table.py"))
    asked = suite_tasks("standard")
    document = ConformResult(
        implementations=(one,),
        results=tuple(found),
        arguments=tuple(a.arguments for a in asked for _ in DTYPES),
        networks=tuple(a.task.network for a in asked for _ in DTYPES),
        tokens=DEFAULT_TOKENS,
        seed=0,
    ).to_json()
    shown = page["PAGE"].read_text().splitlines()
    assert page["_edges"](document)[-1] in shown
    assert verdicts(page["_summary"](document)[-1]) in [
        verdicts(line) for line in shown if line.startswith("| `") and line.count("|") == 9
    ]
    # Where sums round, the first wrong position differs between processors.
    found_wrong, shown_wrong = (
        [line.split(": after")[0] for line in lines if line.startswith(f"* `{name}`,")]
        for lines in (page["_wrong"](document), shown)
    )
    assert found_wrong == shown_wrong


def verdicts(row):
    """Name, version, how many are exact or right, wrong, refused: not what rounding decides."""
    name, version, exact, right, wrong, refused = row.strip("| ").split(" | ")[:6]
    return name, version, int(exact) + int(right), wrong, refused


def test_the_page_has_every_implementation_and_every_task() -> None:
    page = (ROOT / "docs" / "conform-implementations.md").read_text()
    assert [name for name in (*HERE, *TASKS) if f"| `{name}` |" not in page] == []


@pytest.mark.parametrize("function", KERNELS)
def test_a_kernel_takes_what_it_is_given(function) -> None:
    """No GPU runs them here: what each is called with is held to its signature, as installed."""
    operator, arguments = KERNELS[function]
    (folder,) = find_spec("fla").submodule_search_locations
    (signature,) = [
        node.args
        for file in Path(folder, "ops", operator).rglob("*.py")
        for node in ast.parse(file.read_text()).body
        if isinstance(node, ast.FunctionDef) and node.name == function
    ]
    names = [argument.arg for argument in (*signature.args, *signature.kwonlyargs)]
    required = names[: len(signature.args) - len(signature.defaults)]
    shape = (2, 4, 3)
    heads = Heads(q=torch.ones(*shape, 16), k=torch.ones(*shape, 16), v=torch.ones(*shape, 1),
                  g=torch.ones(shape), beta=torch.ones(shape), initial=torch.ones(2, 3, 16, 1),
                  steps=2)  # fmt: skip
    given = set(arguments(heads))
    assert given <= set(names)
    assert set(required) <= given
    assert {"scale", "initial_state", "output_final_state"} <= given

"""The gallery of compiled kernels: ``python docs/kernels_gallery.py`` writes the page.

It compiles and executes every recurrent kernel, which takes minutes and the extras ``gpu`` and
``peers``, so what was found is kept in ``docs/kernels-gallery.md`` with the versions; tests of the
first and the third tier hold lines of it to what is found.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from fractions import Fraction
from importlib.metadata import version
from itertools import permutations
from pathlib import Path

import numpy as np

from negeig.automata.machines.machine import Machine
from negeig.kernels.adapters import negeig as ours
from negeig.kernels.adapters._fla_compiled import compiled
from negeig.kernels.adapters._fla_kernels import KERNELS, is_chunked
from negeig.kernels.implementation import Implementation
from negeig.kernels.ptx.compile import Launch, compiling
from negeig.kernels.through_closure import close_through
from negeig.kernels.triton.chunked import Chunked
from negeig.kernels.triton.launch import tensor
from negeig.kernels.triton.resources import blank_layer
from negeig.kernels.triton.scan_launch import composer
from negeig.pipeline.kernel import KernelPage, filled, pages
from negeig.theory.closure.explore import Exploration
from negeig.theory.networks.network import DeltaStep, Layer, LinearRNN

PAGE = Path(__file__).parent / "kernels-gallery.md"
TARGET, DIMS = "sm_90", (3, 64)
RECURRENT = [f"fla.{name}" for name in KERNELS if not is_chunked(name)]
MOST_STATES = 3_000

HEAD = f"""# A gallery of kernels and their arithmetic

What Triton makes of kernels for one delta step, {TARGET}, as shipped: with contraction for
those of flash-linear-attention (fla-core {{fla}}), without for ours. Compiled by triton
{{triton}} on a machine without a GPU, and executed through the PTX as in [the compiled
kernel](compiled-kernels.md). This page is written by `python docs/kernels_gallery.py`, tests
hold lines of it to what is found; `negeig kernel LANGUAGE --impl NAME@{TARGET}` shows a kernel
for a network of yours.

"""


def swaps() -> tuple[LinearRNN, Machine]:
    """S3 by adjacent swaps of (1, 2, 3), keys (e_i - e_j) / sqrt 2 rounded to float32, beta 2."""
    orders = list(permutations(range(3)))
    size = Fraction(float(np.float32(2**-0.5)))
    steps = {}
    delta = [[0, 0] for _ in orders]
    for i, letter in enumerate("ab"):
        key = [Fraction(0)] * 3
        key[i], key[i + 1] = size, -size
        steps[letter] = (DeltaStep(Fraction(2), tuple(key), Fraction(0)),)
        for q, order in enumerate(orders):
            after = list(order)
            after[i], after[i + 1] = order[i + 1], order[i]
            delta[q][i] = orders.index(tuple(after))
    outputs = ["".join(map(str, order)) for order in orders]
    codes = tuple(tuple(Fraction(x + 1) for x in order) for order in orders)
    layer = Layer(
        alphabet=tuple(steps), initial=codes[0], steps=steps, codes=codes,
        emit=tuple((name,) * 2 for name in outputs),
    )  # fmt: skip
    network = LinearRNN(
        alphabet=tuple(steps), layers=(layer,), outputs={x: x for x in outputs}, empty=outputs[0]
    )
    return network, Machine(alphabet="ab", transitions=delta, initial=0, outputs=outputs)


def step_row(name: str) -> str:
    """Return the line of a kernel: what it takes in three and in 64 dimensions."""
    small, large = (next(pages(f"{name}@{TARGET}", dim)) for dim in DIMS)
    taken = (cell for pair in zip(_taken(small), _taken(large), strict=True) for cell in pair)
    return _line(f"`{name}`", *_counts(small), *taken, _race(small))


def _counts(page: KernelPage) -> tuple[str, str]:
    """Return fma, sums and products on float32, and whether the SASS has the same."""
    assert page.ptx is not None
    assert page.contraction is not None
    own = "/".join(str(page.ptx.get(f"{kind} f32", 0)) for kind in ("fma", "add", "mul"))
    times = page.contraction.copies
    same = "other counts" if times is None else "the same" if times == 1 else f"{times} times each"
    left = page.contraction.left
    return own, f"{same}, {left} left to contract" if left else same


def _taken(page: KernelPage) -> tuple[str, int]:
    """Return registers, with what is spilled, and bytes of shared memory."""
    assert page.compiled is not None
    spilled = f", {page.spilled:,} bytes spilled" if page.spilled else ""
    return f"{page.registers}{spilled}", page.compiled.shared


def _race(page: KernelPage) -> str:
    return "yes" if page.races else "no" if page.formula else "unknown"


def formulas(name: str, dim: int = 3) -> str:
    """Return the step of a kernel as a list of its lines."""
    page = next(pages(f"{name}@{TARGET}", dim))
    shown = "\n".join(f"* `{line}`" for line in page.formula) or f"* {page.reason}"
    return f"`{name}`\n\n{shown}\n"


def closure_row(name: str) -> str:
    """Return the line of a kernel: its states on S3, as shipped and with fusion off."""
    if name == "triton":
        return _line(f"`{name}`", *_closed(ours.compiled(TARGET)), "never fused", "")
    function = name.removeprefix("fla.")
    found = [_closed(compiled(function, TARGET, fusion=fusion)) for fusion in (True, False)]
    return _line(f"`{name}`", *found[0], *found[1])


def _closed(one: Implementation) -> tuple[str, str]:
    network, machine = swaps()
    found = close_through(one, network, machine, max_states=MOST_STATES)
    return _verdict(found), _whole(found)


def _verdict(found: Exploration) -> str:
    if found.verdict == "proved":
        return f"proved, {found.states:,} states"
    beyond = f", above {MOST_STATES:,} states" if found.states >= MOST_STATES else ""
    return f"{found.verdict}{beyond}"


def _whole(found: Exploration) -> str:
    held = {assumed.name: assumed.held for assumed in found.assumptions}
    return {True: "yes", False: "no", None: "-"}[held.get("split_is_whole")]


def launched() -> Iterator[tuple[str, Launch]]:
    """Yield the kernels of ours that take more than a step: in chunks, and the scan."""
    found: list[Launch] = []
    with compiling(TARGET, found.append):
        for chunk in (16, 64):
            made = Chunked(blank_layer(64, 1), chunk, where="compiled")
            before = np.zeros((1, made.table.padded), np.float32)
            letters = np.zeros((chunk, 1), np.int32)
            made.launch(tensor(letters, "compiled"), tensor(before, "compiled"), keep_states=True)
            yield from ((f"chunkwise, {chunk}", one) for one in found)
            found.clear()
        for dim in (4, 32):
            operators = np.zeros((2, 1, dim + 1, dim), np.float32)
            composer(dim, "compiled")(operators, np.zeros((1, dim), np.float32))
            yield from ((f"scan, dimension {dim}", one) for one in found)
            found.clear()


def launch_row(name: str, launch: Launch) -> str:
    """Return the line of one kernel of ours."""
    page = KernelPage(implementation=name, version=None, dimension=0, layers=())
    page = filled(page, launch)
    return _line(name, f"`{launch.compiled.name}`", *_counts(page), *_taken(page))


def _line(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def _table(heads: Sequence[str], rows: Iterator[str]) -> str:
    return "\n".join([_line(*heads), _line(*("---" for _ in heads)), *rows]) + "\n"


OF_STEPS = """
Instructions are those of the whole kernel, on float32. "The same" says that the SASS has as
many, "8 times each" that ptxas unrolled the loop, "other counts" that it made something else of
the loop; where pairs are left that it could contract, their number is there. Shared memory is
where threads hand one another sums: a [race](compiled-kernels.md) is one that threads hold
differently, and all of them store.
"""

CLOSURES_ARE = f"""
Adjacent swaps of (1, 2, 3), keys $(e_i - e_j)/\\sqrt 2$ rounded to float32, $\\beta = 2$: the
reference `fp32` has 241 states. Explored up to {MOST_STATES:,} states. A kernel that does not
hand on all of its state answers a word in pieces otherwise than the word in one call, so
nothing is claimed of it.
"""

OTHERS_ARE = """
Where a thread cannot hold its part of a chunk, what is spilled costs time, and no bit.
"""

FORMULAS_ARE = """
State `h`, key `k`, write `v`; `either(...)` are sums of which one is stored, and which one is
not defined. The state after the step is what is handed on.

"""

STEPS = (
    "kernel", "fma/sums/products in PTX, d = 3", "in SASS", "registers, d = 3", "d = 64",
    "shared bytes, d = 3", "d = 64", "a race, d = 3",
)  # fmt: skip
CLOSURES = ("kernel", "as shipped", "hands on all of its state", "fusion off", "hands on all")
OTHERS = (
    "64 dimensions", "kernel", "fma/sums/products in PTX", "in SASS", "registers", "shared bytes",
)  # fmt: skip


def page() -> Iterator[str]:
    """Yield the parts of the page."""
    names = ("triton", *RECURRENT)
    yield HEAD.format(fla=version("fla-core"), triton=version("triton"))
    yield _table(STEPS, map(step_row, names))
    yield OF_STEPS
    yield "\n## S3 through each\n\n"
    yield _table(CLOSURES, map(closure_row, names))
    yield CLOSURES_ARE
    yield "\n## Ours, beyond one step\n\n"
    yield _table(OTHERS, (launch_row(*one) for one in launched()))
    yield OTHERS_ARE
    yield "\n## The step as a formula\n"
    yield FORMULAS_ARE
    for name in names:
        yield formulas(name) + "\n"


if __name__ == "__main__":
    warnings.simplefilter("ignore")  # fla warns that there is no GPU
    PAGE.write_text("".join(page()).rstrip() + "\n", encoding="utf-8")

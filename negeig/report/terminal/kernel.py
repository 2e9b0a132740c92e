"""What ``negeig kernel`` shows a person: a page for each kernel, its formula last."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from textwrap import fill

from negeig.pipeline.kernel import KernelPage, KernelResult
from negeig.report.terminal.text_rows import LABEL, count, line, source_text


def kernel_text(result: KernelResult, width: int = 100, verbose: bool = False) -> str:
    """Return the report of ``negeig kernel``."""
    rows = [line("language", source_text(result.source)), line("network", result.network)]
    for page in result.kernels:
        rows += ["", *_page(page, width)]
    return "\n".join(rows)


def _page(page: KernelPage, width: int) -> Iterator[str]:
    of = "layer" if len(page.layers) == 1 else "layers"
    about = f"{of} {', '.join(map(str, page.layers))}, dimension {page.dimension}"
    version = page.version or "not installed"
    yield line("compiled", f"{page.implementation}, {version}", about, width)
    made = page.compiled
    if made is None:
        yield line("missing", page.reason, width=width)
        return
    grid = " x ".join(map(str, page.grid))
    threads = f"{count(made.warps, 'warp')} a block, {count(made.stages, 'stage')}"
    yield line("kernel", f"{made.name} for {made.target}", width=width)
    yield line("launch", f"{grid} blocks, {threads}", f"{made.shared} bytes shared", width)
    known = (f"{name} {value}" for name, value in made.constants.items())
    yield line("compiled in", ", ".join(known), width=width)
    yield line("PTX", _counts(page.ptx), width=width)
    yield line("SASS", _counts(page.sass), width=width)
    memory = f"stack {page.stack} bytes, spilled {page.spilled}"
    yield line("a thread", f"{page.registers} registers", memory, width)
    if page.contraction is not None:
        yield line("fma", page.contraction.conclusion, width=width)
    indent = " " * LABEL
    for i, formula in enumerate(page.formula):
        label = f"{'one step' if i == 0 else '':<{LABEL}}"
        yield fill(formula, max(width, 60), initial_indent=label, break_on_hyphens=False,
                   subsequent_indent=f"{indent}    ")  # fmt: skip
    if page.races:
        yield line("race", "either: threads write both to one place, and which stays is not "
                   "defined", width=width)  # fmt: skip
    if page.reason:
        yield line("no formula", page.reason, width=width)


def _counts(found: Mapping[str, int] | None) -> str:
    return ", ".join(f"{number} {name}" for name, number in (found or {}).items())

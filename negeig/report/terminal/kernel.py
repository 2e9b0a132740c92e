"""What ``negeig kernel`` shows a person: a page for each kernel, its formula last."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from negeig.pipeline.kernel import KernelPage, KernelResult
from negeig.report.terminal.layout import Heading, Item, Row, report
from negeig.report.terminal.styled import Text, styled
from negeig.report.terminal.text_rows import count, source_text


def kernel_text(result: KernelResult, width: int = 100, verbose: bool = False) -> Text:
    """Return the report of ``negeig kernel``; verbose: what was compiled in, and instructions."""
    head: list[Item] = [Heading(source_text(result.source), ""), Row("network", result.network)]
    return report([head, *(_page(page, verbose) for page in result.kernels)], width)


def _page(page: KernelPage, verbose: bool) -> Iterator[Item]:
    of = "layer" if len(page.layers) == 1 else "layers"
    about = f"{of} {', '.join(map(str, page.layers))}, dimension {page.dimension}"
    version = page.version or "not installed"
    made = page.compiled
    if made is None:
        yield Row(styled("missing", "open"), f"{page.implementation}, {version}", about)
        yield Row("", page.reason)
        return
    yield Row("compiled", f"{page.implementation}, {version}", about)
    grid = " x ".join(map(str, page.grid))
    threads = f"{count(made.warps, 'warp')} a block, {count(made.stages, 'stage')}"
    yield Row("kernel", f"{made.name} for {made.target}")
    yield Row("launch", f"{grid} blocks, {threads}", f"{made.shared} bytes shared")
    if verbose:
        known = (f"{name} {value}" for name, value in made.constants.items())
        yield Row("compiled in", ", ".join(known))
        yield Row("PTX", _counts(page.ptx))
        yield Row("SASS", _counts(page.sass))
    memory = f"stack {page.stack} bytes, spilled {page.spilled}"
    yield Row("a thread", f"{page.registers} registers", memory)
    if page.contraction is not None:
        yield Row("fma", page.contraction.conclusion)
    for i, formula in enumerate(page.formula):
        yield Row("" if i else "one step", formula)
    if page.races:
        yield Row("race", "either: threads write both to one place, and which stays is not defined")
    if page.reason:
        yield Row("no formula", page.reason)


def _counts(found: Mapping[str, int] | None) -> str:
    return ", ".join(f"{number} {name}" for name, number in (found or {}).items())

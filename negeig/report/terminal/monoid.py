"""What ``negeig monoid`` shows a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from negeig.pipeline.monoid import MonoidResult
from negeig.report.terminal.text_rows import (
    alphabet_text,
    count,
    line,
    notice_lines,
    source_text,
    word_text,
)


def monoid_text(result: MonoidResult, width: int = 100, verbose: bool = False) -> str:
    """Return the report of ``negeig monoid``."""
    monoid, machine = result.monoid, result.machine
    classes = ", ".join(f"{monoid['n_' + c]:,} {c.upper()}" for c in "jlrh")
    groups = _counted([group["name"] for group in monoid["subgroups"]])
    orbits = ", ".join(
        f"{source_text(row['letter'], 20)} index {row['index']} period {row['period']}"
        for row in monoid["letters"][:12]
    )
    size = monoid["size"] if machine is None else machine.size
    states = f"{size:,} states" if size > 10 else count(size, "state")
    listed = f"{monoid['size']:,}, of which {count(monoid['idempotents'], 'idempotent')}"
    rows = [
        f"{source_text(result.source)}   over {alphabet_text(result.alphabet)}: {states}",
        *notice_lines(result.notices),
        "",
        line("elements", listed if result.listed else f"{listed}; not listed", "", width),
        line("classes", f"{classes}; {monoid['n_regular_j']:,} regular J", "", width),
        line("subgroups", f"{groups} (one for each regular J-class)", "", width),
        line("letters", orbits, "", width),
    ]
    if result.varieties is None or result.circuits is None:
        rows += ["", line("varieties", "not decided: that needs the list of elements", "", width)]
    else:
        rows += ["", *_variety_lines(result.varieties, width)]
        circuits = result.circuits
        rows.append(line("circuits", f"{circuits['name']}: {circuits['proved']}", "", width))
        if circuits["conditional"]:
            rows.append(line("", circuits["conditional"], "", width))
    rows += ["", *_decomposition_lines(result.decomposition, width)]
    if result.eggbox is not None:
        rows += ["", *result.eggbox]
    if result.elements is not None:
        rows.append("")
    for element in result.elements or ():
        mark = "  idempotent" if element["idempotent"] else ""
        rows.append(line("", f"{word_text(element['word']):<20}{element['map']}{mark}", "", 10**6))
    return "\n".join(rows)


def _variety_lines(varieties: Sequence[Any], width: int) -> list[str]:
    rows = []
    for label, holds in (("in", True), ("not in", False), ("not decided", None)):
        rows_here = [row for row in varieties if row["holds"] is holds]
        # A tier or several make a class larger; what it is not in is long enough without.
        names = [row["name"] for row in rows_here if holds or row["of"] != "tier"]
        if names:
            rows.append(line(label, "; ".join(names), "", width))
    return rows


def _decomposition_lines(decomposition: Any, width: int) -> list[str]:
    if decomposition["levels"] is None:
        return [line("Krohn-Rhodes", decomposition["reason"], "", width)]
    levels = [level["notation"] for level in decomposition["levels"]]
    number = count(len(levels), "level")
    claim = decomposition["claim"]
    checked = f"{claim['verdict']} on every transition, {decomposition['tuples']:,} tuples"
    listed = f": {'; '.join(levels)}" if levels else ""
    return [line("Krohn-Rhodes", f"{number}{listed}", checked, width)]


def _counted(names: Sequence[str]) -> str:
    """Join names, repeated ones with their number."""
    found = {name: names.count(name) for name in dict.fromkeys(names)}
    return ", ".join(name if n == 1 else f"{n} x {name}" for name, n in found.items())

"""Listings for a terminal: monoids, comparisons, named tasks, theorems."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill
from typing import Any

from negeig.report.terminal.text_rows import (
    LABEL,
    alphabet_text,
    count,
    line,
    notice_lines,
    source_text,
    word_text,
)


def monoid_text(result: Any, width: int = 100) -> str:
    """Return the report of ``negeig monoid``."""
    monoid, letters = result["monoid"], result["alphabet"]
    classes = ", ".join(f"{monoid['n_' + c]:,} {c.upper()}" for c in "jlrh")
    groups = _counted([group["name"] for group in monoid["subgroups"]])
    orbits = ", ".join(
        f"{source_text(row['letter'], 20)} index {row['index']} period {row['period']}"
        for row in monoid["letters"][:12]
    )
    machine = result["machine"]
    size = monoid["size"] if machine is None else machine["states"]
    states = f"{size:,} states" if size > 10 else count(size, "state")
    listed = f"{monoid['size']:,}, of which {count(monoid['idempotents'], 'idempotent')}"
    rows = [
        f"{source_text(result['source'])}   over {alphabet_text(letters)}: {states}",
        *notice_lines(result["notices"]),
        "",
        line("elements", listed if result["listed"] else f"{listed}; not listed", "", width),
        line("classes", f"{classes}; {monoid['n_regular_j']:,} regular J", "", width),
        line("subgroups", f"{groups} (one for each regular J-class)", "", width),
        line("letters", orbits, "", width),
    ]
    if result["varieties"] is not None:
        rows += ["", *_variety_lines(result["varieties"], width)]
        circuits = result["circuits"]
        rows.append(line("circuits", f"{circuits['name']}: {circuits['proved']}", "", width))
        if circuits["conditional"]:
            rows.append(line("", circuits["conditional"], "", width))
    else:
        rows += ["", line("varieties", "not decided: that needs the list of elements", "", width)]
    rows += ["", *_decomposition_lines(result["decomposition"], width)]
    if "eggbox" in result:
        rows += ["", *result["eggbox"]]
    if "elements" in result:
        rows.append("")
    for element in result.get("elements", ()):
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


def compare_text(result: Any) -> str:
    """Return the report of ``negeig compare``."""
    first, second = map(source_text, result["languages"])
    if result["equal"]:
        return f"equal        {first}  and  {second}"
    one, two = result["outputs"]
    return (
        f"different    on {word_text(result['word'])}\n"
        f"{'':<{LABEL}}{first} outputs {one}, {second} outputs {two}"
    )


def zoo_text(result: Any) -> str:
    """Return the list of named tasks."""
    rows = []
    for entry in result["entries"]:
        rows.append(f"{entry['pattern']:<24}{entry['sentence']}")
        rows.append(f"{'':<24}letters {entry['alphabet']}; outputs {entry['outputs']}")
    return "\n".join(rows)


def theorems_text(result: Any) -> str:
    """Return the list of theorems, a line each, and the names of the architectures."""
    rows = [f"{entry['id']:<20}{entry['title']}" for entry in result["theorems"]]
    names = ", ".join(a["id"] for a in result["architectures"])
    rows += ["", fill(f"negeig explain also takes an architecture: {names}", 96)]
    return "\n".join(rows)


WIDE = 17
"""Columns of the label of a row about an architecture or a theorem."""


def theorem_text(result: Any) -> str:
    """Return one theorem, or one architecture, for a reader, wrapped."""
    if "architecture" in result:
        entry, title = dict(result["architecture"]), "name"
        entry["inside"] = entry["inside"] or "no class that a limit speaks of"
        entry["input_dependent"] = "yes" if entry["input_dependent"] else "no, one for all letters"
    else:
        (entry,), title = result["theorems"], "title"
    rows = [f"{entry['id']}: {entry[title]}", ""]
    for name, value in entry.items():
        if name in ("id", title) or value is None or value in ("", []):
            continue
        text = "; ".join(value) if isinstance(value, list) else str(value)
        label = name.replace("_", " ")
        rows.append(fill(text, 96, initial_indent=f"{label:<{WIDE}}", subsequent_indent=" " * WIDE))
    return "\n".join(rows)

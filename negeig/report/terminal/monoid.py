"""What ``negeig monoid`` shows a person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from negeig.claims import output_text
from negeig.pipeline.monoid import MonoidResult
from negeig.report.terminal.layout import Heading, Item, Row, glued, printable, report, wrapped
from negeig.report.terminal.styled import Text, styled
from negeig.report.terminal.table import Table
from negeig.report.terminal.text_rows import (
    count,
    machine_text,
    monoid_phrase,
    notice_rows,
    source_text,
    word_text,
)


def monoid_text(result: MonoidResult, width: int = 100, verbose: bool = False) -> Text:
    """Return the report of ``negeig monoid``; verbose: the varieties that it is not in, too."""
    monoid, machine = result.monoid, result.machine
    states = monoid["size"] if machine is None else machine.size
    heading = Heading(
        source_text(result.source),
        machine_text(len(result.alphabet), states),
        styled(monoid_phrase(monoid), "heading"),
    )
    blocks: list[Iterable[Item]] = [
        [heading, *notice_rows(result.notices)],
        _size_rows(result),
        _variety_rows(result, verbose),
        [_decomposition(result.decomposition)],
    ]
    if result.eggbox is not None:
        blocks.append([Drawing(result.eggbox)])
    if result.elements is not None:
        header = ["element", "map", ""]
        rows = [
            [word_text(one["word"]), str(one["map"]), "idempotent" * one["idempotent"]]
            for one in result.elements
        ]
        blocks.append([Table(None, header, rows)])
    return report(blocks, width)


def _size_rows(result: MonoidResult) -> Iterator[Item]:
    monoid = result.monoid
    classes = ", ".join(f"{monoid['n_' + c]:,} {c.upper()}" for c in "jlrh")
    groups = _counted([group["name"] for group in monoid["subgroups"]])
    orbits = ", ".join(
        glued(f"{source_text(row['letter'], 20)} index {row['index']} period {row['period']}")
        for row in monoid["letters"][:12]
    )
    listed = f"{monoid['size']:,}, of which {count(monoid['idempotents'], 'idempotent')}"
    yield Row("elements", listed if result.listed else f"{listed}; not listed")
    yield Row("classes", f"{classes}; {monoid['n_regular_j']:,} regular J")
    yield Row("subgroups", f"{groups} (one for each regular J-class)")
    yield Row("letters", orbits)


def _variety_rows(result: MonoidResult, verbose: bool) -> Iterator[Item]:
    if result.varieties is None or result.circuits is None:
        yield Row("varieties", "not decided: that needs the list of elements")
        return
    for label, holds in (("in", True), ("not in", False), ("not decided", None)):
        rows = [row for row in result.varieties if row["holds"] is holds]
        # A tier or several make a class larger; what it is not in is long enough without.
        names = [row["name"] for row in rows if holds or row["of"] != "tier"]
        if names and (holds or verbose):
            yield Row(label, "; ".join(map(glued, names)))
        elif names:
            yield Row(label, f"{len(names)} others: -v lists them")
    yield Row("circuits", f"{result.circuits['name']}: {result.circuits['proved']}")
    if result.circuits["conditional"]:
        yield Row("", result.circuits["conditional"])
    if result.since_depth is not None:
        yield _since(result.since_depth)


def _since(found: Mapping[str, Any]) -> Row:
    if found["at_least"] is None:
        return Row("Since depth", f"none: {found['reason']}")
    depth = str(found["depth"])
    if found["depth"] is None:
        most = "" if found["at_most"] is None else f", at most {found['at_most']}"
        depth = f"at least {found['at_least']}{most}: {found['reason']}"
    witness = found["witness"]
    if witness is None:
        return Row("Since depth", depth)
    one, other = (
        f"{word_text(word)} (output {source_text(output_text(output), 20)})"
        for word, output in zip(witness["words"], witness["outputs"], strict=True)
    )
    return Row(
        "Since depth", depth, f"no formula of depth {witness['depth']} tells {one} from {other}"
    )


def _decomposition(decomposition: Any) -> Row:
    if decomposition["levels"] is None:
        return Row("Krohn-Rhodes", decomposition["reason"])
    levels = [level["notation"] for level in decomposition["levels"]]
    listed = f": {'; '.join(levels)}" if levels else ""
    claim = decomposition["claim"]
    checked = f"{claim['verdict']} on every transition, {decomposition['tuples']:,} tuples"
    return Row("Krohn-Rhodes", f"{count(len(levels), 'level')}{listed}", checked)


@dataclass(frozen=True)
class Drawing:
    """A picture with its titles: lines that are set in are the picture's, and not broken."""

    picture: Sequence[str]

    def lines(self, width: int) -> list[Text]:
        """Return the lines."""
        lines: list[Text] = []
        for line in self.picture:
            is_title = line and not line.startswith(" ")
            lines += wrapped(line, width) if is_title else [printable(line)]
        return lines


def _counted(names: Sequence[str]) -> str:
    """Join names, repeated ones with their number."""
    found = {name: names.count(name) for name in dict.fromkeys(names)}
    return ", ".join(name if n == 1 else f"{n} x {name}" for name, n in found.items())

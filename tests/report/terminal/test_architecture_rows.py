"""The table of architectures: every entry once, what people ask first, and what is left out."""

import pytest

from negeig.automata import zoo
from negeig.automata.monoids.monoid import transition_monoid
from negeig.report.terminal.architecture_rows import FIRST, architecture_rows, families
from negeig.report.terminal.layout import Item, Row, report
from negeig.report.terminal.table import Table
from negeig.theory.architectures import entries
from negeig.theory.architectures.verdicts import ArchitectureRow, verdicts
from negeig.theory.bounds.limits import limits

TASKS = ["parity", "mod:3", "sym:5", "starts-with:a"]


def rows_of(name: str) -> tuple[ArchitectureRow, ...]:
    machine = zoo.get(name).minimal()
    return verdicts(limits(machine, transition_monoid(machine)))


def parts(name: str, *, everything: bool) -> tuple[list[list[str]], str]:
    """The rows of the table, and what the line below it says."""
    items: list[Item] = list(architecture_rows(rows_of(name), everything=everything))
    listed = [[str(c) for c in r] for item in items if isinstance(item, Table) for r in item.rows]
    return listed, " ".join(item.text for item in items if isinstance(item, Row))


def test_every_entry_is_in_one_family() -> None:
    rows = rows_of("parity")
    found = families(rows)
    in_families = [row for f in found.values() for row in (f.usual, f.wider) if row is not None]
    assert sorted(row.name for row in in_families) == sorted(entry.name for entry in entries())
    names = [family.name for family in found.values()]
    assert len(set(names)) == len(names)


def test_what_is_asked_first_is_in_the_catalogue() -> None:
    assert set(FIRST) <= set(families(rows_of("parity")))


@pytest.mark.parametrize("name", TASKS)
def test_what_is_left_out_is_counted(name: str) -> None:
    some, said = parts(name, everything=False)
    every, nothing = parts(name, everything=True)
    assert [row for row in every if row in some] == some
    assert said.startswith(f"{len(every) - len(some)} more")
    assert nothing == ""
    undecided = [row for row in every if {row[1], row[2]} <= {"open", "-"}]
    assert not [row for row in some if row in undecided]
    assert f", {len(undecided)} of them open" in said
    partly = [r for r in every if r not in some and "open" in r[1:3] and r not in undecided]
    assert (f", {len(partly)} in one of the two ranges:" in said) == bool(partly)


def test_a_verdict_is_the_word_of_its_row() -> None:
    every, _ = parts("mod:3", everything=True)
    by_name = {row[0]: row[1:] for row in every}
    assert by_name["DeltaNet"][0] == "no"
    assert by_name["DeltaNet"][2].startswith("T1")
    assert by_name["Mamba"][:2] == ["no", "no"]
    assert by_name["S4, LSSL"][:2] == ["-", "open"]
    assert by_name["DeltaProduct, any steps"][:1] == ["open"]


def test_without_anything_decided_there_is_only_the_count() -> None:
    undecided = [ArchitectureRow(entry.name, "open", None) for entry in entries()]
    shown = report([architecture_rows(undecided, everything=False)], 100)
    number = len(families(undecided))
    assert shown == f"architecture {number} more, {number} of them open: --all lists them"

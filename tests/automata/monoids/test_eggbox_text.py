"""The egg-box picture as text."""

import re

import pytest

from negeig.automata.monoids.eggbox import egg_boxes
from negeig.automata.monoids.green import green
from negeig.automata.monoids.monoid import transition_monoid
from negeig.claims import InputError
from negeig.report.pictures import (
    eggbox_text,
)
from support.picture_cases import EXAMPLES, SMALL, language, nasty_machine


def table_cells(text):
    """Cells of every table in the text, row by row."""
    tables = []
    for block in text.split("\n\n")[1:]:
        rows = [line for line in block.splitlines() if line.startswith("  |")]
        tables.append([[c.strip() for c in row[4:-2].split(" | ")] for row in rows])
    return tables


def test_eggbox_text_counts():
    for machine in SMALL:
        relations = green(transition_monoid(machine))
        tables = table_cells(eggbox_text(relations))
        assert len(tables) == relations.n_j
        assert sum(len(row) for table in tables for row in table) == relations.n_h
        stars = sum("*" in cell for table in tables for row in table for cell in row)
        assert stars == len(relations.monoid.idempotents)


@pytest.mark.parametrize("name", ["transformations:4", "sym:4", "dihedral:12", "modarith:5"])
@pytest.mark.parametrize("width", [40, 60, 100])
def test_eggbox_text_keeps_its_width(name, width):
    text = eggbox_text(green(transition_monoid(language(name))), width=width)
    assert max(map(len, text.splitlines())) <= width


def test_long_letters_keep_the_width():
    text = eggbox_text(green(transition_monoid(nasty_machine())))
    assert max(map(len, text.splitlines())) <= 100


def test_what_the_text_leaves_out_is_counted():
    relations = green(transition_monoid(language("transformations:5")))
    text = eggbox_text(relations, max_cells=20, max_classes=3, width=40)
    assert "more rows" in text
    assert "more columns" in text
    assert text.endswith(f"... {relations.n_j - 3} more J-classes")
    for block, box in zip(text.split("\n\n")[1:], egg_boxes(relations), strict=False):
        rows = sum(line.startswith("  |") for line in block.splitlines())
        if not rows:
            continue
        columns = len(table_cells("\n\n" + block)[0][0])
        assert rows * columns <= 20
        left = re.findall(r"\.\.\. (\d+) more (row|column)", block)
        missing = {kind: int(n) for n, kind in left}
        assert missing.get("row", 0) == box.n_r - rows
        assert missing.get("column", 0) == box.n_l - columns


def test_eggbox_text_of_three_points():
    """A kernel of two blocks has two transversals among the three images of two points."""
    text = eggbox_text(green(transition_monoid(EXAMPLES["transformations:3"])))
    assert text.splitlines()[0].startswith("27 elements in 3 J-classes")
    assert "J2: 18 elements, 3 R x 3 L, H-classes of 2, regular, group C2; above J3" in text
    groups = [[c.startswith("*C2") for c in row] for row in table_cells(text)[1]]
    assert sorted(map(sum, groups)) == [2, 2, 2]


@pytest.mark.parametrize("limits", [{"width": 39}, {"max_cells": 0}, {"max_classes": 0}])
def test_limits_of_the_text_that_leave_nothing(limits):
    with pytest.raises(InputError, match="expected a width"):
        eggbox_text(green(transition_monoid(EXAMPLES["parity"])), **limits)

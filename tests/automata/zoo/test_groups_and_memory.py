"""The zoo's full alphabets, products and memories: what the papers say, by hand and by oracle."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from negeig.automata import zoo
from negeig.automata.groups.identify import identify

PAGE = Path(__file__).parents[3] / "docs" / "zoo.md"


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("cyclic:60:all", "C60"),
        ("product:cyclic:3,cyclic:4,cyclic:5:all", "C60"),
        ("product:alt:4,cyclic:5:all", "C5 x A4"),
        ("product:sym:3,cyclic:10:all", "C10 x S3"),
        ("product:cyclic:2,quaternion:all", "C2 x Q8"),
        ("alt:5:all", "A5"),
        ("sym:5:all", "S5"),
        ("dihedral:7:all", "D7"),
        ("quaternion:all", "Q8"),
    ],
)
def test_the_letters_are_the_elements_of_the_group(name: str, group: str) -> None:
    """Every column moves the states as the product with one element; all of them are a group."""
    machine = zoo.get(name)
    table, elements = machine.transitions, np.arange(machine.size)
    assert table.shape == (machine.size, machine.size)
    assert (np.sort(table, axis=0) == elements[:, None]).all()
    assert (np.sort(table, axis=1) == elements).all()
    assert (table[table] == table[:, table]).all()  # (a b) c = a (b c)
    assert identify(table.T).name == group
    spelt = tuple(str(output).replace(" ", "") for output in machine.outputs)
    assert machine.alphabet == spelt
    # From the start a letter leads to its own element.
    assert table[machine.initial].tolist() == elements.tolist()


@pytest.mark.parametrize("name", ["sym:4", "alt:5", "dihedral:5", "quaternion", "cyclic:6"])
def test_letters_that_both_alphabets_have_do_the_same(name: str) -> None:
    few, every = zoo.get(name), zoo.get(f"{name}:all")
    spelt = {"quaternion": {}, "cyclic:6": {"g": "1"}, "sym:4": {"s": "(12)", "c": "(1234)"}}
    spelt |= {"alt:5": {"t": "(123)", "c": "(12345)"}, "dihedral:5": {}}
    word = [few.alphabet[i * i % 7 % 2] for i in range(40)]
    assert few.run(word) == every.run([spelt[name].get(letter, letter) for letter in word])


def test_products_by_hand() -> None:
    machine = zoo.get("product:alt:4,cyclic:5:all")
    assert machine.output(["(123);4", "(12)(34);3"]) == "(2 4 3); 2"
    assert machine.output([]) == "(); 0"
    assert zoo.get("product:dihedral:3,quaternion:all").output(["sr;i", "sr;-j"]) == "1; -k"


def test_memories_by_hand() -> None:
    recall = zoo.get("recall:2:3")
    assert recall.run(["?1", "1=2", "?2", "?1", "2=1", "?2"]) == (None, 0, None, 0, 2, None, 1)
    assert zoo.get("flipflop:9").run("h7h2") == (0, 0, 7, 7, 2)
    assert zoo.get("gridworld:3").run("LRRRL0LL") == (0, 0, 1, 2, 2, 1, 1, 0, 0)
    tokens = zoo.get("flipflop-wir")
    assert tokens.run("w1i0r1r1w0r") == (*[None] * 5, 1, None, 1, None, None, None, 0)
    assert set(tokens.run("r")) == set(tokens.run("w1r0r")[-2:]) == {None}
    reveal = zoo.get("sym:3:swaps:reveal")
    assert reveal.run(["?1", "1-2", "?1", "2-3", "?3"]) == (None, 1, None, 2, None, 1)
    reset = zoo.get("permutation-reset:3")
    assert reset.run(["c", "=(12)", "s"]) == ("()", "(1 2 3)", "(1 2)", "()")


def test_arithmetic_by_hand() -> None:
    # 3 + 5 = 8: 011 and 101, the ones first, and a place for the last carry.
    assert zoo.get("adder").run(["11", "10", "01", "00"]) == (0, 0, 0, 0, 1)
    assert zoo.get("adder:carry").run(["11", "10", "01", "00"]) == (0, 1, 1, 1, 0)
    assert zoo.get("cycle-nav:3:origin").run("++-++") == (1, 0, 0, 0, 0, 1)
    assert zoo.get("abab").run("ababaa") == (0, 1, 2, 3, 0, 1, None)
    assert zoo.get("first-symbol").run("100") == (None, 1, 1, 1)


def test_the_page_lists_every_task() -> None:
    """One row an entry, in the order of ``negeig zoo``; Markdown wants its asterisks escaped."""
    rows = [
        line for line in PAGE.read_text().replace("\\*", "*").splitlines() if line.startswith("| `")
    ]
    cells = [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows]
    assert [row[0].strip("`") for row in cells] == [entry.pattern for entry in zoo.entries()]
    for row, entry in zip(cells, zoo.entries(), strict=True):
        assert row[1:] == [entry.sentence, entry.alphabet, entry.outputs, entry.source]

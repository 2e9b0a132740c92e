"""What every command shows, at five widths, as files: a change of a report is seen in a review.

``NEGEIG_SNAPSHOTS=write pytest tests/report/terminal/test_snapshots.py`` writes them anew; look at
the difference before you commit it.
"""

import os
from pathlib import Path

import pytest

from negeig.report.terminal.styled import columns, rendered
from support.terminal_reports import REPORTS, shown

SNAPSHOTS = Path(__file__).parent / "snapshots"
WIDTHS = (40, 60, 80, 120, 200)


@pytest.mark.parametrize("name", REPORTS)
def test_reports_are_those_that_were_looked_at(name: str) -> None:
    made = shown(name)
    lines = "".join(f"{f' {width} ':=^{width}}\n{made(width)}\n" for width in WIDTHS)
    path = SNAPSHOTS / f"{name}.txt"
    if os.environ.get("NEGEIG_SNAPSHOTS") == "write":
        path.write_text(lines)
    assert path.read_text() == lines


def test_every_snapshot_is_of_a_report() -> None:
    assert {path.stem for path in SNAPSHOTS.iterdir()} == set(REPORTS)


@pytest.mark.parametrize("name", REPORTS)
def test_no_line_is_wider_than_asked_and_no_word_is_broken(name: str) -> None:
    made = shown(name)
    words = _words(made(10_000))
    for width in WIDTHS:
        for line in made(width).splitlines():
            assert columns(line) <= width or len(line.split()) == 1
        assert _words(made(width)) <= words | {"\\"}


def _words(text: str) -> set[str]:
    """What stands between spaces but names that are cut; where a table is a list it has commas."""
    return {word.rstrip(",") for word in text.split() if "…" not in word}


@pytest.mark.parametrize("name", REPORTS)
def test_the_first_line_answers(name: str) -> None:
    made = shown(name)
    answers = ("YES", "NO", "OPEN")
    first = made(100).splitlines()[0]
    assert any(f"   {word}" in first for word in answers) or not name.startswith(("check", "run"))


@pytest.mark.parametrize("name", REPORTS)
def test_colours_are_on_top_of_the_plain_text(name: str) -> None:
    text = shown(name)(80)
    plain, coloured = rendered(text, False), rendered(text, True)
    assert "\x1b" not in plain
    assert plain.replace("\n", "").isprintable()
    assert "\x1b[" in coloured
    for code in ("1;32", "1;31", "1;33", "2", "1", "36", "0"):
        coloured = coloured.replace(f"\x1b[{code}m", "")
    assert coloured == plain == text

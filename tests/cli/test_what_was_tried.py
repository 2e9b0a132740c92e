"""An open answer says in words what was tried; the routes have their names under -v."""

import pytest

from negeig.pipeline.parts.budget_not_met import TRIED
from negeig.theory.constructions.routes import ROOMS, names_of
from support.command_line import copied, negeig

OPEN = {
    "layer": ["check", "--zoo", "sym:3", "--layer", "family=delta,steps=4,depth=2", "--no-run"],
    "none": ["check", "(a|b)*a(a|b){9}", "--no-run"],
    "budget": ["compile", "--zoo", "dyck1:2", "--layers", "1", "--dim", "2"],
}
NAMES = {name for room in ROOMS for name in names_of(room) if "-" in name}
"""Names that are no words of the language."""


def test_every_room_has_words():
    assert TRIED.keys() == ROOMS.keys()


@pytest.mark.parametrize("case", OPEN)
def test_names_of_routes_are_for_the_curious(capsys, case):
    code, out, err = negeig(capsys, *OPEN[case])
    assert code == 3
    said = copied(out + err)
    assert "tried at effort 1: one layer read off the machine" in said
    assert {name for name in NAMES if f"{name}," in said or f"{name};" in said} == set()
    code, out, err = negeig(capsys, *OPEN[case], "-v")
    assert code == 3
    said = copied(out + err)
    assert "partial-injection, " in said

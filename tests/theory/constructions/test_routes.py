"""The routes are the files of their rooms: found by name, asked in order; a new one is a file."""

from importlib import import_module

import pytest

from negeig.automata.zoo import get
from negeig.theory.constructions.budget import Budget
from negeig.theory.constructions.routes import ROOMS, names_of, routes, routes_of
from support.candidates import proposals
from support.loaded import loaded_by

ORDER = [
    *("last-letter", "scalar", "digits", "permutation", "partial-injection", "permutation-reset"),
    *("cyclic-sums", "rotations", "symmetric", "polyhedral", "constituents", "dyadic-roots"),
    *("two-reflections", "diagonal", "solvable", "congruences", "blocks", "cascade"),
    *("contraction", "cover", "chain", "extension", "few-left", "chains-left"),
]


def test_the_order_in_which_routes_are_asked():
    assert [route.name for route in routes()] == ORDER


@pytest.mark.parametrize("room", ROOMS)
def test_a_route_is_named_as_its_file_and_of_a_kind_of_its_room(room):
    assert {route.name for route in routes_of(room)} == names_of(room)
    assert {route.kind for route in routes_of(room)} == set(ROOMS[room])
    for route in routes_of(room):
        assert route.construct.__module__.split(".")[-1] == route.name.replace("-", "_")


def test_a_room_is_imported_only_where_it_is_wanted():
    rooms = "negeig.theory.constructions."
    loaded = loaded_by(
        "from negeig.automata.zoo import get\n"
        "from negeig.pipeline.choosing import choose\n"
        "choose(get('parity').minimal())"
    )
    assert f"{rooms}direct.scalar" in loaded
    assert not loaded & {f"{rooms}covers.cover", f"{rooms}stacks.blocks", f"{rooms}stacks.cascade"}
    assert f"{rooms}groups.rotations" not in loaded_by(f"from {rooms}routes import names_of")


TOY = """
from dataclasses import replace
from negeig.theory.constructions.direct import scalar

def construct(machine):
    return [replace(made, route="toy-route") for made in scalar.construct(machine)]

ROUTE = replace(scalar.ROUTE, name="toy-route", construct=construct)
"""


def test_one_more_file_is_one_more_route(tmp_path, monkeypatch):
    room = import_module("negeig.theory.constructions.direct")
    monkeypatch.setattr(room, "__path__", [*room.__path__, str(tmp_path)])
    (tmp_path / "toy_route.py").write_text(TOY)
    assert "toy-route" in names_of("direct")
    assert Budget(routes=("toy-route",)).routes == ("toy-route",)
    (found,) = proposals(get("parity"), "toy-route")
    assert (found.route, found.network.layers[0].dim) == ("toy-route", 1)
    assert "toy-route" in {c.route for c in proposals(get("parity"))}
    monkeypatch.undo()
    assert [route.name for route in routes()] == ORDER

"""Objects show themselves: printed, in notebooks, and short where they stand in a list."""

import pytest

import negeig
from negeig.automata.decomposition.holonomy import holonomy
from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.monoid import transition_monoid
from negeig.report.terminal.check import check_text
from negeig.report.terminal.compile import compilation_text
from negeig.report.terminal.network_text import network_text
from negeig.report.terminal.precision import precision_text
from negeig.shown import Shown, _view, views


@pytest.fixture(scope="module")
def shown():
    machine = negeig.language(zoo="mod:3").machine.minimal()
    made = negeig.compile(zoo="mod:3")
    return {
        "machine": machine,
        "transition_monoid": transition_monoid(machine),
        "cascade": holonomy(machine),
        "linear_rnn": made.network,
        "layer": made.network.layers[0],
        "compilation": made,
        "check_result": negeig.check(zoo="mod:3", backends=()),
        "precision_result": negeig.prove(made.network, machine, ["exact"]),
    }


def test_every_view_is_of_a_class_that_shows_itself(shown):
    found = views(("negeig.report.shown",))
    assert set(found) == set(shown)
    for name, one in shown.items():
        assert isinstance(one, Shown)
        assert _view(one) is found[name]


def test_what_is_printed_is_what_the_terminal_shows(shown):
    assert str(shown["check_result"]) == check_text(shown["check_result"])
    assert str(shown["compilation"]) == compilation_text(shown["compilation"])
    assert str(shown["linear_rnn"]) == network_text(shown["linear_rnn"])
    assert str(shown["precision_result"]) == precision_text(shown["precision_result"])


@pytest.mark.parametrize("name", ["machine", "linear_rnn", "compilation", "check_result"])
def test_in_a_list_it_is_short(shown, name):
    assert len(repr(shown[name])) < 120
    assert "\n" not in repr(shown[name])


@pytest.mark.parametrize("name", ["machine", "transition_monoid", "cascade"])
def test_a_notebook_draws_it(shown, name):
    assert shown[name]._repr_svg_().startswith("<svg")
    assert shown[name]._repr_html_() is None


@pytest.mark.parametrize("name", ["linear_rnn", "layer", "compilation", "check_result"])
def test_a_notebook_lays_it_out(shown, name):
    html = shown[name]._repr_html_()
    assert html.count("<table") == html.count("</table>") > 0
    assert shown[name]._repr_svg_() is None


def test_what_is_too_large_to_draw_is_named(shown):
    large = negeig.language(zoo="mod:1000").machine
    assert large._repr_svg_() is None
    assert str(large) == repr(large)


def test_names_from_outside_are_escaped():
    machine = Machine(
        alphabet=["<img src=x>", "b"], transitions=[[1, 0], [0, 1]], initial=0, outputs=[0, 1]
    )
    found = negeig.check(machine=machine, backends=())
    assert "<img" not in found._repr_html_()
    assert "&lt;img" in found._repr_html_()
    assert "<img" not in machine._repr_svg_()

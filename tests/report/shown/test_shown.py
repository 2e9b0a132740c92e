"""Objects show themselves: printed, in notebooks, and short where they stand in a list."""

import pickle
import xml.etree.ElementTree as ET

import pytest

import negeig
from negeig.automata.decomposition.holonomy import holonomy
from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.monoid import transition_monoid
from negeig.report.terminal.check import check_text
from negeig.report.terminal.compile import compilation_text
from negeig.report.terminal.monoid import monoid_text
from negeig.report.terminal.network_text import network_text
from negeig.report.terminal.precision import precision_text
from negeig.report.terminal.run import run_text
from negeig.report.terminal.verify import verify_text
from negeig.shown import Shown, _view, views

TEXTS = {
    "check_result": check_text,
    "compilation": compilation_text,
    "linear_rnn": network_text,
    "monoid_result": monoid_text,
    "precision_result": precision_text,
    "run_result": run_text,
    "verify_result": verify_text,
}
MORE = ["limits", "architectures", "lower_bounds"]
DRAWN = ["machine", "transition_monoid", "cascade"]


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    machine = negeig.language(zoo="mod:3").machine.minimal()
    made = negeig.compile(zoo="mod:3")
    checked = negeig.check(zoo="mod:3", backends=())
    certificates = tmp_path_factory.mktemp("shown") / "c.json"
    negeig.certify(made, certificates)
    return {
        "machine": machine,
        "transition_monoid": transition_monoid(machine),
        "cascade": holonomy(machine),
        "linear_rnn": made.network,
        "layer": made.network.layers[0],
        "compilation": made,
        "check_result": checked,
        "claim": checked.claims[0],
        "claims": checked.claims,
        "front": checked.front,
        "limits": checked.limits,
        "architectures": checked.architectures,
        "lower_bounds": checked.lower_bounds,
        "monoid_result": negeig.monoid(zoo="mod:3"),
        "precision_result": negeig.prove(made.network, machine, ["exact"]),
        "run_result": negeig.run(zoo="mod:3", tokens=200),
        "verify_result": negeig.verify(certificates),
    }


def test_every_view_is_of_a_class_that_shows_itself(shown):
    found = views(("negeig.report.shown",))
    assert set(found) == set(shown)
    for name, one in shown.items():
        assert isinstance(one, Shown)
        assert _view(one) is found[name]


@pytest.mark.parametrize("name", TEXTS)
def test_what_is_printed_is_what_the_terminal_shows(shown, name):
    assert str(shown[name]) == TEXTS[name](shown[name])


@pytest.mark.parametrize("name", ["machine", "claims", "front", "layer", *MORE, *TEXTS])
def test_in_a_list_it_is_short(shown, name):
    assert len(repr(shown[name])) < 120
    assert "\n" not in repr(shown[name])


@pytest.mark.parametrize("name", DRAWN)
def test_a_notebook_draws_it(shown, name):
    drawn = shown[name]._repr_svg_()
    assert drawn.startswith("<svg")
    assert drawn in shown[name]._repr_html_()  # for notebooks that ask for HTML only


@pytest.mark.parametrize(
    "name",
    ["linear_rnn", "layer", "compilation", "check_result", "claim", "claims", "front", *MORE[:2]],
)
def test_a_notebook_lays_it_out(shown, name):
    html = shown[name]._repr_html_()
    assert html.count("<table") == html.count("</table>") > 0
    assert shown[name]._repr_svg_() is None


def test_a_notebook_says_the_lower_bounds(shown):
    html = shown["lower_bounds"]._repr_html_()
    assert html.count("<li>") == html.count("</li>") > 1
    assert "dimension at least 2" in html


def test_a_notebook_draws_the_monoid_below_its_numbers(shown):
    html = shown["monoid_result"]._repr_html_()
    assert html.count("<svg") == 3
    assert "group C3" in html
    large = negeig.monoid(zoo="sym:5")
    assert "<svg" not in large._repr_html_()


def test_a_notebook_shows_wrong_input_in_a_sentence():
    """IPython asks an exception for its own lines before it makes a traceback."""
    with pytest.raises(negeig.InputError) as caught:
        negeig.check(3)
    assert caught.value._render_traceback_() == [f"InputError: {caught.value}"]


@pytest.mark.parametrize("name", ["precision_result", "run_result"])
def test_a_notebook_prints_what_has_no_layout(shown, name):
    assert shown[name]._repr_html_().startswith("<pre>")


def test_a_network_is_a_diagram_of_layers_and_steps_are_matrices(shown):
    html = shown["linear_rnn"]._repr_html_()
    assert html.count("<svg") == 1
    assert 'aria-label="matrix 1, 0; 0, -1"' in html
    assert "eigenvalue -1" in html


def test_a_front_keeps_its_commands(shown):
    front = shown["front"]
    assert len(front.commands) == len(front) > 1
    assert all(text.startswith("negeig compile --layers") for text in front.commands)
    assert front.commands[0].replace("mod:3", "x") in front._repr_html_().replace(
        "<span>", ""
    ).replace("</span>", "").replace("mod:3", "x")
    again = pickle.loads(pickle.dumps(front.commands))
    assert again == front.commands


def test_what_is_too_large_to_draw_shows_its_numbers():
    large = negeig.language(zoo="mod:1000").machine
    drawn = large._repr_svg_()
    assert ">1,000<" in drawn
    assert "Too many to draw" in drawn
    assert str(large) == repr(large)


HOSTILE = ["<img src=x>", "\u202e\u2066", "\x00\x1b", "\"'&", "x" * 10_000]


def test_names_from_outside_are_escaped_and_cut():
    machine = Machine(
        alphabet=HOSTILE,
        transitions=[[1, 0, 1, 0, 0], [0, 1, 0, 1, 1]],
        initial=0,
        outputs=["\ud800", "<script>alert(1)</script>"],
    )
    found = negeig.check(machine=machine, backends=())
    drawn = [machine, transition_monoid(machine), holonomy(machine)]
    texts = [one._repr_svg_() for one in drawn]
    for text in texts:
        ET.fromstring(text)
    texts += [one._repr_html_() for one in drawn]
    texts += [found._repr_html_(), found.network._repr_html_(), found.claims._repr_html_()]
    for text in texts:
        assert text.isprintable() or {c for c in text if not c.isprintable()} == {"\n"}
        assert "<img" not in text
        assert "<script" not in text
        assert "x" * 100 not in text
        text.encode()


def test_a_page_is_written_whole_or_not_at_all(shown, tmp_path, monkeypatch):
    path = tmp_path / "page.html"
    shown["check_result"].report(path)
    assert path.read_text().startswith("<!DOCTYPE html>")
    assert [one.name for one in tmp_path.iterdir()] == ["page.html"]

    def never(result):
        raise AssertionError("work before the path was looked at")

    monkeypatch.setattr("negeig.shown.Shown._page", never)
    for bad, said in (
        (tmp_path / "none" / "a.html", "there is no folder"),
        (tmp_path, "names a folder"),
        (tmp_path / "a.pdf", "ends in .pdf"),
        ("", "is empty"),
    ):
        with pytest.raises(negeig.InputError, match=said):
            shown["check_result"].report(bad)
    with pytest.raises(TypeError, match="not int"):
        shown["check_result"].report(3)


def test_only_some_have_a_page(shown):
    with pytest.raises(TypeError, match="there is no page about a Machine"):
        shown["machine"]._page()

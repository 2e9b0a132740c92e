"""Pages of worked constructions have one shape, end in something that fails, and have a card.

The documentation build executes them; here is what they share.
"""

import re
import sys
from fractions import Fraction

import pytest

import negeig
from support.paths import ROOT

FOLDER = ROOT / "docs" / "constructions"
sys.path.append(str(FOLDER))

import cards  # noqa: E402
import gallery  # noqa: E402
from orbits import orbit_svg  # noqa: E402

PAGES = {path.stem: path.read_text() for path in FOLDER.glob("*.md") if path.stem != "index"}
INDEX = (FOLDER / "index.md").read_text()
SECTIONS = [
    "The task",
    "The machine",
    "The monoid",
    "The theorem",
    "Delta steps",
    "Proof for every length",
    "Precision",
    "Kernel run",
    "What changes it",
]
CELL = re.compile(r"^```\{code-cell\} python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def sections(text: str) -> dict[str, str]:
    parts = re.split(r"^## (.*)\n", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_there_are_sixteen_pages() -> None:
    assert len(PAGES) == 16


@pytest.mark.parametrize("page", PAGES)
class TestPage:
    def test_has_the_sections_in_order(self, page: str) -> None:
        assert list(sections(PAGES[page])) == SECTIONS

    def test_is_short(self, page: str) -> None:
        assert 90 <= PAGES[page].count("\n") <= 165

    def test_begins_with_its_answer(self, page: str) -> None:
        title, sentence = cards.opening(page)
        assert title
        assert 25 <= len(sentence) <= 200
        assert "$" not in cards._plain(sentence)

    def test_every_section_computes_something(self, page: str) -> None:
        assert all(CELL.search(body) for body in sections(PAGES[page]).values())

    def test_prose_is_held_to_what_is_found(self, page: str) -> None:
        last = CELL.findall(PAGES[page])[-1]
        assert last.startswith(":tags: [remove-cell]\n")
        assert last.count("assert ") >= 2

    def test_the_last_section_changes_something_and_asks_again(self, page: str) -> None:
        body = sections(PAGES[page])["What changes it"]
        assert re.search(r"negeig\.prove|gallery\.refused|certify", body)

    def test_runs_on_our_kernel(self, page: str) -> None:
        assert "negeig.run(" in sections(PAGES[page])["Kernel run"]

    def test_is_in_the_index_once_and_has_a_card(self, page: str) -> None:
        assert re.findall(rf"^{page}$", INDEX, re.MULTILINE) == [page]
        assert page in cards.NETWORKS


def test_no_card_or_link_without_a_page() -> None:
    toctree = INDEX.split("```{toctree}")[1].split("```")[0]
    listed = [line for line in toctree.splitlines() if line and line[0] != ":"]
    assert sorted(listed) == sorted(cards.NETWORKS) == sorted(PAGES)
    assert listed == list(cards.NETWORKS)


def test_a_machine_is_taken_from_its_page() -> None:
    network = cards._of_page("three-cups", "cups", "permutation")
    assert network.run("acb") == (1, 2, 3, 1)
    with pytest.raises(ValueError, match="no cell defines"):
        cards._of_page("three-cups", "saucers")


def test_formulas_of_cards() -> None:
    assert cards._plain(r"$\tfrac14$ of $A_5$, $|k|^2$ & $\pm 1$") == (
        "1/4 of A<sub>5</sub>, |k|<sup>2</sup> &amp; ±1"
    )


@pytest.fixture(scope="module")
def parity() -> negeig.LinearRNN:
    return negeig.compile("(11)*").network


def test_names_in_tables_are_escaped() -> None:
    html = gallery.table(("<b>", "c"), [["<script>", "<i>"]])._repr_html_()
    assert not any(name in html for name in ("<b>", "<script>", "<i>"))


def test_refused_shows_a_theorem_and_no_success() -> None:
    one = negeig.Budget(layers=1, steps=1)
    assert "at least 2 steps a token" in gallery.refused("(111)*", budget=one).text
    with pytest.raises(ValueError, match="there is a network"):
        gallery.refused("(11)*", budget=one)


def test_inner_classes_are_not_listed_beside_larger_ones() -> None:
    machine = negeig.language("(11)*").machine.minimal()
    found = gallery.limits(machine, negeig.compile("(11)*").network)
    refused = {limit.class_ for limit in found if limit.verdict == "impossible"}
    assert "nonnegative-diagonal" in refused
    text = gallery.impossible(found).text
    assert gallery.CLASSES["nonnegative-spectrum"] in text
    assert f">{gallery.CLASSES['nonnegative-diagonal']}, any depth<" not in text
    enough = gallery.enough(found).text
    assert gallery.CLASSES["real-diagonal"] in enough
    assert gallery.CLASSES["complex-diagonal"] not in enough


def test_every_class_of_limits_has_words() -> None:
    machine = negeig.language("(11)*").machine.minimal()
    found = gallery.limits(machine, negeig.compile("(11)*").network)
    assert {limit.class_ for limit in found} == set(gallery.CLASSES)


def test_a_changed_step_is_the_only_change(parity: negeig.LinearRNN) -> None:
    twin = gallery.changed(parity, letter="1", beta="1/2", key=(3,))
    (step,) = twin.layers[0].steps["1"]
    assert (step.beta, step.key, step.write) == (Fraction(1, 2), (3,), 0)
    assert twin.layers[0].codes == parity.layers[0].codes


def test_what_was_found_is_told(parity: negeig.LinearRNN) -> None:
    machine = negeig.language("(11)*").machine.minimal()
    good = gallery.precision(negeig.prove(parity, machine, ["bf16"])).text
    assert "<td>proved</td><td>2</td><td>all states visited</td>" in good
    still = gallery.changed(parity, letter="1", beta=0)
    bad = gallery.precision(negeig.prove(still, machine, ["bf16"])).text
    assert "no decoder is right after both 1 and 11" in bad


def test_states_are_drawn_once_with_a_line_for_each_pair() -> None:
    network = negeig.compile(zoo="sym:3:swaps").network
    drawn = orbit_svg(network)
    assert drawn.count("<circle") == 6
    assert drawn.count("<path") == 9
    assert orbit_svg(network) == drawn

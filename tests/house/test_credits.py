"""The page of credits says of whom the rest of the project says it, in the same words."""

import re

from negeig.theory.theorems.entry import PAPER
from support.paths import ROOT

PAGE = (ROOT / "docs" / "credits.md").read_text()


def others():
    """Return all that the pages and the code say, the page of credits aside."""
    places = [*(ROOT / "docs").rglob("*.md"), *(ROOT / "negeig").rglob("*.py")]
    return "".join(place.read_text() for place in places if place.name != "credits.md")


def test_every_paper_is_cited_where_it_is_used():
    numbers = re.findall(r"arXiv:(\d{4}\.\d{5})", PAGE)
    assert len(numbers) > 8
    said = others()
    assert [number for number in numbers if number not in said] == []


def test_a_number_and_its_link_are_the_same():
    for number, link in re.findall(r"\[arXiv:([\d.]+)\]\(https://arxiv.org/abs/([\d.]+)\)", PAGE):
        assert number == link
    assert len(re.findall(r"arXiv[ :]\d{4}", PAGE)) == PAGE.count("](https://arxiv.org/abs/")


def test_the_authors_of_the_paper_are_the_same_everywhere():
    names = PAPER.partition(" 20")[0].split(", ")
    assert f"| {', '.join(names)} 2025" in PAGE
    citation = (ROOT / "CITATION.cff").read_text().partition("Unlocking State-Tracking")[2]
    assert re.findall(r"family-names: (\w+)", citation)[: len(names)] == names
    index = (ROOT / "docs" / "theory" / "index.md").read_text().partition("[P]\n: ")[2]
    authors = index.partition(". *")[0]
    assert [author.split()[-1] for author in authors.split(", ")] == names

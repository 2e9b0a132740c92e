"""The depth of nested Since as ``negeig monoid`` says it: decided, bounded, none, or not asked."""

import json

import pytest

from negeig.automata.language import Source
from negeig.claims import Resources
from negeig.pipeline.monoid import monoid
from support.command_line import negeig, valid


@pytest.mark.parametrize(
    ("regex", "depth", "alike"),
    [
        (".*", 0, None),
        ("a(a|b)*", 2, ("aba", "ba")),
        # Past what is listed: a power from below and the cascade from above.
        ("(a|b)*bbbbb", 5, ("bbbb", "bbbbb")),
        ("(a(a(a(ab)*b)*b)*b)*", 5, ("aaaabbbb", "aaaaabbbb")),
    ],
)
def test_depths_with_their_words(capsys, regex, depth, alike):
    code, out, _ = negeig(capsys, "monoid", regex, "--alphabet", "ab", "--json")
    found = valid(out)["since_depth"]
    assert (code, found["depth"], found["at_least"], found["at_most"]) == (0, depth, depth, depth)
    words = found["witness"] and tuple("".join(word) for word in found["witness"]["words"])
    assert (words, found["reason"]) == (alike, "")


def test_an_interval_names_the_limit_and_both_ends(capsys, tmp_path):
    path = tmp_path / "task.json"
    rows = [[1, 0, 2], [2, 3, 1], [3, 2, 2], [3, 3, 2]]
    task = {"alphabet": ["a", "b", "c"], "initial": 0, "transitions": rows, "outputs": [0, 1, 2, 3]}
    path.write_text(json.dumps(task))
    code, out, _ = negeig(capsys, "monoid", "--file", str(path), "--json")
    found = valid(out)["since_depth"]
    assert (code, found["depth"], found["at_least"], found["at_most"]) == (0, None, 3, 5)
    assert found["reason"].startswith("orders of last passages: stopped at 20,000")
    said = " ".join(negeig(capsys, "monoid", "--file", str(path))[1].split())
    assert "Since depth at least 3, at most 5: orders of last passages" in said


def test_tasks_that_count_have_none(capsys):
    out = negeig(capsys, "monoid", "(11)*", "--json")[1]
    found = valid(out)["since_depth"]
    assert [found[key] for key in ("depth", "at_least", "at_most", "witness")] == [None] * 4
    assert "Since depth none: there are groups inside" in " ".join(
        negeig(capsys, "monoid", "(11)*")[1].split()
    )


def test_without_a_list_of_elements_it_is_not_asked():
    language = Source("regex", "(a(a(ab)*b)*b)*").read()
    assert monoid(language, resources=Resources(max_elements=28)).to_json()["since_depth"] is None

"""Conditions of chains that only a forged one meets: at each link, of each part, in each ending."""

import json

import pytest

from negeig.proofs_checks import checker
from negeig.proofs_checks.certificate import text_of
from support.certificates import lines_of, of_kind, verdict, verdict_of

PARITY = {"alphabet": ["1"], "initial": 0, "transitions": [[1], [0]], "outputs": [0, 1]}


def refused(found, because):
    assert (found[0], because in found[1]) == ("NOT VERIFIED", True), found


def of_parity(**given):
    """What the checker says of a chain of the machine whose letter permutes its two states."""
    empty = {key: [] for key in ("prefix", "suffix", "e", "f", "late", "last", "links")}
    header = {
        "schema": checker.SCHEMA, "kind": "peeling", "claim": checker.KINDS["peeling"][1],
        "assumptions": [], "about": PARITY,
        "evidence": {**empty, "reflections": False, "ending": "letters", **given},
    }  # fmt: skip
    return verdict([text_of(header)])


def ending_in(ending, **changed):
    """What it says of the chain that was made with an ending, with some of it changed."""
    made = next(x for x in of_kind("peeling") if x.evidence["ending"] == ending)
    return verdict_of(made, **changed)


def parts_of(ending):
    made = next(x for x in of_kind("peeling") if x.evidence["ending"] == ending)
    return json.loads(text_of(made.evidence["last"]))


@pytest.mark.parametrize("ending", ["last parts", "last letters", "last edges"])
def test_what_is_made_is_verified(ending):
    assert ending_in(ending, last=parts_of(ending)) == ("VERIFIED", "")


def test_a_link_is_cut_at_an_idempotent():
    link = {"parts": [], "idempotent": [0, 0], "generators": [[0]]}
    given = {"f": [0], "links": [link], "ending": "one layer"}
    assert of_parity(**given) == ("VERIFIED", "")
    given["links"] = [{**link, "idempotent": [0]}]
    refused(of_parity(**given), "evidence.links[0]: not idempotent")
    given["links"] = [{**link, "parts": [[0]]}]
    refused(of_parity(**given, reflections=True), "links[0]: not idempotent")
    given["links"] = [{**link, "idempotent": []}]
    refused(of_parity(**given), "evidence.links[0]: a part need not divide")


def test_a_letter_divides_an_idempotent_and_no_reflection_is_left():
    both = {"e": [0, 0], "f": [0]}
    assert of_parity(**both) == ("VERIFIED", "")
    refused(of_parity(**both, reflections=True), "evidence.f: it need not divide e")
    refused(of_parity(e=[], f=[0]), "evidence.f: it need not divide e")
    refused(of_parity(e=[0], f=[0]), "evidence: not idempotent")


def test_an_edge_leads_from_a_known_place_to_the_next_one():
    made = next(x for x in of_kind("peeling") if x.evidence["ending"] == "last edges")
    header = json.loads(lines_of(made)[0])
    last = header["evidence"]["last"]
    new = 1 + max(edge["head"] for edge in last)
    for tail, head in ((new, new), (0, new + 1), (new, new + 1)):
        edge = {"words": [[0]], "tail": tail, "head": head}
        header["evidence"]["last"] = [*last, edge]
        refused(verdict([text_of(header)]), "no part of this ending")


def test_an_edge_against_another_is_its_inverse():
    """Of the letter b, that of the tree from place 0 to place 1 is none."""
    last = [*parts_of("last edges"), {"words": [[1]], "tail": 1, "head": 0}]
    refused(ending_in("last edges", last=last), "evidence.last[9]: no part of this ending")


def test_parts_are_products_of_idempotents():
    first, second = parts_of("last parts")
    last = [first, {**second, "words": [[0]]}]
    refused(ending_in("last parts", last=last), "evidence.last[1]: not idempotent")


def test_parts_that_letters_precede_are_one_word_and_no_reflection_is_left():
    first, second = parts_of("last letters")
    (word,) = second["words"]
    none = "no part of this ending"
    refused(ending_in("last letters", reflections=True), f"evidence.last[0]: {none}")
    last = [first, {**second, "words": [word, word]}]
    refused(ending_in("last letters", last=last), f"evidence.last[1]: {none}")


def test_a_letter_stands_before_a_part_that_it_is_in():
    refused(ending_in("last letters", e=[3, 2, 3, 0, 2]), "a letter of no part behind it")
    for word in ([1, 0], [0, 0, 0, 2, 2]):
        refused(ending_in("last parts", e=word), "a letter of no part behind it")


def test_paths_lead_from_the_first_place_to_it():
    refused(ending_in("last edges", e=[10, 7]), "evidence: no loop")
    refused(ending_in("last edges", late=[3]), "evidence: no path")


@pytest.mark.parametrize("ending", ["last parts", "last letters", "last edges"])
def test_the_last_parts_of_both_are_those_of_late(ending):
    refused(ending_in(ending, late=[]), "evidence: in another order than parts of late")

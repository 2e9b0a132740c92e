"""Links of idempotents that come last in one order: each condition of the checker counts."""

import json

from negeig.proofs_checks.certificate import text_of
from support.certificates import lines_of, of_kind, verdict


def made():
    (found,) = [x for x in of_kind("peeling") if any(y["late"] for y in x.evidence["links"])]
    return found


def said(about=None, **changed):
    """What the checker says where the first link is changed."""
    value = json.loads(lines_of(made())[0])
    value["evidence"]["links"][0] |= changed
    value["about"] |= about or {}
    return verdict([text_of(value)])


def refused(because, about=None, **changed):
    found, reason = said(about, **changed)
    assert (found, because in reason) == ("NOT VERIFIED", True), (changed, found, reason)


def test_it_shows_four_layers():
    evidence = made().evidence
    assert said() == ("VERIFIED", "")
    assert [bool(link["late"]) for link in evidence["links"]] == [True, False]
    assert evidence["ending"] == "idempotents"


def test_words_pass_the_first_parts_of_one_order():
    link = made().evidence["links"][0]
    late, words = link["late"], link["generators"]
    assert len(late) > 1
    order = "its parts come last in another order than those of late"
    last = late[0][-1]
    other = next(i for i in late[0] if i != last)
    refused(order, generators=[[other], *words])  # an idempotent, but not the one that comes last
    refused(order, generators=[[*words[0], other], *words[1:]])
    refused(order, late=[late[0], [*late[1], other]])
    refused(order, late=[late[0], late[1][-1:]])  # fewer parts
    refused(order, late=[*late, []])
    assert said(generators=[*words, []])[0] == "VERIFIED"  # the identity is always left


def test_all_states_of_the_identity_are_possible():
    link = made().evidence["links"][0]
    states = "late leads to other states than the idempotent"
    for word in link["late"]:
        refused(states, late=[word])
    refused(states, idempotent=link["late"][0][:1])  # it keeps fewer states


def test_states_that_no_word_reaches_do_not_count():
    """From other states the late words lead everywhere: from the start they do not."""
    about = made().about
    size = len(about["outputs"])
    more = [*about["transitions"], *[[i] * 2 for i in range(size)]]
    changed = {"transitions": more, "outputs": [*about["outputs"], *about["outputs"]]}
    assert said(changed)[0] == "VERIFIED"
    alone = {"transitions": [[0, 0], *more[1:]], "outputs": changed["outputs"]}
    assert said(alone)[0] == "NOT VERIFIED"


def test_parts_are_idempotent_and_reflections_are_allowed():
    link = made().evidence["links"][0]
    parts = link["parts"]
    refused("not idempotent", parts=[[1], *parts[1:]])
    value = json.loads(lines_of(made())[0])
    value["evidence"] |= {"reflections": False}
    assert verdict([text_of(value)])[0] == "NOT VERIFIED"


def test_without_late_all_parts_divide_the_idempotent():
    refused("a part need not divide", late=[])

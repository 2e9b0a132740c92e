"""Chains that end in an order of parts, letters or edges: each hypothesis counts."""

import json
from collections import Counter
from functools import reduce
from itertools import permutations, product

import pytest

from negeig.proofs_checks.certificate import text_of
from support.certificates import LAST, lines_of, of_kind, verdict, verdict_of


def ending_in(ending):
    made = next(x for x in of_kind("peeling") if x.evidence["ending"] == ending)
    return made, made.evidence["last"]


def with_part(last, i, **changed):
    return [*last[:i], {**last[i], **changed}, *last[i + 1 :]]


def refused(made, because, **changed):
    found, reason = verdict_of(made, **changed)
    assert (found, because in reason) == ("NOT VERIFIED", True), (changed, found, reason)


@pytest.mark.parametrize("ending", LAST)
def test_orders_show_three_layers(ending):
    made, last = ending_in(ending)
    assert verdict(lines_of(made)) == ("VERIFIED", "")
    assert made.evidence["links"] == []
    assert last
    for other in LAST:
        changed = verdict_of(made, ending=other)[0]
        assert (changed == "VERIFIED") == (other == ending), other


def test_words_of_last_parts_end_in_the_first_one():
    """x is 2 and y is 3: words end in x after y, or are powers of x."""
    made, last = ending_in("last parts")
    assert made.evidence["late"] == [3, 2]
    for late in ([2], [2, 3], []):  # y does not occur, or comes last
        refused(made, "another order than", late=late)
    refused(made, "a letter", late=[0, 3, 2])
    refused(made, "a letter", e=[0, 0, 0, 1, 1, 1] * 2)  # xx, but not as parts
    refused(made, "another order than", f=[3])  # idempotent, and the outputs differ
    refused(made, "", e=[3, 3])
    refused(made, "not idempotent", last=with_part(last, 0, words=[[0, 1]]))
    refused(made, "", last=last[::-1])
    assert verdict_of(made, e=[])[0] == "NOT VERIFIED"
    assert verdict_of(made, last=[])[0] == "MALFORMED"


def test_letters_in_front_divide_a_part_behind_them():
    """x is 2, the letter b, and y is 3, the word aa."""
    made, last = ending_in("last letters")
    assert [part["words"] for part in last] == [[[1]], [[0, 0]]]
    refused(made, "a letter", f=[1, 3, 0, 2])  # an a after y: it divides y and not x
    refused(made, "a letter", late=[3, 2, 1])  # nothing is behind it
    refused(made, "no part", reflections=True)
    refused(made, "no part", last=with_part(last, 0, words=[[1], [1]]))
    refused(made, "not idempotent", last=with_part(last, 1, words=[[0]]))
    refused(made, "another order than", late=[2])
    refused(made, "another order than", e=[3, 3])


def test_edges_are_those_of_a_tree_and_lead_back_by_inverses():
    made, last = ending_in("last edges")
    backward = [i for i, edge in enumerate(last) if edge["head"] < edge["tail"]]
    for i in backward:  # the letter b has another image
        refused(made, "no part", last=with_part(last, i, words=[[1]]))
    first = last[0]
    assert (first["tail"], first["head"]) == (0, 1)
    refused(made, "no part", last=with_part(last, 0, head=0))  # a loop
    refused(made, "no part", last=with_part(last, 0, tail=1, head=2))  # at no known place
    refused(made, "no part", last=with_part(last, 0, tail=1, head=1))
    refused(made, "no part", last=[*last, first])  # a second edge, and no inverse
    refused(made, "no part", last=last[1:])
    refused(made, "no path", late=[*made.evidence["late"], 3])
    refused(made, "no path", late=made.evidence["late"][1:-1])


def test_paths_are_paths_and_loops_are_loops():
    made, last = ending_in("last edges")
    data = made.evidence
    assert verdict_of(made, late=[*data["e"], *data["late"]])[0] != "VERIFIED"  # it ends elsewhere
    start = last[data["late"][0] - 3]["tail"]
    assert start  # a path from another place: so it is no loop, and need not be one
    identity = {"words": [[]], "tail": 0, "head": 5}
    more = [*last, identity, {**identity, "tail": 5, "head": 0}]
    assert verdict_of(made, last=more) == ("VERIFIED", "")
    there = 3 + len(last)
    refused(made, "no loop", last=more, e=[there + 1, *data["e"]])
    refused(made, "another order than", last=more, e=[*data["e"], there, there + 1])
    assert verdict_of(made, last=more, e=[there, there + 1, *data["e"]])[0] == "NOT VERIFIED"


def map_of(transitions, word):
    return reduce(lambda at, a: [transitions[q][a] for q in at], word, list(range(4)))


TWO_LAYERS = [[1, 0], [2, 1], [2, 3], [0, 0]]
"""A machine that two layers do."""

WORDS = [word for n in range(1, 5) for word in map(list, product((0, 1), repeat=n))]
PARTS = [w for w in WORDS if map_of(TWO_LAYERS, w) == map_of(TWO_LAYERS, w + w)]


def on_two_layers(ending):
    (made, _) = ending_in(ending)
    value = json.loads(lines_of(made)[0])
    value["about"] |= {
        "alphabet": ["a", "b"], "transitions": TWO_LAYERS, "outputs": list(range(4)),
    }  # fmt: skip
    value["evidence"] |= {"prefix": [], "suffix": []}
    return value


def test_no_last_parts_of_two_layers_are_verified():
    """All pairs of short parts, and short words of them, some of which end in y."""
    value, tried = on_two_layers("last parts"), Counter()
    for x, y in permutations(PARTS, 2):
        last = [{"words": [word], "tail": 0, "head": 0} for word in (x, y)]
        for e, f in permutations(([2], [3], [3, 2], [2, 3]), 2):
            for late in ([3, 2], [2, 3]):
                value["evidence"] |= {"last": last, "late": late, "e": e, "f": f}
                tried[verdict([text_of(value)])[0]] += 1
    assert tried["NOT VERIFIED"] == tried.total() > 100


def test_no_last_edges_of_two_layers_are_verified():
    """An edge for each short word, and each other one for its inverse, which few are."""
    value, tried = on_two_layers("last edges"), Counter()
    for x, y in product(WORDS, repeat=2):
        last = [{"words": [x], "tail": 0, "head": 1}, {"words": [y], "tail": 1, "head": 0}]
        last += [{**edge, "tail": 2 * edge["tail"], "head": 2 * edge["head"]} for edge in last]
        for e, f in (([2, 3], [4, 5, 2, 3]), ([2, 3] * 2, [4, 5, 4, 5, 2, 3])):
            value["evidence"] |= {"last": last, "late": [4, 5, 2, 3], "e": e, "f": f}
            tried[verdict([text_of(value)])[0]] += 1
    assert tried["NOT VERIFIED"] == tried.total() == 2 * len(WORDS) ** 2

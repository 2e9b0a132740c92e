"""Names of states in negeig JSON: the machine of the numbers, and every name that is none."""

from __future__ import annotations

import json

import pytest

from negeig.automata.formats import json_file
from negeig.claims import InputError

NAMED = {
    "alphabet": ["a", "ä"],
    "initial": "even",
    "accepting": ["even"],
    "transitions": {"even": {"a": "odd", "ä": "even"}, "odd": {"a": "even", "ä": "odd"}},
}
NUMBERED = {"alphabet": ["a", "ä"], "initial": 0, "accepting": [0], "transitions": [[1, 0], [0, 1]]}


def machine(**changes):
    value = {key: item for key, item in {**NAMED, **changes}.items() if item is not ...}
    return json_file.parse(json.dumps(value), "m.json")


def test_names_are_numbers_in_their_order():
    assert machine() == json_file.parse(json.dumps(NUMBERED), "m.json")
    assert machine(states=["even", "odd"]) == machine()
    # The order of the list counts, and a state that nothing leads to is one too.
    turned, _ = machine(states=["odd", "even"])
    assert (turned.initial, turned.transitions.tolist()) == (1, [[1, 0], [0, 1]])
    alone, notices = machine(states=["odd", "even", "alone"])
    assert (alone.size, len(notices)) == (4, 1)  # a sink, where it has no letters


def test_rows_choices_gaps_and_outputs():
    rows = machine(states=["even", "odd"], transitions=[["odd", "even"], ["even", "odd"]])
    assert rows == machine()
    outputs, _ = machine(accepting=..., outputs={"odd": [1], "even": 0})
    assert outputs.outputs == (0, [1])
    choice = machine(transitions={"even": {"a": ["odd", "even"], "ä": None}, "odd": {}})
    numbered = NUMBERED | {"transitions": [[[1, 0], None], [None, None]]}
    assert choice == json_file.parse(json.dumps(numbered), "m.json")
    numbers, _ = machine(
        states=[0, 1], initial=1, accepting=[1], transitions={"0": {"a": 1, "ä": 0}, "1": {}}
    )
    assert numbers.initial == 1


@pytest.mark.parametrize(
    ("changes", "problems"),
    [
        ({"initial": "evn"}, ['"initial": "evn" is no state; did you mean "even"?']),
        ({"initial": 0}, ['"initial": 0 is no state']),
        ({"accepting": ["öd", []]}, ['"accepting": "öd" is no state', '"accepting": a list is no']),
        ({"states": ["even", "even"]}, ['"states" has "even" twice', '"transitions": "odd" is no']),
        ({"states": [None]}, ['"states": null is no name']),
        (
            {"transitions": {"even": {"b": "odd", "a": "o"}, "odd": 3}},
            ['transitions of "even": letter "b" is not in "alphabet"', '"o" is no state'],
        ),
        ({"transitions": {"even": {}, "odd": 3}}, ["row 1 must be a list, found 3"]),
        ({"accepting": ..., "outputs": {"even": 1}}, ['"outputs" says nothing of "odd"']),
        ({"start": "even"}, ['unknown key "start"']),
        ({"alphabet": ...}, ['transitions of "even": letter "a" is not in "alphabet"']),
        ({"transitions": {}}, ['"initial": "even" is no state']),
    ],
)  # fmt: skip
def test_what_names_no_state(changes, problems):
    with pytest.raises(InputError) as refused:
        machine(**changes)
    for said in problems:
        assert any(said in problem for problem in refused.value.problems), refused.value.problems


def test_many_names_that_are_none_are_counted_and_not_looked_up():
    with pytest.raises(InputError) as refused:
        machine(accepting=[f"even{i}" for i in range(20_000)])
    assert refused.value.problems[-1] == "and 19,980 more"


def test_what_is_printed_has_letters_as_they_are_and_escapes_for_the_rest():
    found, _ = json_file.parse(json.dumps(NUMBERED | {"alphabet": ["ä", "\u202e"]}), "m.json")
    text = json_file.dumps(found)
    assert text.startswith('{"alphabet": ["ä", "\\u202e"],')
    assert json_file.parse(text, "m.json")[0] == found

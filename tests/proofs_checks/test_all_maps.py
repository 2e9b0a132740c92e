"""Chains that end in a group complexity: words that act as all maps of some points."""

from itertools import product

import pytest

import negeig
from negeig.automata.decomposition.complexity import all_maps, complexity_lower_bound
from negeig.automata.machines.machine import Machine
from negeig.automata.zoo import get
from negeig.claims import InputError, LimitReached
from negeig.proofs_checks.of_results import of_check
from negeig.proofs_checks.runs.peeling import peeling_certificate
from negeig.theory.bounds.peeling import Peeling
from support.certificates import layers_shown, lines_of, of_all_maps, verdict, verdict_of

NOT_ALL = ("NOT VERIFIED", "evidence: not all maps of the points")


def complexity(machine):
    found = Peeling(
        value=complexity_lower_bound(machine), reflections=True, ending="complexity",
        exhaustive=False,
    )  # fmt: skip
    return peeling_certificate(machine, found)


@pytest.mark.parametrize("size", [2, 3, 4, 5])
def test_all_maps_of_points_take_as_many_layers_as_points_but_one(size):
    made = complexity(get(f"transformations:{size}").minimal())
    assert verdict(lines_of(made)) == ("VERIFIED", "")
    assert layers_shown(made.about, made.evidence) == size - 1


def test_after_a_link_there_is_one_layer_more():
    *_, made = of_all_maps()
    assert len(made.evidence["links"]) == 1
    assert verdict(lines_of(made)) == ("VERIFIED", "")
    assert layers_shown(made.about, made.evidence) == 3


def test_each_word_is_what_it_has_to_be():
    """Of four points c turns them, s exchanges two, m merges two; i exchanges two pairs."""
    rows = [[1, 1, 0, 1], [2, 0, 0, 0], [3, 2, 2, 3], [0, 3, 3, 2]]
    machine = Machine(alphabet="csmi", transitions=rows, initial=0, outputs=[0, 1, 2, 3])
    made = complexity(machine)
    data = made.evidence
    assert (data["e"], data["f"], data["late"]) == ([1], [0], [2])
    turned = {"e": [], "f": [], "late": []}
    assert verdict_of(made, **turned) == NOT_ALL
    for e in ([], [0], [2], [3], [0, 1, 0, 0, 0]):  # 1, a turn, a merger, two pairs, 1 and 2
        assert verdict_of(made, e=e) == NOT_ALL, e
    for f in ([], [2], [3, 0], [0, 0], [2, 0]):  # other cycles, or none: 0, 1, 1, ...
        assert verdict_of(made, f=f) == NOT_ALL, f
    assert verdict_of(made, f=[1]) == (
        "VERIFIED",
        "",
    )  # all maps of two points, which take one layer
    assert layers_shown(made.about, {**data, "f": [1]}) == 1
    for late in ([], [0], [1], [2, 0, 2], [2, 0, 0, 2]):  # of all points, or too few
        assert verdict_of(made, late=late)[0] == ("NOT VERIFIED"), late
    assert verdict_of(made, late=[0, 2, 1]) == ("VERIFIED", "")
    # The first two points are where the word begins, and next.
    assert verdict_of(made, prefix=["c"]) == NOT_ALL
    assert verdict_of(made, prefix=["c"], e=[0, 0, 0, 1, 0]) == ("VERIFIED", "")


def test_points_outside_are_not_led_to():
    """One more state: s leads to it from a point, c keeps to the points, m leads out of them."""
    rows = [[1, 1, 0], [2, 0, 0], [0, 2, 3], [0, 3, 3]]
    machine = Machine(alphabet="csm", transitions=rows, initial=0, outputs=[0, 1, 2, 3])
    inside = Machine(
        alphabet="csm", transitions=[[1, 1, 0], [2, 0, 0], [0, 2, 2]], initial=0, outputs=[0, 1, 2]
    )
    made = complexity(inside)
    assert verdict(lines_of(made)) == ("VERIFIED", "")
    about = {"transitions": rows, "outputs": [0, 1, 2, 3]}
    assert machine.size == 4
    assert verdict_of(made, about) == NOT_ALL


def test_points_are_told_apart_by_outputs():
    """Whatever acts on states that are one and the same task says nothing of it."""
    made = complexity(get("transformations:3").minimal())
    why = "evidence: the outputs in this context are the same"
    assert verdict_of(made, {"outputs": [0, 0, 0]}) == ("NOT VERIFIED", why)


def test_only_words_of_all_maps_are_verified():
    """Of a group of order 3 with two constants nothing is, whatever words are given."""
    rows = [[1, 0, 1], [2, 0, 1], [0, 0, 1]]
    made = complexity(get("transformations:3").minimal())
    about = {"alphabet": ["a", "b", "c"], "transitions": rows}
    words = [list(word) for n in range(4) for word in product((0, 1, 2), repeat=n)]
    for e, f in product(words, repeat=2):
        assert verdict_of(made, about, e=e, f=f, late=[1]) == NOT_ALL


def test_one_layer_is_seen_in_a_letter_that_comes_later():
    """What only tells the last letter is known without any."""
    machine = get("parity").minimal()
    found = Peeling(value=1, reflections=True, ending="one layer", exhaustive=True)
    made = peeling_certificate(machine, found)
    assert made.evidence["suffix"]
    assert verdict_of(made) == ("VERIFIED", "")
    assert verdict_of(made, suffix=[]) == (
        "NOT VERIFIED",
        "evidence.suffix: the last letter may tell it",
    )
    last = {"transitions": [[1, 0], [1, 0]], "alphabet": ["a", "b"]}
    for suffix in ([], ["a"], ["b"], ["a", "a"]):
        assert verdict_of(made, last, suffix=suffix)[0] == "NOT VERIFIED"


def test_what_is_looked_at_is_bounded():
    machine = get("transformations:4").minimal()
    with pytest.raises(LimitReached, match="permutations"):
        all_maps(Machine(
            alphabet="cse", initial=0, outputs=[0, 1, 2, 3],
            transitions=[[1, 0, 0], [2, 2, 0], [3, 3, 2], [0, 1, 3]],
        ), most=2)  # fmt: skip
    assert all_maps(machine, most=10).points
    with pytest.raises(InputError, match="on no states"):
        all_maps(get("flipflop").minimal())


def test_check_certifies_every_bound_on_layers():
    result = negeig.check(zoo="transformations:4", backends=())
    shown = {bound.value for bound in result.lower_bounds if bound.quantity == "layers"}
    found = of_check(result)
    made = [one for one in found.made if one.kind in ("peeling", "idempotents")]
    said = {2 if x.kind == "idempotents" else layers_shown(x.about, x.evidence) for x in made}
    assert said == shown == {1, 2, 3}
    assert "complexity" in {x.evidence.get("ending") for x in made}
    assert not [text for text in found.missing if text.startswith("layers")]

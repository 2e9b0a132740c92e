"""Parts that are conjugate to others: what every group takes for 1, and nothing else."""

import random
from itertools import product

import numpy as np
import pytest

from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.monoid import transition_monoid
from negeig.automata.monoids.submonoids import Multiplication
from negeig.proofs_checks import checker
from negeig.proofs_checks.certificate import text_of
from negeig.proofs_checks.runs.kernel_words import Kernel
from negeig.proofs_checks.runs.peeling import peeling_certificate
from negeig.theory.bounds.peeling_exact import peel_listed
from support.certificates import CONJUGATES, lines_of, structure, verdict, verdict_of
from support.peeled_by_hand import generated, kernel, then


def made_for(ending):
    machine = structure(CONJUGATES[ending])
    return peeling_certificate(machine, peel_listed(transition_monoid(machine)))


def of_parts(part_of, transitions, *parts):
    """Whether the checker takes the last one of some parts, and why not."""
    last = [{"words": [part], "tail": 0, "head": 0} for part in parts]
    n = len(transitions)
    header = {
        "schema": checker.SCHEMA, "kind": "peeling", "claim": checker.KINDS["peeling"][1],
        "assumptions": [],
        "about": {"alphabet": list("abc")[: len(transitions[0])], "initial": 0,
                  "transitions": transitions, "outputs": list(range(n))},
        "evidence": {"reflections": True, "links": [], "ending": "last parts", "e": [], "f": [],
                     "late": [], "last": last, "prefix": [], "suffix": []},
    }  # fmt: skip
    if part_of == "links":
        header["evidence"]["links"] = [
            {"parts": list(parts), "idempotent": [], "generators": []},
        ]
        header["evidence"] |= {"last": [], "ending": "idempotents"}
    found, why = verdict([text_of(header)])
    if found == "NOT VERIFIED" and why == "evidence: the outputs in this context are the same":
        return True, ""
    return False, why


@pytest.mark.parametrize("ending", sorted(CONJUGATES))
def test_chains_that_take_conjugates_are_verified(ending):
    """Without them nothing is: each is a word in letters, in parts, and in letters again."""
    made = made_for(ending)
    assert made.evidence["ending"] == ending
    assert verdict(lines_of(made)) == ("VERIFIED", "")
    letters = len(made.about["alphabet"])
    parts = [part for link in made.evidence["links"] for part in link["parts"]]
    parts += [word for part in made.evidence["last"] for word in part["words"]]
    kinds = [tuple(i >= letters for i in part) for part in parts]
    assert any(kind[0] < kind[1] or kind[-2] > kind[-1] for kind in kinds if len(kind) > 2)


def test_each_letter_around_parts_counts():
    """Whatever letter is another one, what is verified are conjugates still, by hand."""
    made = made_for("idempotents")
    (link,) = made.evidence["links"]
    maps = list(map(tuple, zip(*made.about["transitions"], strict=True)))
    identity = tuple(range(4))
    inside = kernel(generated(identity, maps), identity)
    *before, word = link["parts"]
    refused = 0
    for i, letter in enumerate(word):
        if letter > 1:
            continue
        other = [*word[:i], 1 - letter, *word[i + 1 :]]
        found, why = verdict_of(made, links=[{**link, "parts": [*before, other]}])
        if why == "evidence.links[0]: not idempotent, no conjugate":
            refused += 1
        else:
            known = list(maps)
            for part in (*before, other):
                known.append(identity)
                for i in part:
                    known[-1] = then(known[-1], known[i])
            assert known[-1] in inside, (found, why)
    assert refused >= 3


@pytest.mark.parametrize("place", ["last", "links"])
def test_a_letter_that_permutes_is_no_part(place):
    """A letter and its inverse are around parts, and nowhere else."""
    turn = [[1, 1], [2, 1], [0, 2]]  # a turns three states, b is idempotent
    why = f"evidence.{place}[{{}}]: not idempotent, no conjugate"
    n = 0 if place == "links" else 1
    assert of_parts(place, turn, [1]) == (True, "")
    assert of_parts(place, turn, [1], [0, 2, 0, 0]) == (True, "")  # a, b, and aa = 1/a
    assert of_parts(place, turn, [1], [0, 0, 2, 0]) == (True, "")
    assert of_parts(place, turn, [1], [0, 2, 0]) == (False, why.format(n))
    assert of_parts(place, turn, [1], [2, 0]) == (False, why.format(n))
    assert of_parts(place, turn, [1], [0, 2]) == (False, why.format(n))
    assert of_parts(place, turn, [0]) == (False, why.format(0))
    # ... and no letter is between parts, even where what is around them is no obstacle.
    assert of_parts(place, turn, [1], [2, 2]) == (True, "")
    assert of_parts(place, turn, [1], [2, 0, 2]) == (False, why.format(n))
    assert of_parts(place, turn, [1], [0, 2, 0, 2, 0, 0]) == (False, why.format(n))


@pytest.mark.parametrize("place", ["last", "links"])
def test_parts_are_of_parts_before_them(place):
    turn = [[1, 1], [2, 1], [0, 2]]
    for parts in ([[2]], [[1], [3]], [[3], [1]], [[0, 2, 0, 0], [1]]):
        taken, why = of_parts(place, turn, *parts)
        assert (taken, "expected a whole number from 0 to" in why) == (False, True), parts


def test_last_letters_are_idempotents_and_no_conjugates():
    """A conjugate is no word over letters that divide an idempotent."""
    transitions = [[1, 1], [2, 1], [0, 2]]
    header = {
        "schema": checker.SCHEMA, "kind": "peeling", "claim": checker.KINDS["peeling"][1],
        "assumptions": [],
        "about": {"alphabet": ["a", "b"], "initial": 0, "transitions": transitions,
                  "outputs": [0, 1, 2]},
        "evidence": {"reflections": False, "links": [], "ending": "last letters", "e": [], "f": [],
                     "late": [], "prefix": [], "suffix": []},
    }  # fmt: skip
    for word, why in (([2], "no part of this ending"), ([0, 2, 0, 0], "no part of this ending")):
        header["evidence"]["last"] = [
            {"words": [part], "tail": 0, "head": 0} for part in ([1], word)
        ]
        assert verdict([text_of(header)]) == ("NOT VERIFIED", f"evidence.last[1]: {why}")
    header["evidence"]["last"][1]["words"] = [[1]]
    assert verdict([text_of(header)])[1] == "evidence: the outputs in this context are the same"


@pytest.mark.parametrize("seed", range(6))
def test_what_is_taken_for_a_part_is_in_the_kernel_by_hand(seed):
    """All words of up to two letters, a part, and up to two letters, on small machines."""
    rng = random.Random(seed)
    size = rng.choice((3, 3, 4))
    columns = [list(range(size)), [rng.randrange(size) for _ in range(size)]]
    rng.shuffle(columns[0])
    transitions = [list(row) for row in zip(*columns, strict=True)]
    maps, identity = list(map(tuple, columns)), tuple(range(size))
    elements = generated(identity, maps)
    inside = kernel(elements, identity)
    idempotent = [1]
    while then(x := value(maps, idempotent), x) != x:
        idempotent.append(1)
    known = [*maps, value(maps, idempotent)]
    short = [list(w) for n in range(3) for w in product((0, 1), repeat=n)]
    taken = 0
    for before, after in product(short, repeat=2):
        word = [*before, 2, *after]
        ok, why = of_parts("last", transitions, idempotent, word)
        a, b = value(maps, before), value(maps, after)
        assert ok == (value([a, b], [0, 1, 0]) == a or value([a, b], [1, 0, 1]) == b), why
        assert not ok or value(known, word) in inside
        taken += ok
    assert taken > 3


def value(maps, word):
    x = tuple(range(len(maps[0])))
    for i in word:
        x = then(x, maps[i])
    return x


@pytest.mark.parametrize("seed", range(8))
def test_the_kernel_as_words_is_the_kernel_of_the_library(seed):
    """And each part is what its words say."""
    rng = random.Random(seed)
    size = rng.choice((3, 4, 4, 5))
    transitions = [[rng.randrange(size) for _ in range(2)] for _ in range(size)]
    machine = Machine(alphabet="ab", transitions=transitions, initial=0, outputs=range(size))
    monoid = transition_monoid(machine)
    columns = list(machine.transitions.T)
    found = Kernel.of(columns, np.arange(size, dtype=columns[0].dtype))
    wanted = Multiplication(monoid).whole().kernel().elements
    assert {tuple(x) for x in monoid.maps[wanted].tolist()} == {
        tuple(x.tolist()) for x, _ in found.elements.values()
    }
    maps = [tuple(column.tolist()) for column in columns]
    parts = []
    for part in found.parts:
        a, b = value(maps, part.left), value(maps, part.right)
        if part.inner:
            assert then(then(a, b), a) == a or then(then(b, a), b) == b
        else:
            assert then(a, a) == a
        parts.append(then(then(a, value([*parts, a], part.inner)), b))
        assert parts[-1] == tuple(part.map.tolist())

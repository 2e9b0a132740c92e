"""Cascades by themselves: the order of events, and a check that can fail, with a true word."""

import dataclasses
import itertools
import json
import random
import re

import pytest

from negeig.automata.decomposition.cascade import Cascade, Level
from negeig.automata.decomposition.cascade_check import verify
from negeig.automata.decomposition.cascade_text import _quoted, describe, to_dot
from negeig.automata.decomposition.holonomy import holonomy
from negeig.automata.machines.machine import Machine
from negeig.automata.machines.operations import words
from negeig.automata.zoo import get
from negeig.claims import InputError, LimitReached, NegeigError, Verdict

SEED = 41


def machine_of(transitions, alphabet="abc"):
    return Machine(
        alphabet=alphabet[: len(transitions[0])],
        transitions=transitions,
        initial=0,
        outputs=[f"q{q}" for q in range(len(transitions))],
    )


# Four levels: 3; (2,C2); (3,C2) 2; (2,C2).
MACHINE = machine_of([[3, 0, 2], [1, 2, 1], [1, 1, 1], [0, 1, 3]])


def random_machines(count, states):
    rng = random.Random(SEED)
    for _ in range(count):
        rows = [[rng.randrange(states) for _ in range(2)] for _ in range(states)]
        yield machine_of(rows)


# --- what a cascade does


def previous_letter():
    """By hand: level 0 holds the last letter, level 1 the letter before it, ends of a word in a."""
    last = Level(
        points=2,
        maps=((0, 0), (1, 1)),
        contexts=((),),
        choice=((0, 1),),
        active=(0,),
        components=(),
    )
    before = Level(
        points=2,
        maps=((0, 0), (1, 1)),
        contexts=((0,), (1,)),
        choice=((0, 0), (1, 1)),
        active=(0, 0),
        components=(),
    )
    return Cascade(
        alphabet=("a", "b"),
        levels=(last, before),
        initial=(0, 0),
        states={(x, y): 2 * x + y for x in range(2) for y in range(2)},
        outputs=("aa", "ba", "ab", "bb"),
        height=2,
    )


def test_a_level_reads_the_coordinates_above_before_the_letter():
    cascade = previous_letter()
    for word in words("ab", 6):
        last_two = ("a", "a", *word)[-2:]
        assert cascade.run(word)[-1] == "".join(last_two)


def test_the_cascade_by_hand_is_proved():
    rows = [[2 * x + p for x in range(2)] for p in (0, 0, 1, 1)]
    machine = Machine(alphabet="ab", transitions=rows, initial=0, outputs=["aa", "ba", "ab", "bb"])
    assert verify(previous_letter(), machine).verdict is Verdict.PROVED
    assert previous_letter().as_machine().difference(machine) is None


@pytest.mark.parametrize("join", ["none", "divisors", "all"])
def test_runs_equal_the_machine_on_all_short_words(join):
    print(f"seed {SEED}")
    for machine in [MACHINE, *random_machines(20, 5)]:
        cascade = holonomy(machine, join=join)
        for word in words(machine.alphabet, 5):
            assert cascade.run(word) == machine.run(word)
            *_, last = cascade.path(word)
            assert cascade.outputs[cascade.states[last]] == machine.output(word)


def test_maps_permute_or_reset_and_contexts_are_what_words_lead_to():
    for machine in [MACHINE, *random_machines(20, 6)]:
        cascade = holonomy(machine)
        for i, level in enumerate(cascade.levels):
            assert set(level.contexts) == {c[:i] for c in cascade.states}
            assert len(set(level.contexts)) == len(level.contexts) == len(level.choice)
            assert len(set(level.maps)) == len(level.maps)
            for image in level.maps:
                assert len(set(image)) in (1, level.points)
                assert len(image) == level.points
            for row, context in zip(level.choice, level.contexts, strict=True):
                for column, m in enumerate(row):
                    assert level.map(context, column) == level.maps[m]


def test_inactive_coordinates_are_zero():
    for machine in [MACHINE, *random_machines(20, 6)]:
        for level in holonomy(machine).levels:
            reached = zip(level.contexts, level.active, strict=True)
            assert all(-1 <= component < len(level.components) for _, component in reached)
        cascade = holonomy(machine)
        for coordinates in cascade.states:
            for i, level in enumerate(cascade.levels):
                component = level.active[level.contexts.index(coordinates[:i])]
                if component < 0:
                    assert coordinates[i] == 0
                else:
                    used = level.components[component]
                    assert 0 <= coordinates[i] - used.offset < used.points


def test_as_machine_is_limited():
    cascade = holonomy(MACHINE)
    assert cascade.as_machine(max_states=len(cascade.states)).size == len(cascade.states)
    with pytest.raises(LimitReached, match="machine states"):
        cascade.as_machine(max_states=len(cascade.states) - 1)


def test_unknown_letters_and_coordinates():
    cascade = holonomy(MACHINE)
    with pytest.raises(InputError, match="letter 'z' is not in the alphabet 'a', 'b', 'c'"):
        cascade.run("az")
    with pytest.raises(InputError, match=r"no word leads to the coordinates \(9,\)"):
        cascade.levels[1].map((9,), 0)


def test_states_cannot_be_changed():
    with pytest.raises(TypeError):
        holonomy(MACHINE).states[()] = 0


# --- the check


def replaced(cascade, i, **changes):
    levels = list(cascade.levels)
    levels[i] = dataclasses.replace(levels[i], **changes)
    return dataclasses.replace(cascade, levels=tuple(levels))


def altered_levels(cascade):
    """Every cascade in which one (context, letter) of one level does another of its maps."""
    for i, level in enumerate(cascade.levels):
        for c, a in itertools.product(range(len(level.contexts)), range(len(cascade.alphabet))):
            for m in range(len(level.maps)):
                if m != level.choice[c][a]:
                    choice = [list(row) for row in level.choice]
                    choice[c][a] = m
                    yield replaced(cascade, i, choice=tuple(map(tuple, choice)))


def errs(cascade, machine, word):
    """Whether the cascade leaves its domain on a word or ends in another state."""
    try:
        *_, last = cascade.path(word)
        *_, state = machine.states(word)
        return cascade.states[last] != state
    except (InputError, KeyError):
        return True


@pytest.mark.parametrize(
    "machine", [MACHINE, get("transformations:3"), get("dyck1:2"), *random_machines(3, 4)]
)
def test_an_altered_level_is_refuted_by_a_shortest_word(machine):
    """An alteration may be harmless: what is proved must then be right on all short words."""
    cascade = holonomy(machine)
    refuted = 0
    for altered in altered_levels(cascade):
        claim = verify(altered, machine)
        short = words(machine.alphabet, 4)
        first = next((word for word in short if errs(altered, machine, word)), None)
        if claim.verdict is Verdict.PROVED:
            assert first is None
            continue
        assert claim.verdict is Verdict.REFUTED
        refuted += 1
        if "starts from" in claim.detail:  # only the states that no word reaches are wrong
            assert first is None
            continue
        assert errs(altered, machine, claim.word)
        if first is not None:
            assert len(claim.word) == len(first)
        else:
            assert len(claim.word) > 4
    assert refuted > 5


def test_an_altered_homomorphism_is_refuted():
    for machine in [MACHINE, get("transformations:3"), get("mod:3"), *random_machines(5, 5)]:
        cascade = holonomy(machine)
        if len(set(cascade.as_machine().outputs)) < machine.size:
            continue  # some state is not reached
        for coordinates, state in itertools.product(cascade.states, range(machine.size)):
            if state != cascade.states[coordinates]:
                states = {**cascade.states, coordinates: state}
                altered = dataclasses.replace(cascade, states=states)
                claim = verify(altered, machine)
                assert claim.verdict is Verdict.REFUTED
                assert errs(altered, machine, claim.word)


def test_a_map_that_neither_permutes_nor_resets_is_refuted():
    machine = get("transformations:3")
    cascade = holonomy(machine)
    level = cascade.levels[0]
    altered = replaced(cascade, 0, maps=tuple((0, 0, 1) for _ in level.maps))
    claim = verify(altered, machine)
    assert claim.verdict is Verdict.REFUTED
    assert "(0, 0, 1) neither permutes nor resets" in claim.detail
    assert len(claim.word) == 1
    short = replaced(cascade, 0, maps=tuple(m[:-1] for m in level.maps))
    assert "is no map of 3 points" in verify(short, machine).detail


def test_other_faults_are_refuted():
    cascade = holonomy(MACHINE)
    other = MACHINE.transitions.copy()
    other[2, 1] = 0
    outputs = (*cascade.outputs[:-1], "wrong")
    states = dict(itertools.islice(cascade.states.items(), len(cascade.states) - 1))
    level = cascade.levels[1]
    faults = {
        "the machine goes from 2 to 0": (cascade, machine_of(other)),
        "the output of state 3": (dataclasses.replace(cascade, outputs=outputs), MACHINE),
        "to state None": (dataclasses.replace(cascade, states=states), MACHINE),
        "has no map for the coordinates": (
            replaced(cascade, 1, contexts=level.contexts[:-1], choice=level.choice[:-1]),
            MACHINE,
        ),
        "do not map to the initial state": (
            dataclasses.replace(cascade, initial=next(c for c, q in cascade.states.items() if q)),
            MACHINE,
        ),
    }
    for detail, (faulty, machine) in faults.items():
        claim = verify(faulty, machine)
        assert claim.verdict is Verdict.REFUTED
        assert detail in claim.detail
        assert claim.word is not None


def test_a_state_that_is_never_reached_must_be_mapped_to():
    larger = machine_of([*MACHINE.transitions.tolist(), [0, 0, 0]])
    claim = verify(dataclasses.replace(holonomy(MACHINE), outputs=larger.outputs), larger)
    assert (claim.verdict, claim.word) == (Verdict.REFUTED, None)
    assert "no coordinates map to state 4" in claim.detail
    assert verify(holonomy(larger), larger).verdict is Verdict.PROVED


def test_faults_beyond_what_words_reach_are_refuted():
    machine = machine_of([[0, 0], [1, 2], [2, 1]])
    cascade = holonomy(machine)
    start = next(c for c, q in cascade.states.items() if q == 1)
    claim = verify(dataclasses.replace(cascade, states={**cascade.states, start: 2}), machine)
    assert claim.verdict is Verdict.REFUTED
    assert "the word starts from the coordinates" in claim.detail


def test_check_limits_and_input():
    machine = get("transformations:4")
    cascade = holonomy(machine)
    assert verify(cascade, machine, max_tuples=24).states == 24
    with pytest.raises(
        LimitReached, match=r"coordinate tuples of the cascade.*max_tuples of verify"
    ):
        verify(cascade, machine, max_tuples=23)
    with pytest.raises(InputError, match="alphabet"):
        verify(cascade, MACHINE)
    assert issubclass(LimitReached, NegeigError)


# --- text, JSON, DOT


def test_json_holds_the_whole_cascade():
    cascade = holonomy(MACHINE)
    values = json.loads(json.dumps(cascade.to_json()))
    levels = [
        Level(
            points=v["points"],
            maps=tuple(map(tuple, v["maps"])),
            contexts=tuple(map(tuple, v["contexts"])),
            choice=tuple(map(tuple, v["choice"])),
            active=tuple(v["active"]),
            components=(),
        )
        for v in values["levels"]
    ]
    again = Cascade(
        alphabet=tuple(values["alphabet"]),
        levels=tuple(levels),
        initial=tuple(values["initial"]),
        states={tuple(c): q for c, q in values["states"]},
        outputs=tuple(values["outputs"]),
        height=values["height"],
    )
    assert verify(again, MACHINE).verdict is Verdict.PROVED
    assert values["schema"] == "negeig.cascade/1"
    assert values == json.loads(json.dumps(holonomy(MACHINE).to_json()))


def test_description():
    text = describe(holonomy(get("transformations:4")))
    lines = text.splitlines()
    assert lines[0] == (
        "3 levels of permutations and resets (height 3): 24 coordinate tuples for 4 states"
    )
    assert lines[1] == "level 1   (4,S4)         4 points, permuted by S4, with resets"
    assert lines[2].startswith("    {0, 1, 2, 3} -> {")
    assert lines[-1].endswith("the same in 5 more sets")
    assert "..." in describe(holonomy(get("mod:12")))
    assert describe(holonomy(machine_of([[0]]))) == (
        "0 levels of permutations and resets (height 0): 1 coordinate tuple for 1 state"
    )


def test_dot_has_every_component_once():
    for machine in [MACHINE, *random_machines(10, 6)]:
        cascade = holonomy(machine)
        dot = to_dot(cascade)
        nodes = re.findall(r'("\d+\.\d+") \[label=', dot)
        expected = [
            f'"{i}.{j}"'
            for i, level in enumerate(cascade.levels, start=1)
            for j in range(1, len(level.components) + 1)
        ]
        assert nodes == expected
        edges = re.findall(r'^  ("[\d.]+") -> ("[\d.]+");$', dot, re.MULTILINE)
        assert {node for edge in edges for node in edge} <= set(nodes)
        # All but the top are refinements of something above.
        assert {below for _, below in edges} == set(nodes[1:])
        assert dot.count("{ rank=same;") == cascade.depth
        assert dot == to_dot(holonomy(machine))


def test_labels_are_escaped():
    assert _quoted('a "b" \\ c\nd') == '"a \\"b\\" \\\\ c\\nd"'

"""How deeply Since is nested: against all formulas, known tasks, cascades and broken evidence."""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import replace
from hashlib import sha256

import numpy as np
import pytest

from negeig.automata.decomposition.holonomy import holonomy
from negeig.automata.expressions.regex_machine import regex_to_machine
from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.monoid import transition_monoid
from negeig.automata.varieties.last_passages import last_passages, passage_graph
from negeig.automata.varieties.since_depth import (
    AlikeWords,
    SinceDepth,
    irredundant_letters,
    since_depth,
)
from negeig.claims import InputError, LimitReached
from support.state_machines import random_machine
from support.structures import small_structures

LONGEST = 6
"""Of the words that formulas are compared on: each of the 10 kinds of positions occurs."""

KINDS = 10
WORDS = [w for n in range(LONGEST + 1) for w in itertools.product("ab", repeat=n)]

# Row i: whether set number i of kinds of positions contains each kind.
SETS = np.array(list(itertools.product([False, True], repeat=KINDS)))


def since(kinds: list[int], sets: np.ndarray) -> Iterator[bytes]:
    """Whether p since q holds, for all sets p and q of kinds, after each prefix of positions.

    It does where q holds at some position, and p at all after it.
    """
    holds = np.zeros((len(sets), len(sets)), bool)
    yield sha256(holds).digest()
    for kind in kinds:
        holds &= sets[:, kind][:, None]
        holds |= sets[:, kind][None, :]
        yield sha256(holds).digest()


def of_depth_1(word: tuple[str, ...]) -> list[bytes]:
    """The values of all formulas of depth 1, after each prefix."""
    return list(since(["ab".index(letter) for letter in word], SETS[: 1 << 2, -2:]))


@pytest.fixture(scope="module")
def formulas() -> list[dict[tuple[str, ...], bytes]]:
    """The values of all formulas of depth 0, 1 and 2 after each word.

    A position is told from others, in depth 1, by its letter and what holds before it.
    """
    shallow = {word: of_depth_1(word) for word in WORDS}
    kinds = dict.fromkeys((shallow[word][-2], word[-1]) for word in WORDS if word)
    assert len(kinds) == KINDS
    number = {kind: i for i, kind in enumerate(kinds)}
    deep: dict[tuple[str, ...], bytes] = {}
    for word in WORDS:
        if len(word) == LONGEST:
            positions = [number[kind] for kind in zip(shallow[word], word, strict=False)]
            deep |= {word[:i]: value for i, value in enumerate(since(positions, SETS))}
    return [
        dict.fromkeys(WORDS, b""),
        {word: values[-1] for word, values in shallow.items()},
        {word: deep[word] for word in WORDS},
    ]


def numbered(values: Iterable[bytes]) -> list[int]:
    numbers: dict[bytes, int] = {}
    return [numbers.setdefault(value, len(numbers)) for value in values]


@pytest.mark.parametrize("depth", [0, 1, 2])
def test_formulas_tell_apart_what_last_passages_do(formulas, depth):
    assert numbered(formulas[depth].values()) == last_passages(WORDS, depth)


def test_the_graph_of_all_orders_is_that_of_the_orders_of_words():
    words = [w for n in range(13) for w in itertools.product("ab", repeat=n)]
    for depth, count in enumerate([1, 5, 109]):
        graph = passage_graph(2, depth, 200)
        assert len(graph) == count == len(set(last_passages(words, depth)))
        ends = []
        for word in words:
            vertex = 0
            for letter in word:
                vertex = graph[vertex, "ab".index(letter)]
            ends.append(bytes([vertex]))
        assert numbered(ends) == last_passages(words, depth)
    with pytest.raises(LimitReached, match="orders of last passages: stopped at 200"):
        passage_graph(2, 3, 200)


def found(machine: Machine, **limits: int) -> SinceDepth:
    return since_depth(transition_monoid(machine.minimal()), **limits)


def test_all_small_structures_against_all_formulas(formulas):
    """Formulas of the depth tell states apart; one less deep, none tells the two words apart."""
    decided = []
    for machine in small_structures(3):
        result = found(machine)
        decided.append(result.depth)
        if result.depth is None:
            assert not transition_monoid(machine).is_aperiodic
            continue
        states: dict[bytes, int] = {}
        for word, value in formulas[result.depth].items():
            assert states.setdefault(value, machine.output(word)) == machine.output(word)
        if result.depth:
            witness = result.witness
            assert witness.verify(machine)
            assert witness.depth == result.depth - 1
            assert machine.output(witness.words[0]) != machine.output(witness.words[1])
            assert witness.depth == 0 or len({of_depth_1(word)[-1] for word in witness.words}) == 1
    assert [decided.count(depth) for depth in (0, 1, 2)] == [1, 10, 34]


def first_positions_alike(machine: Machine, depth: int) -> Iterator[str]:
    """Words with one order of that depth and different outputs; none where depth is enough."""
    outputs: dict[int, object] = {}
    for number, word in zip(last_passages(WORDS, depth), WORDS, strict=True):
        if outputs.setdefault(number, machine.output(word)) != machine.output(word):
            yield "".join(word)


def nested(depth: int) -> str:
    return f"(a{nested(depth - 1)}b)*" if depth > 1 else "(ab)*"


KNOWN = {
    "(a|b)*": 0,
    "(a|b)*b": 1,
    "(a|b)*a(a|b)*": 1,
    "(a|b)*a(a|b)*&(a|b)*b(a|b)*": 1,
    "a(a|b)*": 2,
    "(a|b)*a(a|b)*b(a|b)*": 2,
    "a*b": 2,
    "(a|b)*bb": 2,
    "(ab|ba)*": 3,
    "(a|b)*bbb": 3,
    nested(1): 2,
    nested(2): 3,
}


@pytest.mark.parametrize(("regex", "depth"), KNOWN.items(), ids=KNOWN)
def test_known_tasks(regex, depth):
    machine = regex_to_machine(regex, alphabet="ab").minimal()
    result = found(machine)
    assert (result.depth, result.at_least, result.at_most) == (depth, depth, depth)
    assert list(first_positions_alike(machine, depth)) == []
    assert depth == 0 or result.witness.verify(machine)
    assert len(holonomy(machine).levels) >= depth


@pytest.mark.parametrize(
    ("regex", "depth"),
    [("(a|b)*bbbb", 4), ("(a|b)*bbbbbb", 6), (nested(3), 4), (nested(5), 6)],
)
def test_past_the_listed_orders_a_cascade_and_a_power_meet(regex, depth):
    machine = regex_to_machine(regex).minimal()
    result = found(machine)
    assert (result.depth, result.at_least, result.at_most) == (None, depth, None)
    assert result.reason.startswith("orders of last passages: stopped at")
    assert result.witness.verify(machine)
    both = result.with_cascade(len(holonomy(machine).levels))
    assert (both.depth, both.at_most, both.reason) == (depth, depth, "")
    wide = result.with_cascade(depth + 1)
    assert (wide.depth, wide.at_least, wide.at_most, wide.reason) == (
        *(None, depth, depth + 1),
        result.reason,
    )


def test_order_preserving_maps_of_n_points_need_one_less():
    for n in (2, 3, 4):
        up = [[min(q + (q == i), n - 1) for q in range(n)] for i in range(n - 1)]
        down = [[q - (q == i + 1) for q in range(n)] for i in range(n - 1)]
        machine = Machine(
            alphabet=[f"g{i}" for i in range(2 * n - 2)],
            transitions=list(zip(*up, *down, strict=True)),
            initial=0,
            outputs=range(n),
        )
        assert found(machine).at_least == n - 1 == len(holonomy(machine).levels)


@pytest.mark.parametrize("regex", ["(aa)*", "(aa|b)*", "((a|b)(a|b))*"])
def test_tasks_that_count_have_no_depth(regex):
    result = found(regex_to_machine(regex))
    assert (result.depth, result.at_least, result.at_most, result.witness) == (None,) * 4
    assert "groups" in result.reason
    assert result.with_cascade(3) is result


def test_no_cascade_is_shallower_than_the_depth():
    """Of random machines with four states and two letters, now and then three."""
    seen = set()
    for seed in range(80):
        machine = random_machine(4, seed, 2 + (seed % 10 == 0))
        monoid = transition_monoid(machine)
        if monoid.is_aperiodic:
            result = since_depth(monoid)
            levels = len(holonomy(machine).levels)
            assert result.at_least <= levels, seed
            assert result.witness is None or result.witness.verify(machine)
            seen.add((result.at_least, levels))
    assert {(2, 2), (2, 3), (3, 3)} <= seen


def test_letters_that_are_products_of_others_change_nothing():
    machine = regex_to_machine("(aab)*b(a|b)*")
    plain = machine.minimal()
    columns = [plain.transitions[:, a] for a in (0, 1)]
    product, nothing = columns[1][columns[0]], np.arange(plain.size)
    more = Machine(
        alphabet=["ab", "1", "a", "b"],
        transitions=np.stack([product, nothing, *columns], axis=1),
        initial=plain.initial,
        outputs=plain.outputs,
    ).minimal()
    assert irredundant_letters(transition_monoid(more)) == [2, 3]
    assert found(more).depth == found(plain).depth == 3
    assert found(more).witness.verify(more)


def test_limits_leave_what_was_proved():
    machine = regex_to_machine("(a|b)*bbb").minimal()
    stopped = found(machine, max_values=5)
    assert (stopped.depth, stopped.at_least, stopped.at_most) == (None, 3, None)
    assert "limit is 5" in stopped.reason
    spent = found(machine, max_lookups=50)
    assert (spent.depth, spent.at_least) == (None, 3)
    assert spent.reason.startswith("look-ups for the depth of Since: stopped at ")
    assert spent.reason.endswith("raise it with max_lookups of since_depth")
    assert spent.witness.verify(machine)


def test_a_machine_that_is_not_minimal_is_refused():
    two = Machine(alphabet="a", transitions=[[1], [0]], initial=0, outputs=[1, 1])
    with pytest.raises(InputError, match="minimise it first"):
        since_depth(transition_monoid(two))


def test_altered_words_show_nothing():
    machine = regex_to_machine("a(a|b)*").minimal()
    words = found(machine).witness
    assert words.problems(machine) == []
    assert AlikeWords.from_json(words.to_json()) == words
    one, other = words.words
    problems = {
        replace(words, depth=2): "a formula of depth 2 tells them apart",
        replace(words, depth=-1): "not a number",
        replace(words, depth=True): "not a number",
        replace(words, words=(one, one)): "outputs: not these",
        replace(words, words=(other, one)): "outputs: not these",
        replace(words, outputs=(1, 1)): "outputs: not these",
        replace(words, words=(one, one), outputs=(1, 1)): "outputs: the same",
        replace(words, words=(one, ("c",))): "letter 'c' is not in the alphabet",
        replace(words, words=(("a",), ("b",))): "tells them apart",
    }
    for altered, problem in problems.items():
        assert problem in "; ".join(altered.problems(machine)), altered
    assert not words.verify(regex_to_machine("b(a|b)*").minimal())


@pytest.mark.parametrize(
    "data", [{}, {"depth": 1, "words": [["a"]], "outputs": [0, 1]}, {"words": 3}]
)
def test_evidence_of_another_form_is_refused(data):
    with pytest.raises(InputError, match="no pair of words"):
        AlikeWords.from_json(data)

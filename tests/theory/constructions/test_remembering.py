"""Layers that remember what they overwrite, and the cascade that needs them."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction
from functools import partial

import pytest

from negeig.automata.machines.machine import Machine
from negeig.automata.zoo import get
from negeig.claims import LimitReached, Resources, Verdict
from negeig.pipeline.parts.proving import exact_claim, hardware_claim
from negeig.theory.closure.exact_search import exact_closure
from negeig.theory.constructions.fewest import few_left
from negeig.theory.constructions.pieces import realisation, remembering
from negeig.theory.constructions.pieces.remembering import (
    Exploration,
    can_remember,
    is_overwrite,
)
from negeig.theory.constructions.stacks.cascade import construct
from negeig.theory.factors.factorisation import overwrite, permutation_steps, transposition
from negeig.theory.networks.network import DeltaStep, DenseStep, Layer, LinearRNN
from support.candidates import proposals
from support.maps import machine_of
from support.structures import small_structures

ONE, ZERO = Fraction(1), Fraction(0)


def before(steps, state, dim):
    """Undo a letter: its steps in reverse order."""
    for step in reversed(steps):
        if step.eigenvalue == -1:
            state = step.apply(state)
        elif not is_overwrite(step):  # a mean: one of the two was 0, the other holds half
            place, slot = (j for j, k in enumerate(step.key) if k != 0)
            state = (*state[:place], 2 * state[slot], *state[place + 1 :])
    return state[:dim]


def letters_of(dim, seed):
    """Letters made of swaps, sign changes and overwrites, in any order."""
    rng = random.Random(seed)
    letters = []
    for _ in range(3):
        steps = []
        for _ in range(rng.randint(0, 4)):
            kind = rng.randrange(3)
            i = rng.randrange(dim)
            if kind == 0:
                steps.append(overwrite(dim, i, Fraction(rng.randint(-3, 3))))
            elif kind == 1:
                key = tuple(Fraction(int(j == i)) for j in range(dim))
                steps.append(DeltaStep(2 * ONE, key, ZERO))
            else:
                j = rng.choice([j for j in range(dim) if j != i])
                steps.append(transposition(dim, i, j))
        letters.append(tuple(steps))
    return letters


def applied(steps, state):
    for step in steps:
        state = step.apply(state)
    return state


@pytest.mark.parametrize("seed", range(40))
def test_the_state_before_the_letter_is_read_off_the_state_after_it(seed):
    """For every word of length up to 4, from a start that no symmetry keeps."""
    dim = 2 + seed % 3
    letters = letters_of(dim, seed)
    assert can_remember(letters)
    wide = remembering.remembering(letters, dim)
    slots = max(sum(map(is_overwrite, steps)) for steps in letters)
    start = tuple(Fraction(i + 1) for i in range(dim))
    for length in range(5):
        for word in itertools.product(range(3), repeat=length):
            state, narrow = start + (ZERO,) * slots, start
            for letter in word:
                after, narrow_after = applied(wide[letter], state), applied(letters[letter], narrow)
                assert after[:dim] == narrow_after
                assert before(wide[letter], after, dim) == narrow
                state, narrow = after, narrow_after


@pytest.mark.parametrize("mirrors", [True, False])
@pytest.mark.parametrize("seed", range(12))
def test_letters_that_forget_leave_only_what_they_overwrote(seed, mirrors):
    """Then there are no more states than letters and states before them, at any dimension."""
    dim = 2 + seed % 3
    letters = letters_of(dim, seed)
    if not mirrors:
        letters = [tuple(filter(is_overwrite, steps)) for steps in letters]
    slots = max(sum(map(is_overwrite, steps)) for steps in letters)
    start = tuple(Fraction(i + 1) for i in range(dim))
    narrow = Exploration(letters, [start])
    wide = remembering.remembering(letters, dim, mirrors=mirrors, forgets=True)
    found = Exploration(wide, [start + (ZERO,) * slots])
    assert len(found.states) <= 1 + len(letters) * len(narrow.states)
    for x, after in enumerate(found.after):
        for letter, y in enumerate(after):
            assert before(wide[letter], found.states[y], dim) == found.states[x][:dim]
            used = sum(map(is_overwrite, letters[letter]))
            assert found.states[y][dim + used :] == (ZERO,) * (slots - used)


@pytest.mark.parametrize("seed", range(40))
def test_letters_that_swap_and_overwrite_are_applied_at_once(monkeypatch, seed):
    """The same states, in the same order, as step by step."""
    dim = 2 + seed % 3
    letters = letters_of(dim, seed)
    start = tuple(Fraction(i + 1) for i in range(dim))
    found = Exploration(letters, [start])
    monkeypatch.setattr(remembering, "_selection", lambda _: None)
    again = Exploration(letters, [start])
    assert found.states == again.states
    assert found.after == again.after
    assert all(isinstance(x, Fraction) for state in found.states for x in state)
    for state, after in zip(found.states, found.after, strict=True):
        for letter, target in zip(letters, after, strict=True):
            assert applied(letter, state) == found.states[target]


def test_letters_forget_where_there_are_too_many_states_otherwise(monkeypatch):
    machine = machine_of(((2, 3, 0, 3, 0), (2, 4, 4, 4, 3)), 0)

    def made():
        (found,) = few_left.construct(machine)
        assert exact_closure(found.network, machine).verdict == "proved"
        first = found.network.layers[0]
        return len(first.codes), sum(map(len, first.steps.values()))

    states, steps = made()
    for place, name in ((realisation, "MANY"), (remembering, "MAX_REMEMBERED")):
        with monkeypatch.context() as patch:
            patch.setattr(place, name, states - 1)
            fewer, more = made()
        assert fewer < states
        assert more > steps
    monkeypatch.setattr(remembering, "MAX_REMEMBERED", fewer - 1)
    with pytest.raises(LimitReached, match="layer that remembers"):
        made()


@pytest.mark.parametrize("seed", range(40))
def test_no_distance_grows_and_nothing_but_old_memory_is_lost(seed):
    """The steps have eigenvalues 0 and -1, two for each overwrite and one for each reflection."""
    dim = 2 + seed % 3
    letters = letters_of(dim, seed)
    wide = remembering.remembering(letters, dim)
    for narrow, steps in zip(letters, wide, strict=True):
        lost = sum(map(is_overwrite, narrow))
        assert len(steps) == len(narrow) + lost
        assert {step.eigenvalue for step in steps} <= {0, -1}
        assert sum(step.eigenvalue == 0 for step in steps) == lost
        # Linear parts: an isometry on the states whose memory is empty.
        homogeneous = [DeltaStep(step.beta, step.key, ZERO) for step in steps]
        rng = random.Random(seed)
        state = tuple(Fraction(rng.randint(-5, 5)) for _ in range(dim))
        after = applied(
            homogeneous, state + (ZERO,) * (len(steps[0].key) - dim) if steps else state
        )
        assert sum(x * x for x in after) == sum(x * x for x in state)


def test_without_memory_an_overwrite_cannot_be_undone():
    """The twin: two states that a reset makes one."""
    reset = [(overwrite(1, 0, Fraction(7)),)]
    (wide,) = remembering.remembering(reset, 1)
    states = [(Fraction(2), ZERO), (Fraction(5), ZERO)]
    assert len({applied(reset[0], state[:1]) for state in states}) == 1
    assert len({applied(wide, state) for state in states}) == 2


def test_what_can_be_undone():
    swap = transposition(2, 0, 1)
    assert can_remember([[swap, overwrite(2, 1, ONE)], []])
    assert not can_remember([[DeltaStep(2 * ONE, (ONE, ZERO), ONE)]])  # a mirror with a write
    assert not can_remember([[DeltaStep(ONE / 2, (ONE, ZERO), ZERO)]])
    assert not can_remember([[DeltaStep(ONE / 2, (ONE, ONE), ZERO)]])  # a projection, not a place
    assert not can_remember([[DenseStep(((ONE, ZERO), (ZERO, ONE)), (ZERO, ZERO))]])
    assert is_overwrite(overwrite(3, 2, ZERO))
    assert not is_overwrite(swap)


def test_reachable_states_and_their_limit(monkeypatch):
    cycle = permutation_steps([1, 2, 0])
    start = (ONE, ZERO, ZERO)
    found = Exploration([cycle, cycle], [start])
    assert set(found.states) == {start, (ZERO, ONE, ZERO), (ZERO, ZERO, ONE)}
    assert found.after == [[1, 1], [2, 2], [0, 0]]
    assert {type(x) for state in found.states for x in state} == {Fraction}
    monkeypatch.setattr(remembering, "MAX_REMEMBERED", 2)
    with pytest.raises(LimitReached, match="layer that remembers: stopped at 3, the limit is 2"):
        Exploration([cycle], [start])


# The cascade


NAMES = [
    *("starts-with:a", "even-pairs", "transformations:3", "transformations:4", "tomita:7"),
    *("contains:aba", "subsequence:aba", "tomita:3"),
]


@pytest.mark.parametrize("name", NAMES)
def test_cascades_are_proved_and_remember(name):
    machine = get(name).minimal()
    made = min(construct(machine), key=lambda found: found.cost)
    assert made.route == "cascade"
    assert exact_closure(made.network, machine).verdict == "proved"
    assert {v for layer in made.network.layers for v in layer.eigenvalues} <= {0, -1}
    remembers = [any("replaced" in n for n in layer.names) for layer in made.network.layers]
    assert not remembers[-1]  # the last layer emits the state after the letter
    assert any(remembers[:-1])


def forgetful(layer):
    """The layer without its memory: codes without the extra coordinates, the first row of each."""
    dim = sum("replaced" not in name for name in layer.names)
    rows = {}
    for code, row in zip(layer.codes, layer.emit, strict=True):
        rows.setdefault(code[:dim], row)
    steps = {}
    for letter, made in layer.steps.items():
        kept = []
        for step in made:
            if any(step.key[dim:]):
                if is_overwrite(step):
                    written = step.write
                else:  # the swap with the memory: an overwrite
                    place = next(i for i, k in enumerate(step.key) if k)
                    kept.append(overwrite(dim, place, written))
            else:
                kept.append(DeltaStep(step.beta, step.key[:dim], step.write))
        steps[letter] = tuple(kept)
    return Layer(
        alphabet=layer.alphabet,
        initial=layer.initial[:dim],
        steps=steps,
        codes=tuple(rows),
        emit=tuple(rows.values()),
        names=layer.names[:dim],
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_cascade_that_forgets_is_refuted(name):
    """The published construction taken literally: a layer emits its state after the letter."""
    machine = get(name).minimal()
    made = min(construct(machine), key=lambda found: found.cost)
    first, *rest = made.network.layers
    assert any("replaced" in n for n in first.names)
    twin = LinearRNN(**{**fields_of(made.network), "layers": (forgetful(first), *rest)})
    result = exact_closure(twin, machine)
    assert result.verdict in ("wrong", "collision")
    assert result.words


def test_the_documented_example_previous_letter():
    """Does the letter before the last one equal a? The state before the letter is the task."""
    machine = Machine(
        alphabet="ab",
        transitions=[[1, 2], [3, 4], [1, 2], [3, 4], [1, 2]],
        initial=0,
        outputs=[0, 0, 0, 1, 1],
    ).minimal()
    made = min(construct(machine), key=lambda found: found.cost)
    assert exact_closure(made.network, machine).verdict == "proved"


@pytest.mark.parametrize("name", NAMES)
def test_altered_steps_are_refuted(name):
    """Each step of the first layer left out in turn, from all its letters."""
    machine = get(name).minimal()
    made = min(construct(machine), key=lambda found: found.cost)
    first, *rest = made.network.layers
    for letter, steps in first.steps.items():
        for i in range(len(steps)):
            shorter = {**first.steps, letter: steps[:i] + steps[i + 1 :]}
            layer = Layer(**{**fields_of(first), "steps": shorter})
            twin = LinearRNN(**{**fields_of(made.network), "layers": (layer, *rest)})
            assert exact_closure(twin, machine).verdict in ("wrong", "collision"), (letter, i)


@pytest.mark.parametrize("name", ["starts-with:aba", "ends-with:aba", "tomita:3"])
def test_blocks_join_where_registers_cover_them(monkeypatch, name):
    """Without covers the same machine takes one layer more, and is still right."""
    machine = get(name).minimal()
    joined = min(construct(machine), key=lambda found: found.cost)
    monkeypatch.setattr(realisation, "MAX_COVERED", 0)
    apart = min(construct(machine), key=lambda found: found.cost)
    assert len(joined.network.layers) + 1 == len(apart.network.layers)
    for made in (joined, apart):
        assert exact_closure(made.network, machine).verdict == "proved"


# Without reflections


@pytest.mark.parametrize("seed", range(20))
def test_projections_alone_remember_too(seed):
    """Overwrites in any order; for every word of length up to 4, with all eigenvalues 0."""
    dim = 2 + seed % 3
    letters = [tuple(filter(is_overwrite, steps)) for steps in letters_of(dim, seed)]
    wide = remembering.remembering(letters, dim, mirrors=False)
    assert [len(steps) for steps in wide] == [3 * len(steps) for steps in letters]
    assert {step.eigenvalue for steps in wide for step in steps} <= {0}
    slots = max(map(len, letters))
    start = tuple(Fraction(i + 1) for i in range(dim))
    for length in range(5):
        for word in itertools.product(range(3), repeat=length):
            state, narrow = start + (ZERO,) * slots, start
            for letter in word:
                after, narrow_after = applied(wide[letter], state), applied(letters[letter], narrow)
                assert after[:dim] == narrow_after
                assert before(wide[letter], after, dim) == narrow
                state, narrow = after, narrow_after


def is_aperiodic(machine):
    """Whether x^n = x^(n+1) for every map x of a word, from the definition."""
    columns = [tuple(column) for column in machine.transitions.T.tolist()]
    seen = set(columns)
    queue = list(columns)
    for x in queue:
        new = {tuple(a[q] for q in x) for a in columns} - seen
        seen |= new
        queue += new
    for x in seen:
        power = x
        for _ in range(machine.size):
            power = tuple(x[q] for q in power)
        if tuple(x[q] for q in power) != power:
            return False
    return True


def least_eigenvalue(network):
    return min((v for layer in network.layers for v in layer.eigenvalues), default=ZERO)


STAR_FREE = [
    *("flipflop", "dyck1:1", "dyck1:3", "dyck2:2", "tomita:1", "tomita:2", "tomita:4", "tomita:7"),
    *("starts-with:a", "starts-with:aba", "ends-with:aba", "contains:aba", "subsequence:aba"),
]


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", STAR_FREE)
def test_star_free_tasks_need_no_negative_eigenvalue(name):
    """All eigenvalues are 0, proved exactly and in bf16; a step left out is refuted."""
    machine = get(name).minimal()
    assert is_aperiodic(machine)
    found = [made for made in construct(machine) if least_eigenvalue(made.network) == 0]
    (made,) = found[:1]
    for arithmetic in (exact_claim, partial(hardware_claim, name="bf16")):
        assert arithmetic(made.network, machine).verdict is Verdict.PROVED
    few = Resources(max_closure=2_000)
    first, *rest = made.network.layers
    letter = max(first.alphabet, key=lambda a: len(first.steps[a]))
    steps = first.steps[letter]
    for i in range(len(steps)):
        shorter = {**first.steps, letter: steps[:i] + steps[i + 1 :]}
        layer = Layer(**{**fields_of(first), "steps": shorter})
        twin = LinearRNN(**{**fields_of(made.network), "layers": (layer, *rest)})
        assert exact_claim(twin, machine, few).verdict is not Verdict.PROVED, i


def fields_of(value):
    return {name: getattr(value, name) for name in value.__dataclass_fields__}


@pytest.mark.exhaustive
def test_small_machines_need_negative_eigenvalues_where_they_have_a_period():
    """All 229 structures of up to 3 states over two letters."""
    aperiodic = 0
    for machine in small_structures(3):
        made = [c.network for c in construct(machine)]
        free = [network for network in made if least_eigenvalue(network) == 0]
        if machine.size == 1:
            continue
        assert bool(free) == is_aperiodic(machine), machine.transitions
        aperiodic += bool(free)
        for network in free:
            assert exact_closure(network, machine).verdict == "proved"
            assert hardware_claim(network, machine, "bf16").verdict is Verdict.PROVED
    assert aperiodic == 44


def test_without_reflections_a_step_more():
    machine = get("starts-with:a").minimal()
    (mirrors, *_), (free, *_) = (
        [made for made in construct(machine) if (least_eigenvalue(made.network) < 0) == negative]
        for negative in (True, False)
    )
    assert mirrors.cost < free.cost
    for name in ("transformations:3", "tomita:5"):
        made = proposals(get(name).minimal(), "cascade")
        assert all(least_eigenvalue(construction.network) < 0 for construction in made)

"""The diagonal route: a number for each level, proved by regions, on every machine it speaks of."""

import random
from dataclasses import replace
from fractions import Fraction
from itertools import product

import pytest

from negeig.automata.decomposition.set_stages import set_stages
from negeig.automata.decomposition.stages import Stage
from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.monoid import transition_monoid
from negeig.automata.zoo import get
from negeig.claims import LimitReached, Region, Verdict
from negeig.pipeline.parts.proving import exact_claim, hardware_claim
from negeig.theory.closure.exact_search import exact_closure
from negeig.theory.constructions.pieces.digit_level import digit_level
from negeig.theory.constructions.pieces.refined_levels import refined
from negeig.theory.constructions.pieces.window_level import window_level, window_stages, windows
from negeig.theory.constructions.stacks.diagonal import construct
from negeig.theory.networks.network import DeltaStep
from negeig.theory.spectra.networks import is_diagonal
from negeig.work import Work
from support.levels import follows
from support.limit_rows import SMALL


def is_right(network, machine, longest):
    for length in range(1, longest + 1):
        for word in product(machine.alphabet, repeat=length):
            if network.run(word)[-1] != machine.output(word):
                return False
    return True


def check(network, machine, signs):
    """One number a layer, one step a token, entries in range, proved and right on words."""
    assert {layer.dim for layer in network.layers} == {1}
    assert max(layer.steps_per_token for layer in network.layers) <= 1
    assert is_diagonal(network, nonnegative=not signs)
    assert exact_closure(network, machine).verdict == "proved"
    assert is_right(network, machine, 6)


def test_all_machines_of_three_states_but_those_that_count_to_three():
    seen = {False: 0, True: 0}
    for machine in SMALL[::9]:
        if machine.size < 2:
            continue
        periods = {int(p) for p in transition_monoid(machine).periods}
        found = list(construct(machine))
        if any(p & (p - 1) for p in periods):
            assert not found
            continue
        signs = periods != {1}
        seen[signs] += 1
        (made,) = found
        check(made.network, machine, signs)
        if not signs:
            least = min(x for layer in made.network.layers for x in (*layer.eigenvalues, 1))
            assert least >= 0
    assert min(seen.values()) > 10


def random_machine(seed):
    source = random.Random(seed)
    size = source.choice((4, 5))
    return Machine(
        alphabet="ab",
        transitions=[[source.randrange(size) for _ in "ab"] for _ in range(size)],
        initial=0,
        outputs=[source.randrange(2) for _ in range(size)],
    ).minimal()


@pytest.mark.parametrize("seed", range(40))
def test_random_machines_are_built_where_their_groups_allow_it(seed):
    machine = random_machine(seed)
    if machine.size < 2:
        return
    periods = {int(p) for p in transition_monoid(machine).periods}
    found = list(construct(machine))
    if periods == {1}:
        check(found[0].network, machine, signs=False)
    elif any(p & (p - 1) for p in periods):
        assert not found
    else:
        check(found[0].network, machine, signs=True)


@pytest.mark.parametrize("name", ["mod:8", "dihedral:4", "quaternion", "tomita:3", "abab"])
def test_2_groups_by_signs(name):
    machine = get(name).minimal()
    (made,) = construct(machine)
    check(made.network, machine, signs=True)


@pytest.mark.parametrize("name", ["mod:3", "sym:3", "alt:4", "transformations:3", "mod:6"])
def test_other_groups_have_none(name):
    assert list(construct(get(name).minimal())) == []


@pytest.mark.parametrize("name", ["starts-with:ab", "contains:aba", "dyck1:3", "even-pairs"])
def test_proved_in_formats_too(name):
    machine = get(name).minimal()
    (made,) = construct(machine)
    claim = exact_claim(made.network, machine)
    assert claim.verdict is Verdict.PROVED
    assert isinstance(claim.evidence, Region)
    assert "layer by layer" in claim.detail
    assert hardware_claim(made.network, machine, "bf16").verdict is Verdict.PROVED


def test_a_format_with_too_few_bits_forgets_what_was_overwritten():
    """Twin: two numbers of eight points need more bits than bf16 has, exact numbers do not."""
    machine = get("recall:2:2").minimal()
    (made,) = construct(machine)
    assert exact_claim(made.network, machine).verdict is Verdict.PROVED
    assert hardware_claim(made.network, machine, "bf16").verdict is Verdict.REFUTED


@pytest.mark.parametrize("seed", range(60))
def test_altered_networks_are_proved_only_where_they_are_right(seed):
    source = random.Random(seed)
    machine = get(source.choice(("contains:ab", "starts-with:ab", "tomita:4"))).minimal()
    (made,) = construct(machine)
    layers = list(made.network.layers)
    at = source.randrange(len(layers))
    layer = layers[at]
    letter = source.choice(layer.alphabet)
    kind = source.randrange(3)
    if kind == 0 and layer.steps[letter]:
        (step,) = layer.steps[letter]
        other = DeltaStep(source.choice((Fraction(1, 2), Fraction(1))), step.key, -step.write)
        layers[at] = replace(layer, steps={**layer.steps, letter: (other,)})
    elif kind == 1:
        code = source.randrange(len(layer.emit))
        row = list(layer.emit[code])
        row[source.randrange(len(row))] = source.choice(
            [symbol for known in layer.emit for symbol in known]
        )
        layers[at] = replace(
            layer, emit=tuple(tuple(row) if i == code else r for i, r in enumerate(layer.emit))
        )
    else:
        layers[at] = replace(layer, initial=(source.choice(layer.codes)[0],))
    network = replace(made.network, layers=tuple(layers))
    if exact_closure(network, machine, max_states=2_000).verdict == "proved":
        assert is_right(network, machine, 7)


def test_altered_networks_are_mostly_refused():
    """Otherwise the test above would say nothing."""
    machine = get("contains:ab").minimal()
    (made,) = construct(machine)
    layers, refused = made.network.layers, 0
    for code, row in enumerate(layers[-1].emit):
        for a in range(len(row)):
            for symbol in {s for known in layers[-1].emit for s in known} - {row[a]}:
                emit = [list(r) for r in layers[-1].emit]
                emit[code][a] = symbol
                last = replace(layers[-1], emit=tuple(map(tuple, emit)))
                network = replace(made.network, layers=(*layers[:-1], last))
                verdict = exact_closure(network, machine, max_states=2_000).verdict
                assert (verdict == "proved") <= is_right(network, machine, 7)
                refused += verdict != "proved"
    assert refused >= 2


def test_a_level_that_turns_three_points_round_is_no_number():
    stage = Stage(3, {}, {})
    turn, swap = (1, 2, 0), (1, 0, 2)
    options = {"is_last": False, "mirrors": True}
    assert digit_level(stage, [turn], 0, **options) is None
    assert digit_level(stage, [swap, (2, 1, 0)], 0, **options) is None
    assert digit_level(stage, [swap], 0, **options) is not None
    assert digit_level(stage, [swap], 0, is_last=False, mirrors=False) is None


def test_refined_levels_do_what_the_level_did():
    """Points of the levels, read together, move as the states do."""
    for name in ("mod:8", "dihedral:4", "quaternion"):
        machine = get(name).minimal()
        stages = refined(set_stages(machine, Work("moves", 100_000)))
        assert {stage.points for stage in stages.stages} == {2}
        for word in product(range(len(machine.alphabet)), repeat=5):
            assert follows(machine, stages, word)


WINDOWED = {
    "contains:aba": 2, "starts-with:abb": 2, "tomita:4": 2, "ends-with:ab": 2, "dyck1:2": 3,
}  # fmt: skip


@pytest.mark.parametrize("name", WINDOWED)
def test_windows_leave_few_levels(name):
    machine = get(name).minimal()
    (made,) = construct(machine)
    assert len(made.network.layers) == WINDOWED[name]
    check(made.network, machine, signs=False)


@pytest.mark.parametrize("length", [1, 2, 3])
@pytest.mark.parametrize("name", ["contains:aba", "dyck1:2", "flipflop"])
def test_a_window_holds_the_last_letters_and_the_one_before(name, length):
    """Every state of the first level, after every word: the point, and the point before."""
    machine = get(name).minimal()
    level, known = window_level(machine, length), windows(machine, length)
    for word in product(range(len(machine.alphabet)), repeat=length + 2):
        (h,) = level.start
        for n, a in enumerate(word, 1):
            (step,) = level.steps[a]
            (h,) = step.apply((h,))
            code = min(level.points, key=lambda c: abs(c[0] - h))
            filled = (len(machine.alphabet),) * (length + 1) + word[:n]
            assert known[level.points[code]] == filled[-length:]
            place = list(level.points).index(code)
            assert known[level.befores[a][place]] == filled[-length - 1 : -1]


def test_a_window_that_tells_the_state_has_no_levels_below():
    machine = get("ends-with:ab").minimal()
    assert window_stages(machine, 1, Work("moves", 1_000), join=True) is not None
    assert window_stages(machine, 2, Work("moves", 1_000), join=True) is None


def test_work_is_bounded():
    machine = get("contains:aba").minimal()
    with pytest.raises(LimitReached):
        list(construct(machine, work=Work("moves of levels", 3)))

"""The digits route: the last letters in one number, proved by regions, decoded exactly."""

import random
from itertools import product

import pytest

from negeig import api
from negeig.automata.machines.machine import Machine
from negeig.automata.zoo import get
from negeig.claims import Region, Verdict
from negeig.pipeline.parts.proving import exact_claim, hardware_claim
from negeig.theory.closure.regions import proved_by_regions
from negeig.theory.constructions.budget import Budget
from negeig.theory.constructions.direct.digits import construct, deciding_letters
from support.structures import small_structures


def deciding(machine, longest=6):
    """The least k such that every word of k letters takes all states to one, by trying them."""
    for length in range(longest + 1):
        if all(
            len(ends(machine, word)) == 1
            for word in product(range(len(machine.alphabet)), repeat=length)
        ):
            return length
    return None


def ends(machine, word):
    states = set(range(machine.size))
    for a in word:
        states = {int(machine.transitions[q, a]) for q in states}
    return states


def test_how_many_letters_decide():
    for machine in small_structures():
        assert deciding_letters(machine) == deciding(machine)


def random_definite(seed):
    """A machine that the last two or three letters tell: a window onto them, outputs at random."""
    source = random.Random(seed)
    letters, length = source.choice(((2, 2), (2, 3), (3, 2), (4, 2)))
    windows = list(product(range(letters), repeat=length))
    table = [[windows.index((*window[1:], a)) for a in range(letters)] for window in windows]
    return Machine(
        alphabet="abcd"[:letters],
        transitions=table,
        initial=source.randrange(len(windows)),
        outputs=[source.randrange(3) for _ in windows],
    ).minimal()


@pytest.mark.parametrize("seed", range(25))
def test_random_windows_are_proved_and_right_on_words(seed):
    machine = random_definite(seed)
    length = deciding_letters(machine)
    assert length is not None
    made = construct(machine)
    assert bool(made) == (length >= 2)
    for construction in made:
        assert construction.cost == (1, 1, 1)
        claim = exact_claim(construction.network, machine)
        assert claim.verdict is Verdict.PROVED
        assert isinstance(claim.evidence, Region)
        for size in range(6 if len(machine.alphabet) == 2 else 4):
            for word in product(machine.alphabet, repeat=size):
                assert construction.network.run(word) == machine.run(word)
        other = Machine(
            alphabet=machine.alphabet,
            transitions=machine.transitions,
            initial=machine.initial,
            outputs=[*machine.outputs[:-1], "another"],
        )
        assert proved_by_regions(construction.network, other) is None


@pytest.mark.parametrize("name", ["parity", "flipflop", "starts-with:a", "dyck1:2", "ends-with:a"])
def test_what_the_last_letters_do_not_tell_is_refused(name):
    assert construct(get(name).minimal()) == []


def test_many_letters_are_left_alone():
    assert construct(get("ends-with:" + "ab" * 4).minimal())  # 256 words
    assert construct(get("ends-with:" + "ab" * 5).minimal()) == []


def test_a_format_that_is_too_coarse_refutes_it_or_leaves_it_open():
    """Eight letters in base 4 need 16 bits: bf16 has them not."""
    machine = get("ends-with:abababab").minimal()
    (made,) = construct(machine)
    assert exact_claim(made.network, machine).verdict is Verdict.PROVED
    assert hardware_claim(made.network, machine, "bf16").verdict is not Verdict.PROVED


def test_networks_with_finitely_many_states_stay_beside_it():
    made = api.compile(zoo="ends-with:ab")
    assert (made.route, made.construction.cost) == ("digits", (1, 1, 1))
    assert made.winner.demands.endless
    assert any(not point.demands.endless for point in made.front)
    finite = api.compile(zoo="ends-with:ab", budget=Budget(routes=("partial-injection",)))
    assert not finite.winner.demands.endless


def test_a_layer_inside_0_1_does_what_deltanet_does():
    result = api.check("(a|b)*abb", architecture="deltanet", backends=())
    assert result.requested.verdict == "possible"
    assert result.exit_code == 0
    assert api.check(zoo="parity", architecture="deltanet", backends=()).exit_code == 1

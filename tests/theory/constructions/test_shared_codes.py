"""States that the last letter tells apart share a code; those that it does not have their own."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from negeig.automata.expressions.regex_machine import regex_to_machine
from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.monoid import transition_monoid
from negeig.theory.bounds.lower_bounds import lower_bounds
from negeig.theory.closure.exact_search import exact_closure
from negeig.theory.constructions.direct import permutation, permutation_reset, scalar
from negeig.theory.constructions.routes import routes
from negeig.theory.constructions.shared_codes import shared_codes
from support.fronts import respects


def minimal_machines(states, letters):
    for table in itertools.product(range(states), repeat=states * letters):
        transitions = np.reshape(table, (states, letters)).tolist()
        for outputs in itertools.product((0, 1), repeat=states):
            machine = Machine(
                alphabet="ab"[:letters], transitions=transitions, initial=0, outputs=outputs
            ).minimal()
            if machine.size == states:
                yield machine


SMALL = [(2, 1), (3, 1), (4, 1), (2, 2), (3, 2)]


def distinct(states, letters):
    """Return minimal machines of so many states, one of each that are equal."""
    found = {}
    for machine in minimal_machines(states, letters):
        found[machine.transitions.tobytes(), machine.outputs] = machine
    return list(found.values())


@pytest.mark.parametrize(("states", "letters"), SMALL)
def test_classes_and_the_last_letter_tell_the_output(states, letters):
    """By running both machines on all words, and no class could be joined to another one."""
    kept = {True: 0, False: 0}
    for machine in distinct(states, letters):
        shared = shared_codes(machine)
        kept[shared is None] += 1
        table = machine.transitions
        entered = [set(np.flatnonzero((table == q).any(axis=0))) for q in range(states)]
        pairs = itertools.combinations(range(states), 2)
        alike = [
            (p, q)
            for p, q in pairs
            if table[p].tolist() == table[q].tolist() and not entered[p] & entered[q]
        ]
        assert (shared is None) == (not alike)
        if shared is None:
            continue
        classes = shared.classes
        assert classes.minimal().size == classes.size < machine.size
        told = {}
        for word in itertools.product(range(letters), repeat=2 * states):
            q, c = machine.initial, classes.initial
            for a in word:
                q, c = table[q, a], classes.transitions[c, a]
                told.setdefault((c, a), machine.outputs[q])
                assert told[c, a] == machine.outputs[q]
                symbol = shared.emitted[classes.outputs[c]][a]
                assert symbol == str(machine.outputs[q])
    assert kept[False] or (states, letters) == (2, 2), kept


READ_OFF = [route for route in routes() if route.most_layers == 1 and not route.work]


def test_networks_that_share_codes_are_proved_and_break_no_bound():
    proved = dict.fromkeys((route.name for route in READ_OFF), 0)
    for machine in itertools.chain(*itertools.starmap(distinct, SMALL)):
        if shared_codes(machine) is None:
            continue
        bounds = lower_bounds(machine, transition_monoid(machine))
        for route in READ_OFF:
            own = list(route.construct(machine))
            made = list(route.propose(machine))
            for found in made[: len(made) - len(own)]:
                assert exact_closure(found.network, machine).verdict == "proved"
                assert respects(found.network, bounds)
                proved[route.name] += 1
    assert {name for name, count in proved.items() if count} >= {"scalar", "permutation"}, proved


def test_a_rotation_is_enough_for_a_word_repeated_at_least_once():
    machine = regex_to_machine("(aaa)+").minimal()
    assert not permutation.construct(machine)
    (made,) = permutation.ROUTE.propose(machine)
    assert made.cost == (1, 2, 3)
    assert exact_closure(made.network, machine).verdict == "proved"
    assert made.network.empty == 0
    other = replace(made.network, empty=1)
    assert exact_closure(other, machine).verdict == "wrong"


def test_states_that_one_letter_leads_to_share_no_code():
    """Of 1 and 2, which b leads to, one is final, and the last letter does not tell which."""
    table = [[1, 2], [0, 1], [0, 1], [3, 2]]
    both = Machine(alphabet="ab", transitions=table, initial=3, outputs=[0, 0, 1, 0]).minimal()
    assert both.size == 4
    assert shared_codes(both) is None


def test_columns_are_those_of_the_layers_alphabet():
    """A layer may list the letters in another order than the machine does."""
    machine = Machine(alphabet="ab", transitions=[[1, 2], [0, 1], [1, 2]], initial=0,
                      outputs=[0, 1, 1])  # fmt: skip
    shared = shared_codes(machine)
    (made,) = scalar.construct(shared.classes)
    (layer,) = made.network.layers
    turned = replace(
        layer, alphabet=layer.alphabet[::-1], emit=tuple(row[::-1] for row in layer.emit)
    )
    for one in (layer, turned):
        network = shared.decoded(replace(made.network, layers=(one,)))
        assert exact_closure(network, machine).verdict == "proved"


def test_registers_of_a_flip_flop_share_too():
    """The first state of a flip-flop that was never set is one of its two."""
    machine = Machine(alphabet="sr", transitions=[[1, 2], [1, 2], [1, 2]], initial=0,
                      outputs=[0, 1, 2])  # fmt: skip
    assert shared_codes(machine).classes.size == 1
    kept = Machine(alphabet="srn", transitions=[[1, 2, 0], [1, 2, 1], [1, 2, 2]], initial=0,
                   outputs=[0, 1, 2])  # fmt: skip
    assert shared_codes(kept) is None
    assert list(permutation_reset.ROUTE.propose(kept))

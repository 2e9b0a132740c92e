"""No layers: exactly the machines whose outputs depend on the last letter alone."""

import itertools
import json
from dataclasses import replace

import pytest

from negeig.automata.machines.machine import Machine
from negeig.precision.closure.rounded_closure import closure
from negeig.theory.closure.exact_search import exact_closure
from negeig.theory.constructions.direct import last_letter
from support.altered_networks import small_machines
from support.command_line import negeig

ARITHMETICS = ("exact", "bf16", "fp32", "fp32:fma", "e4m3fn", "bf16:acc32")
ENDS_IN_A = Machine(alphabet="ab", transitions=[[1, 0], [1, 0]], initial=0, outputs=[0, 1])


def depends_on_the_last_letter(machine: Machine) -> bool:
    """Straight from the definition, on all words that are long enough for every state."""
    seen: dict[str, object] = {}
    for length in range(1, machine.size + 2):
        for word in itertools.product(machine.alphabet, repeat=length):
            if seen.setdefault(word[-1], machine.output(word)) != machine.output(word):
                return False
    return True


def test_every_small_machine():
    machines = {m.minimal() for size in (1, 2, 3) for m in small_machines(size)}
    found = 0
    for machine in sorted(machines, key=lambda m: (m.size, m.transitions.tolist(), m.outputs)):
        made = last_letter.construct(machine)
        assert bool(made) == depends_on_the_last_letter(machine)
        for construction in made:
            found += 1
            assert construction.cost == (0, 0, 0)
            assert exact_closure(construction.network, machine).verdict == "proved"
    # An output for each letter and one for the empty word.
    assert found == 2**3


def test_proved_in_every_arithmetic_and_its_twin_is_refuted():
    (construction,) = last_letter.construct(ENDS_IN_A)
    network = construction.network
    twin = replace(network, outputs={"a": 0, "b": 1})
    for arithmetic in ARITHMETICS:
        assert closure(network, ENDS_IN_A, arithmetic).verdict == "proved"
        refuted = closure(twin, ENDS_IN_A, arithmetic)
        assert refuted.verdict == "wrong"
        assert refuted.wrong_word is not None
        assert len(refuted.wrong_word) == 1


def test_the_empty_word_may_have_any_output():
    machine = Machine(
        alphabet="ab", transitions=[[1, 2], [1, 2], [1, 2]], initial=0, outputs=["none", "x", "y"]
    )
    (construction,) = last_letter.construct(machine)
    assert construction.network.run("aab") == ("none", "x", "x", "y")
    assert exact_closure(replace(construction.network, empty="x"), machine).verdict == "wrong"


def test_outputs_that_python_calls_equal_are_not_one_output():
    machine = Machine(alphabet="a", transitions=[[1], [0]], initial=0, outputs=[1, True])
    assert last_letter.construct(machine) == []


@pytest.mark.parametrize("language", ["(a|b)*a", "(a|b)*"])
def test_the_command_line_needs_no_layer(capsys, language):
    code, out, _ = negeig(capsys, "check", "--no-run", "--json", language)
    answer = json.loads(out)
    assert (code, answer["construction"]["route"], answer["construction"]["layers"]) == (
        0,
        "last-letter",
        [],
    )
    assert {claim["verdict"] for claim in answer["claims"]} == {"proved"}

"""One state: nothing to remember, no layer at all."""

from __future__ import annotations

from negeig.automata.machines.machine import Machine
from negeig.theory.constructions.route import Construction, Route
from negeig.theory.networks.network import LinearRNN
from negeig.theory.theorems import ids


def construct(machine: Machine) -> list[Construction]:
    """Return the network without layers when the machine has one state.

    With no layers the emitted symbol is the letter, and every letter has the one output.
    """
    if machine.size != 1:
        return []
    output = machine.outputs[0]
    network = LinearRNN(
        alphabet=machine.alphabet,
        layers=(),
        outputs=dict.fromkeys(machine.alphabet, output),
        empty=output,
    )
    return [
        Construction(ROUTE.name, network, "the output never changes: no layer is needed", ids.T4)
    ]


ROUTE = Route(
    name="constant",
    kind="direct",
    rank=0,
    least_layers=0,
    summary="one state: no layer at all",
    construct=construct,
)

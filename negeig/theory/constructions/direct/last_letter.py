"""The last-letter route: the output depends on the last letter alone, and no layer is needed.

With no layers the symbol emitted on a letter is the letter itself, so outputs keyed by the letter
do it. The output on the empty word is free: the network says it beside the others.
"""

from __future__ import annotations

from negeig.automata.machines.machine import Machine
from negeig.theory.constructions.route import Construction, Route
from negeig.theory.networks.network import LinearRNN
from negeig.theory.networks.one_layer import symbols
from negeig.theory.theorems import ids


def construct(machine: Machine) -> list[Construction]:
    """Return the network without layers where each letter has one output, wherever it is read.

    Exact. O(states x letters).

    Examples
    --------
    >>> ends_in_a = Machine(alphabet="ab", transitions=[[1, 0], [1, 0]], initial=0, outputs=[0, 1])
    >>> [(made.cost, made.network.run("ab")) for made in construct(ends_in_a)]
    [((0, 0, 0), (0, 1, 0))]
    >>> construct(Machine(alphabet="a", transitions=[[1], [0]], initial=0, outputs=[0, 1]))
    []
    """
    texts = symbols(machine.outputs)
    firsts = machine.transitions[0].tolist()
    for first, column in zip(firsts, machine.transitions.T.tolist(), strict=True):
        if any(texts[q] != texts[first] for q in set(column)):
            return []
    network = LinearRNN(
        alphabet=machine.alphabet,
        layers=(),
        outputs={a: machine.outputs[q] for a, q in zip(machine.alphabet, firsts, strict=True)},
        empty=machine.outputs[machine.initial],
    )
    idea = (
        "the output never changes: no layer is needed"
        if machine.size == 1
        else "the last letter says the output: no layer is needed"
    )
    return [Construction(ROUTE.name, network, idea, ids.T4)]


ROUTE = Route(
    name="last-letter",
    kind="direct",
    rank=0,
    least_layers=0,
    summary="the last letter says the output: no layer at all",
    construct=construct,
)

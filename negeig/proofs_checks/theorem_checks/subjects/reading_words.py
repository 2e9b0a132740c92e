"""One number that spells the whole word: what finitely many exact states are assumed against."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from negeig.automata.machines.machine import Machine
from negeig.proofs_checks.theorem_checks.subjects.tasks import ONE, ZERO
from negeig.theory.networks.network import DeltaStep, Layer, LinearRNN
from negeig.theory.networks.one_layer import symbols


def holder(task: Machine) -> LinearRNN:
    """Return one layer of dimension 1, with one step a token, whose number tells the word.

    The step of the i-th of n letters is h <- h/2n + (1 - 1/2n) i/n, from h = 0: a positive
    eigenvalue below 1, and exact. Each letter leads into an interval of its own. Its table
    says what a letter alone leads to; a decoder that reads the word does the task, whatever it is.

    Examples
    --------
    >>> from negeig.automata.zoo import get
    >>> network = holder(get("alt:5").minimal())
    >>> network.layers[0].dim, network.layers[0].steps_per_token, spells_words(network)
    (1, 1, True)
    """
    count = len(task.alphabet)
    beta = 1 - Fraction(1, 2 * count)
    writes = [Fraction(i + 1, count) for i in range(count)]
    emitted = symbols([task.output((letter,)) for letter in task.alphabet])
    layer = Layer(
        alphabet=task.alphabet,
        initial=(ZERO,),
        steps={
            letter: (DeltaStep(beta, (ONE,), write),)
            for letter, write in zip(task.alphabet, writes, strict=True)
        },
        codes=tuple((beta * write,) for write in writes),
        emit=tuple((symbol,) * count for symbol in emitted),
    )
    outputs = [task.output((letter,)) for letter in task.alphabet]
    return LinearRNN(
        alphabet=task.alphabet,
        layers=(layer,),
        outputs=dict(zip(emitted, outputs, strict=True)),
        empty=task.output(()),
    )


def spells_words(network: LinearRNN) -> bool:
    """Whether the exact states of a network are seen to be different after any two words.

    A layer of dimension 1 whose letters carry the numbers from 0 to 1, where it starts, into
    disjoint intervals among them that do not hold the start, each letter one to one: the state
    tells the last letter, and then the state before it. False says nothing.

    Examples
    --------
    Numbers that are overwritten tell the last letter only:

    >>> from negeig.theory.networks.one_layer import one_layer
    >>> task = Machine(alphabet="ab", transitions=[[0, 1]] * 2, initial=0, outputs=[0, 1])
    >>> steps = [(DeltaStep(ONE, (ONE,), write),) for write in (Fraction(1, 3), ONE)]
    >>> codes = [(Fraction(1, 3),), (ONE,)]
    >>> spells_words(one_layer(task, initial=(ZERO,), steps=steps, codes=codes))
    False
    """
    if len(network.layers) != 1 or network.field is not None:
        return False
    (layer,) = network.layers
    if layer.dim != 1:
        return False
    images = sorted(
        sorted(Fraction(str(layer.apply(letter, (end,))[0])) for end in (ZERO, ONE))
        for letter in layer.alphabet
    )
    start = Fraction(str(layer.initial[0]))
    return (
        0 <= start <= 1
        and images[0][0] >= 0
        and images[-1][1] <= 1
        and all(low < high for low, high in images)
        and all(before[1] < after[0] for before, after in pairwise(images))
        and not any(low <= start <= high for low, high in images)
    )

"""Networks, machines and replays that the closure tests share."""

import itertools
from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np

from negeig.automata.machines.machine import Machine
from negeig.claims import Word, output_text
from negeig.precision.closure.choices import ChoiceSemantics
from negeig.precision.closure.reference import ReferenceSemantics
from negeig.precision.closure.rounded_closure import compiled_closure
from negeig.precision.numbers.arithmetic import parse
from negeig.precision.numbers.formats import BF16
from negeig.precision.stored import nearest, round_parameters
from negeig.theory.closure.explore import Exploration, explore
from negeig.theory.exact.numbers import NumberField
from negeig.theory.networks.network import DeltaStep, DenseStep, Layer, LinearRNN, Step

ZERO, ONE = Fraction(0), Fraction(1)
PARITY = Machine(alphabet="1", transitions=[[1], [0]], initial=0, outputs=[1, 0])


def vector(*entries: float | Fraction) -> tuple[Fraction, ...]:
    return tuple(Fraction(x) for x in entries)


def dense(rows: list[list[float]], bias: list[float] | None = None) -> DenseStep:
    return DenseStep(tuple(vector(*r) for r in rows), vector(*(bias or [0] * len(rows))))


def single(
    steps: dict[str, tuple[Step, ...]],
    initial: tuple[Fraction, ...],
    codes: list[tuple[Fraction, ...]],
    outputs: list[object],
    empty: object,
) -> LinearRNN:
    """One layer whose symbol is the index of the nearest code."""
    names = [str(i) for i in range(len(codes))]
    layer = Layer(
        alphabet=tuple(steps),
        initial=initial,
        steps=steps,
        codes=tuple(codes),
        emit=tuple((name,) * len(steps) for name in names),
    )
    return LinearRNN(
        alphabet=tuple(steps),
        layers=(layer,),
        outputs=dict(zip(names, outputs, strict=True)),
        empty=empty,
    )


def one_letter(steps: Sequence[Step], initial: list[float]) -> LinearRNN:
    """One layer that reads the letter a."""
    start = vector(*initial)
    return single({"a": tuple(steps)}, start, [start], [0], 0)


def parity(step: Step) -> LinearRNN:
    return single({"1": (step,)}, (ONE,), [(ONE,), (-ONE,)], [1, 0], 1)


FLIP = parity(DeltaStep(Fraction(2), (ONE,), ZERO))
SHRINKING_FLIP = parity(dense([[-255 / 256]]))


def swaps(n: int, rounded: bool) -> tuple[LinearRNN, Machine]:
    """S_n by adjacent swaps of h0 = (1, ..., n), with integer keys or k/sqrt2 rounded to bf16."""
    root2 = NumberField((-2, 0, 1), "1.41421356237309504880168872420969807857").element([0, 1])
    size = Fraction(nearest(1 / root2, BF16)) if rounded else ONE
    beta = Fraction(2) if rounded else ONE
    orders = list(itertools.permutations(range(1, n + 1)))
    steps: dict[str, tuple[Step, ...]] = {}
    transitions = np.zeros((len(orders), n - 1), dtype=int)
    for i in range(n - 1):
        key = [ZERO] * n
        key[i], key[i + 1] = size, -size
        steps["abcd"[i]] = (DeltaStep(beta, tuple(key), ZERO),)
        for q, order in enumerate(orders):
            after = list(order)
            after[i], after[i + 1] = order[i + 1], order[i]
            transitions[q, i] = orders.index(tuple(after))
    outputs: list[object] = [list(order) for order in orders]
    codes = [vector(*order) for order in orders]
    network = single(steps, codes[0], codes, outputs, outputs[0])
    machine = Machine(alphabet=tuple(steps), transitions=transitions, initial=0, outputs=outputs)
    return network, machine


def unit_swaps(pairs: tuple[tuple[int, int], ...]) -> tuple[LinearRNN, Machine]:
    """S_3 by swaps of h0 = (1, 2, 3), with keys of length 1 rounded to float32, and beta 2."""
    size = Fraction(float(np.float32(2**-0.5)))
    orders = list(itertools.permutations(range(1, 4)))
    steps: dict[str, tuple[Step, ...]] = {}
    transitions = np.zeros((6, len(pairs)), int)
    for a, (i, j) in enumerate(pairs):
        key = [ZERO] * 3
        key[i], key[j] = size, -size
        steps["abc"[a]] = (DeltaStep(Fraction(2), tuple(key), ZERO),)
        for q, order in enumerate(orders):
            after = list(order)
            after[i], after[j] = order[j], order[i]
            transitions[q, a] = orders.index(tuple(after))
    codes = [vector(*order) for order in orders]
    outputs: list[object] = list(range(6))
    network = single(steps, codes[0], codes, outputs, 0)
    machine = Machine(alphabet=tuple(steps), transitions=transitions, initial=0, outputs=outputs)
    return network, machine


def reference(network: LinearRNN, arithmetic: str) -> ReferenceSemantics:
    model = parse(arithmetic)
    stored, _ = round_parameters(network, model, round_parameters=True)
    return ReferenceSemantics(network, stored, model)


def choices(network: LinearRNN, arithmetic: str, most: int = 5_000) -> ChoiceSemantics:
    """Every outcome of each letter in one arithmetic, parameters rounded to nearest even."""
    model = parse(arithmetic)
    stored, _ = round_parameters(network, model, round_parameters=True)
    return ChoiceSemantics(network, stored, model, most)


def both(
    network: LinearRNN, machine: Machine, arithmetic: str, max_states: int
) -> tuple[Exploration, Exploration]:
    model = parse(arithmetic)
    stored, _ = round_parameters(network, model, round_parameters=True)
    plain = explore(
        ReferenceSemantics(network, stored, model), network, machine, max_states=max_states
    )
    fast = compiled_closure(network, machine, model, stored, max_states=max_states)
    return plain, fast


def after(semantics: ReferenceSemantics, word: Word) -> object:
    state = semantics.initial()
    for letter in word:
        state, _ = semantics.step(state, letter)
    return state


def last_symbol(semantics: ReferenceSemantics, word: Word) -> str | None:
    state, symbol = semantics.initial(), None
    for letter in word:
        state, symbol = semantics.step(state, letter)
    return symbol


def errs(network: LinearRNN, machine: Machine, semantics: ReferenceSemantics, word: Word) -> bool:
    """Whether the network's output on a word differs from the machine's, by running it."""
    if not word:
        return output_text(network.empty) != output_text(machine.output(word))
    symbol = last_symbol(semantics, word)
    if symbol not in network.outputs:
        return True
    return output_text(network.outputs[symbol]) != output_text(machine.output(word))


def check_words(network: LinearRNN, machine: Machine, arithmetic: str, result: Exploration) -> None:
    """Replay the words of a result without the exploration."""
    semantics = reference(network, arithmetic)
    if result.wrong_word is not None:
        assert errs(network, machine, semantics, result.wrong_word)
    if result.verdict == "collision":
        one, two = result.words
        assert after(semantics, one) == after(semantics, two)
        assert one[-1] == two[-1]
        assert output_text(machine.output(one)) != output_text(machine.output(two))


def words(alphabet: tuple[str, ...], longest: int) -> Iterator[Word]:
    for length in range(longest + 1):
        yield from itertools.product(alphabet, repeat=length)

"""Random arithmetics on random networks, held to a second semantics of plain fractions.

``support.plain_arithmetic`` shares no code with the package: names, formats, rounding, operations,
stored keys, what is chosen, and the walk over all states are written again.
"""

import random
from collections import Counter
from fractions import Fraction

import pytest

from negeig.automata.machines.machine import Machine
from negeig.claims import Horizon, InputError
from negeig.pipeline.parts.horizons import explored
from negeig.precision.closure.horizon import horizon
from negeig.precision.closure.margins import proved_by_margin
from negeig.precision.closure.rounded_closure import closure
from negeig.precision.numbers.arithmetic import parse
from negeig.precision.stored import round_parameters
from negeig.theory.networks.network import DeltaStep, DenseStep, Layer, LinearRNN
from support.plain_arithmetic import Exactly, Plain, Walk, run_all

HEADS = (
    *("bf16", "e4m3fn", "e5m2", "fp16", "e4m3fnuz", "e3m2fn", "e2m3fn", "tf32", "fp32", "fp64"),
    *("grid:2^-3", "grid:2^-1", "fixed6:2^-2", "fixed4:2^-1"),
)
PLACES = ("acc32", "acc32-step", "acc32-chunk2", "acc32-chunk3", "acc64", "acc64-step", "sum32")
ASIDE = ("bf16", "e4m3fn", "fp16", "fp32", "e5m2", "e3m2fn")
NORMALISED = (
    *("l2norm", "l2norm-div", "l2norm-eps0", "l2norm-scale8"),
    *("l2norm-div-eps1e-2", "l2norm-eps5e-1-scale2"),
)
GROUPS = (
    (("rtz", "rna", "sr", "sr"), 0.5), (("sat",), 0.2), (("ftz",), 0.2), (("daz",), 0.15),
    (("pairwise", "butterfly"), 0.3), (("fma", "fma?", "fma?"), 0.3),
)  # fmt: skip
UNIT = tuple(
    (Fraction(a, c), Fraction(b, c))
    for a, b, c in ((1, 0, 1), (0, 1, 1), (3, 4, 5), (-4, 3, 5), (5, 12, 13))
)
ENTRIES = tuple(map(Fraction, ("0", "1", "-1", "1/2", "2", "3/4", "-1/3", "3", "5/512", "7/4")))
STATES = 100
PAIRS = 160


class Draw:
    """A random name, network and machine."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.name = self._name()
        self.network = self.draw_network(unit="l2norm" in self.name)

    def _name(self) -> str:
        draw = self.random
        while True:
            head, said = draw.choice(HEADS), []
            if draw.random() < 0.6 and not head.startswith(("grid", "fixed")):
                said.append(draw.choice(PLACES))
            said += [draw.choice(group) for group, share in GROUPS if draw.random() < share]
            said += [f"{kind}-{draw.choice(ASIDE)}" for kind in ("inputs", "keys", "betas")
                     if draw.random() < 0.2]  # fmt: skip
            if draw.random() < 0.25 and "fma?" not in said:
                said.append(draw.choice(NORMALISED))
            draw.shuffle(said)
            try:
                parse(":".join([head, *said]))
            except InputError:
                continue
            return ":".join([head, *said])

    def _vector(self, dim: int) -> tuple[Fraction, ...]:
        return tuple(self.random.choice(ENTRIES) for _ in range(dim))

    def _key(self, dim: int, unit: bool) -> tuple[Fraction, ...]:
        draw = self.random
        if unit and dim == 1:
            return (Fraction(draw.choice((1, -1))),)
        if unit:
            key = [*draw.choice(UNIT), *[Fraction(0)] * (dim - 2)]
            draw.shuffle(key)
            return tuple(key)
        if draw.random() < 0.8:
            return tuple(Fraction(draw.choice((0, 1, -1, 1, 2))) for _ in range(dim))
        return self._vector(dim)

    def _step(self, dim: int, unit: bool):
        draw, zero = self.random, Fraction(0)
        if draw.random() < 0.2:
            rows = [[x if draw.random() < 0.5 else zero for x in self._vector(dim)]
                    for _ in range(dim + 1)]  # fmt: skip
            return DenseStep(tuple(map(tuple, rows[1:])), tuple(rows[0]))
        key = self._key(dim, unit)
        square = sum(k * k for k in key)
        beta = draw.choice(ENTRIES)
        if square and draw.random() < 0.8:
            beta = Fraction(draw.choice((1, 2, 4)), 2) / square
        return DeltaStep(beta, key, draw.choice(ENTRIES) if draw.random() < 0.25 else zero)

    def _layer(self, reads: tuple[str, ...], emits: list[str], unit: bool) -> Layer:
        draw, dim = self.random, self.random.choice((1, 2, 2, 3))
        start = self._vector(dim)
        steps = {a: tuple(self._step(dim, unit) for _ in range(draw.choice((0, 1, 1, 2))))
                 for a in reads}  # fmt: skip
        moves = Layer(alphabet=reads, initial=start, steps=steps, codes=(), emit=())
        codes = [start]
        for _ in range(draw.choice((1, 2, 3))):
            h = start
            for _ in range(draw.randint(1, 4)):
                h = moves.apply(draw.choice(reads), h)
            codes.append(h if max(map(abs, h)) < 100 else self._vector(dim))
        emit = tuple(tuple(draw.choice(emits) for _ in reads) for _ in codes)
        return Layer(alphabet=reads, initial=start, steps=steps, codes=tuple(codes), emit=emit)

    def draw_network(self, *, unit: bool) -> LinearRNN:
        alphabet = reads = tuple("ab"[: self.random.choice((1, 2, 2))])
        layers = []
        for i in range(self.random.choice((1, 1, 1, 2))):
            emits = [f"{i}x", f"{i}y"]
            layers.append(self._layer(reads, emits, unit))
            reads = tuple(emits)
        outputs = {symbol: number for number, symbol in enumerate(reads)}
        return LinearRNN(alphabet=alphabet, layers=tuple(layers), outputs=outputs,
                         empty=self.random.choice((0, 1)))  # fmt: skip

    def machine(self) -> Machine:
        """What the network computes exactly or in this arithmetic, perhaps altered; or anything."""
        draw, kind = self.random, self.random.choice(("own", "altered", "any", *["exact"] * 3))
        chosen = [part for part in self.name.split(":") if part not in ("sr", "fma?")]
        plain = Exactly() if kind == "exact" else Plain(":".join(chosen))
        table = None if kind == "any" else Walk(plain, self.network).machine(40)
        if table is None:
            n = draw.randint(1, 4)
            rows = [[draw.randrange(n) for _ in self.network.alphabet] for _ in range(n)]
            outputs = [draw.choice((0, 1)) for _ in range(n)]
        else:
            rows, outputs = table
            if kind == "altered":
                outputs[draw.randrange(len(outputs))] = draw.choice((0, 1))
        return Machine(alphabet=self.network.alphabet, transitions=rows, initial=0, outputs=outputs)


def check(seed: int) -> str:
    """Compare everything that is claimed of one case; return what it was."""
    case = Draw(seed)
    name, network, machine = case.name, case.network, case.machine()
    try:
        round_parameters(network, parse(name), round_parameters=True)
    except InputError:  # entries beyond the range
        return "refused"
    found = closure(network, machine, name, max_states=STATES, round_parameters=True)
    walk = Walk(Plain(name), network)
    first, closed, states = walk.against(machine, PAIRS)
    told = f"seed {seed}: {name}: {found}; plainly {first}, {closed}, {states}"
    ended = closed and not found.layerwise and not found.reason
    wrong = None if found.wrong_word is None else len(found.wrong_word)
    if found.verdict == "proved":
        assert first is None, told
    elif found.verdict == "wrong":
        assert wrong == first, told
    elif found.verdict == "collision":
        assert wrong in (None, first) or not found.wrong_is_shortest, told
        assert wrong is None or first is None or first <= wrong, told
        assert first is None or explored(found) < max(first, 1), told
        assert first is None or first <= max(map(len, found.words)), told
        one, two = (run_all(walk, word) for word in found.words)
        outputs = [machine.output(word) for word in found.words]
        assert one & two, told
        assert outputs[0] != outputs[1], told
    else:
        assert first is None or first >= found.depth, told
    if found.verdict in ("proved", "wrong") and ended:
        assert states == found.states, told
    if found.verdict != "proved":
        known = horizon(network, machine, name, round_parameters=True, max_states=STATES)
        if isinstance(known, Horizon):
            assert first is None or known.length < first, f"{told}; {known}"
    if proved_by_margin(network, machine, name, round_parameters=True).verdict == "proved":
        assert first is None, f"{told}; by a margin"
    return str(found.verdict)


@pytest.mark.parametrize("first", [0, 20])
def test_random_arithmetics_are_those_of_plain_fractions(first: int) -> None:
    print("seeds from", first)
    seen = Counter(check(seed) for seed in range(first, first + 20))
    assert seen["proved"] > 3
    assert seen["wrong"] + seen["collision"] > 3


@pytest.mark.exhaustive
@pytest.mark.parametrize("first", range(1_000, 2_000, 100))
def test_a_thousand_of_them(first: int) -> None:
    print("seeds from", first)
    seen = Counter(check(seed) for seed in range(first, first + 100))
    assert min(seen["proved"], seen["wrong"], seen["collision"]) > 5


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("e4m3fn:acc32", "e4m3fn:acc32:rtz"),
        ("e4m3fn:acc32", "e4m3fn:acc32:keys-fp32"),
        ("e3m2fn", "e3m2fn:fma"),
        ("fp16:acc32:inputs-e5m2", "fp16:acc32"),
    ],
)
def test_the_wrong_name_is_found_out(name: str, other: str) -> None:
    """The negative twin: the plain semantics of another name gives other states."""
    apart = 0
    for seed in range(60):
        network = Draw(seed).draw_network(unit=True)
        one, two = Walk(Plain(name), network), Walk(Plain(other), network)
        apart += any(run_all(one, word) != run_all(two, word) for word in ("aa", "aaa"))
    assert apart > 3

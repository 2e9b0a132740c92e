"""The bound on one letter's error, against all states of small formats and against mpmath."""

import random
from dataclasses import dataclass, fields, replace
from fractions import Fraction

import mpmath
import pytest

from negeig.claims import InputError
from negeig.precision.closure.choices import ChoiceSemantics
from negeig.precision.closure.held_network import held
from negeig.precision.closure.letter_error import (
    ARITHMETIC_FIELDS,
    FORMAT_FIELDS,
    NoBound,
    letter_error,
)
from negeig.precision.closure.reference import ReferenceSemantics
from negeig.precision.numbers.arithmetic import parse
from negeig.precision.numbers.formats import FORMATS, Format
from negeig.precision.numbers.models import Arithmetic
from negeig.precision.stored import round_parameters
from negeig.theory.networks.network import DeltaStep, DenseStep, Layer, LinearRNN

SMALL = ("e4m3fn", "e5m2", "e3m4", "e2m3fn", "e4m3b11fnuz")
MODELS = (
    *SMALL, *(f"{name}:{kind}" for name in SMALL for kind in ("acc32", "acc32-step")),
    "bf16", "fp16", "bf16:acc32", "bf16:acc32-step", "fp32", "fp32:fma", "grid:2^-3", "grid:2^-6",
    "e4m3fn:rtz", "e5m2:rna", "e4m3fn:ftz", "e3m4:sat:rtz", "e4m3fn:pairwise", "bf16:butterfly",
    "e4m3fn:acc32:sr", "e4m3fn:acc32:fma?", "fp32:fma?", "e5m2:acc32:rtz:ftz", "bf16:acc32-chunk4",
    "fixed8:2^-4", "grid:2^-3:rtz", "grid:2^-4:sr", "fp16:acc64",
)  # fmt: skip


def values(target: Format) -> list[Fraction]:
    """Every finite value of a small format."""
    found = {Fraction(0)}
    for exponent in range(target.emin, target.emax + 1):
        unit = Fraction(2) ** (exponent - target.precision + 1)
        found |= {m * unit for m in range(2**target.precision)}
    kept = [x for x in found if x <= target.max_finite]
    return sorted([*kept, *(-x for x in kept)])


def random_layer(source: random.Random, dim: int) -> Layer:
    """One letter of up to three steps, of entries that the smallest formats have."""

    def entry() -> Fraction:
        return Fraction(source.randint(-8, 8), source.choice((1, 2, 4, 8)))

    def vector() -> tuple[Fraction, ...]:
        return tuple(entry() * source.randint(0, 1) for _ in range(dim))

    def step():
        if source.random() < 0.3:
            return DenseStep(tuple(vector() for _ in range(dim)), vector())
        return DeltaStep(entry(), vector(), entry() * source.randint(0, 1))

    zero = (Fraction(0),) * dim
    return Layer(
        alphabet=("a",), initial=zero, codes=(zero,), emit=(("a",),),
        steps={"a": tuple(step() for _ in range(source.randint(0, 3)))},
    )  # fmt: skip


def prepared(layer: Layer, model: Arithmetic) -> tuple[ChoiceSemantics, Layer]:
    """What one letter may do, every outcome of it, and the layer whose parameters run."""
    network = LinearRNN(alphabet=layer.alphabet, layers=(layer,), outputs={"a": 0}, empty=0)
    stored, _ = round_parameters(network, model, round_parameters=True)
    return ChoiceSemantics(network, stored, model), held(network, stored).layers[0]


def states_in(model: Arithmetic, box, source: random.Random, most: int) -> list[tuple]:
    """Random states of the state format or the grid in a box: its corners among them."""
    found = []
    for _ in range(most):
        state = []
        for low, high in box:
            x = source.choice((low, high, low + (high - low) * Fraction(source.random())))
            if model.grid is not None:
                x = Fraction(round(x * 2**model.grid), 2**model.grid)
            x = model.state.round(x)
            x = Fraction(0) if model.flushes and abs(x) < model.state.normal else x
            state.append(x if low <= x <= high else Fraction(0))
        if all(low <= x <= high for x, (low, high) in zip(state, box, strict=True)):
            found.append(tuple(state))
    return found


def outcomes(run, state) -> list:
    """States after the letter: of a chunk both inside it and at its end."""
    floats = [float(x) for x in state]
    if isinstance(run, ReferenceSemantics):
        return [run.read(0, floats, "a")]
    return [
        *run.read(0, floats, "a"),
        *(run.read(0, floats, "a", ends_chunk=False) if run.arithmetic.chunk else ()),
    ]


def check(run, layer, model, box, states) -> bool:
    """Every state's error is within the bound; False where there is no bound."""
    try:
        bound = letter_error(layer, "a", box, model)
    except NoBound:
        return False
    for state in states:
        exact = layer.apply("a", state)
        for computed in outcomes(run, state):
            errors = [abs(Fraction(x) - y) for x, y in zip(computed, exact, strict=True)]
            assert all(e <= b for e, b in zip(errors, bound, strict=True)), (state, errors, bound)
    return True


@pytest.mark.parametrize("name", MODELS)
def test_no_state_errs_beyond_the_bound(name):
    model, source = parse(name), random.Random(name)
    bounded = 0
    for _ in range(25):
        dim = source.choice((1, 2, 3))
        try:
            run, layer = prepared(random_layer(source, dim), model)
        except InputError:
            continue  # beyond the range of the format
        box = []
        for _ in range(dim):
            one, other = (Fraction(source.randint(-32, 32), 16) for _ in range(2))
            box.append((min(one, other), max(one, other)))
        bounded += check(run, layer, model, tuple(box), states_in(model, box, source, 20))
    assert bounded >= 3, bounded


@pytest.mark.parametrize("name", SMALL)
def test_every_state_of_a_small_format(name):
    """One dimension, all values of the format in a box, and the bound is nearly met by some."""
    model, source = parse(name), random.Random(name)
    tightest = Fraction(0)
    for _ in range(25):
        try:
            run, layer = prepared(random_layer(source, 1), model)
        except InputError:
            continue
        size = source.choice((Fraction(1, 2), Fraction(1), Fraction(3, 2)))
        box = ((-size, size),)
        states = [(x,) for x in values(model.state) if abs(x) <= size]
        if not check(run, layer, model, box, states):
            continue
        (bound,) = letter_error(layer, "a", box, model)
        worst = max(
            abs(Fraction(outcomes(run, (x,))[0][0]) - layer.apply("a", (x,))[0]) for (x,) in states
        )
        tightest = max(tightest, worst / bound if bound else Fraction(worst == 0))
    assert tightest >= Fraction(3, 4)


class AnyOrder(ReferenceSemantics):
    """Sums in random order, products fused with an addition or not at random."""

    source = random.Random(5)

    def _step(self, layer, step, h):
        which = layer.dense[step]
        if which >= 0:
            rows, bias = layer.matrix[which].tolist(), layer.bias[which].tolist()
            return [self._sum(row, h, b) for row, b in zip(rows, bias, strict=True)]
        key = layer.key[step].tolist()
        u = self._sum(key, h, -float(layer.write[step]))
        t = self.multiply(float(layer.beta[step]), u)
        return [self._sum([-k, 1.0], [t, x], 0.0) for k, x in zip(key, h, strict=True)]

    def _sum(self, weights, h, constant):
        """Any tree of additions, the leaves exact products that may be rounded first."""
        terms = [Fraction(k) * Fraction(x) for k, x in zip(weights, h, strict=True)]
        fused = [self.source.random() < 0.5 for _ in terms]
        parts = [
            (t, True) if f else (self._near(t), False) for t, f in zip(terms, fused, strict=True)
        ]
        if constant:
            parts.append((Fraction(constant), False))
        while len(parts) > 1:
            (a, raw), (b, other) = (parts.pop(self.source.randrange(len(parts))) for _ in range(2))
            if raw and other:  # a fused multiply-add leaves one product unrounded
                a = self._near(a)
            parts.append((self._near(a + b), False))
        return float(self._near(parts[0][0])) if parts else 0.0

    def _near(self, x: Fraction) -> Fraction:
        return self.operations.round(x)


@pytest.mark.parametrize("name", ["e4m3fn", "e5m2:acc32", "bf16", "fp16", "fp32", "grid:2^-4"])
def test_the_bound_covers_every_order_and_every_fma(name):
    model, source = parse(name), random.Random(11)
    for _ in range(60):
        dim = source.choice((2, 3, 4))
        try:
            run, layer = prepared(random_layer(source, dim), model)
        except InputError:
            continue
        other = AnyOrder(LinearRNN(alphabet=("a",), layers=(layer,), outputs={"a": 0}, empty=0),
                         run.stored, model)  # fmt: skip
        box = ((Fraction(-3, 4), Fraction(1)),) * dim
        check(other, layer, model, box, states_in(model, box, source, 20))


def test_a_bound_of_mpmath():
    """u = h - 1, t = 3/4 u, h - t in bf16 by mpmath with 8 bits, which rounds to nearest even."""
    model, steps = parse("bf16"), (DeltaStep(Fraction(3, 4), (Fraction(1),), Fraction(1)),)
    layer = Layer(alphabet=("a",), initial=(Fraction(1),), steps={"a": steps},
                  codes=((Fraction(1),),), emit=(("a",),))  # fmt: skip
    (bound,) = letter_error(layer, "a", ((Fraction(-1), Fraction(1)),), model)
    worst = 0
    for significand in range(128, 256):
        for exponent in range(-20, -7):
            for sign in (-1, 1):
                h = sign * mpmath.mpf(significand) * mpmath.mpf(2) ** exponent
                if abs(h) > 1:
                    continue
                with mpmath.workprec(8):
                    computed = h - mpmath.mpf("0.75") * (h - 1)
                with mpmath.workprec(200):
                    worst = max(worst, abs(computed - (h + 3) / 4))
    assert 0.6 * float(bound) <= worst <= float(bound)


def test_what_nothing_rounds_has_no_error():
    """Swaps on a grid, a register that another letter writes, an overwrite with a constant."""
    one, zero = Fraction(1), Fraction(0)
    swap = DeltaStep(one, (one, -one), zero)
    write = DeltaStep(3 * one / 4, (one, zero), one)
    layer = Layer(alphabet=("s", "w", "h"), initial=(one, -one), codes=((one, -one),),
                  emit=(("a",) * 3,), steps={"s": (swap,), "w": (write,), "h": ()})  # fmt: skip
    box = ((-one, one),) * 2
    assert letter_error(layer, "s", box, parse("grid:2^-6")) == (0, 0)
    assert letter_error(layer, "s", box, parse("bf16"))[0] > 0
    for name in ("bf16", "grid:2^-6"):
        assert (
            letter_error(layer, "w", box, parse(name))[1]
            == 0
            < letter_error(layer, "w", box, parse(name))[0]
        )
        assert letter_error(layer, "h", box, parse(name)) == (0, 0)


def test_a_start_that_is_not_on_the_grid_is_rounded():
    third = Fraction(171, 512)  # a value of fp32, not a multiple of 1/8
    layer = Layer(alphabet=("h",), initial=(third,), steps={"h": ()}, codes=((third,),),
                  emit=(("a",),))  # fmt: skip
    assert letter_error(layer, "h", ((third, third),), parse("grid:2^-3")) == (Fraction(1, 16),)


def test_what_is_flushed_counts():
    """A quarter of 2^-5 is subnormal in e4m3fn: held exactly, or made 0."""
    quarter = DenseStep(((Fraction(1, 4),),), (Fraction(0),))
    layer = Layer(alphabet=("a",), initial=(Fraction(1),), steps={"a": (quarter,)},
                  codes=((Fraction(1),),), emit=(("a",),))  # fmt: skip
    box = ((Fraction(0), Fraction(1, 32)),)
    for name, worst in (("e4m3fn", 0), ("e4m3fn:ftz", Fraction(1, 128))):
        run, own = prepared(layer, parse(name))
        (computed,) = outcomes(run, (Fraction(1, 32),))
        assert abs(Fraction(computed[0]) - Fraction(1, 128)) == worst
        assert check(run, own, parse(name), box, [(Fraction(1, 32),), (Fraction(3, 128),)])


def test_a_difference_that_is_flushed():
    """h - 1/32 for h = 5/128 is subnormal in e4m3fn, a multiple of its smallest number."""
    write = DeltaStep(Fraction(1), (Fraction(1),), Fraction(1, 32))
    layer = Layer(alphabet=("a",), initial=(Fraction(1),), steps={"a": (write,)},
                  codes=((Fraction(1),),), emit=(("a",),))  # fmt: skip
    box, inside = ((Fraction(1, 32), Fraction(5, 128)),), (Fraction(5, 128),)
    run, own = prepared(layer, parse("e4m3fn:ftz"))
    assert outcomes(run, inside) == [inside]
    assert check(run, own, parse("e4m3fn:ftz"), box, [inside])
    assert letter_error(own, "a", box, parse("e4m3fn")) == (0,)


def test_a_chunk_rounds_what_is_held_too():
    """A letter that does nothing at the end of a chunk, in a state that is not rounded yet."""
    layer = Layer(alphabet=("a",), initial=(Fraction(1),), steps={"a": ()},
                  codes=((Fraction(1),),), emit=(("a",),))  # fmt: skip
    box, inside = ((Fraction(0), Fraction(1)),), (Fraction(0.1),)
    for name, worst in (("bf16:acc32", 0), ("bf16:acc32-chunk4", Fraction(1, 512))):
        assert letter_error(layer, "a", box, parse(name)) == (worst,)
    run, own = prepared(layer, parse("bf16:acc32-chunk4"))
    assert outcomes(run, inside)[0] != inside
    assert check(run, own, parse("bf16:acc32-chunk4"), box, [inside])


def test_overflow_has_no_bound():
    """The same step, once beyond the largest number of the format: 448, and 57344."""
    step = DeltaStep(Fraction(2), (Fraction(8),), Fraction(0))
    layer = Layer(alphabet=("a",), initial=(Fraction(1),), steps={"a": (step,)},
                  codes=((Fraction(1),),), emit=(("a",),))  # fmt: skip
    box = ((Fraction(-8), Fraction(8)),)
    assert letter_error(layer, "a", box, parse("e5m2"))
    with pytest.raises(NoBound, match="e4m3fn may overflow"):
        letter_error(layer, "a", box, parse("e4m3fn"))


def test_parameters_must_be_held():
    step = DeltaStep(Fraction(1, 3), (Fraction(1),), Fraction(0))
    layer = Layer(alphabet=("a",), initial=(Fraction(1),), steps={"a": (step,)},
                  codes=((Fraction(1),),), emit=(("a",),))  # fmt: skip
    with pytest.raises(ValueError, match="bf16 does not hold 1/3"):
        letter_error(layer, "a", ((Fraction(0), Fraction(1)),), parse("bf16"))


def test_what_is_not_modelled_is_refused():
    """Every field is known here, so whoever adds one has to say what it does to the error."""
    assert {f.name for f in fields(Arithmetic)} <= {*ARITHMETIC_FIELDS, "flushes_operands", "sums"}
    assert {f.name for f in fields(Format)} <= set(FORMAT_FIELDS)

    @dataclass(frozen=True, kw_only=True)
    class Scaled(Arithmetic):
        scale: int = 1

    layer = Layer(alphabet=("a",), initial=(Fraction(1),), steps={"a": ()},
                  codes=((Fraction(1),),), emit=(("a",),))  # fmt: skip
    bf16 = FORMATS["bf16"]
    known = Scaled(name="x", parameters=bf16, operations=bf16, state=bf16)
    box = ((Fraction(0), Fraction(1)),)
    assert letter_error(layer, "a", box, known) == (0,)
    with pytest.raises(NoBound, match="scale = 2"):
        letter_error(layer, "a", box, replace(known, scale=2))
    with pytest.raises(NoBound, match="flushes_operands = True"):
        letter_error(layer, "a", box, parse("fp16:daz"))
    with pytest.raises(NoBound, match="errors are not bounded for sums"):
        letter_error(layer, "a", box, parse("bf16:sum32"))
    with pytest.raises(NoBound, match="rounded = 'tile'"):
        letter_error(layer, "a", box, replace(known, rounded="tile"))
    with pytest.raises(NoBound, match="lose what is stored"):
        letter_error(layer, "a", box, replace(known, operations=FORMATS["e4m3fn"]))

"""Decoding means one thing: the fast float64 decoder beside the exact one."""

import random
from fractions import Fraction as F

import numpy as np
import pytest

from negeig.kernels._decoder_compiled import equal, nearest
from negeig.kernels.codebook import Codebook
from negeig.kernels.decoder import FastDecoder
from negeig.precision.closure.decode import Decoder
from negeig.theory.exact.numbers import Number, NumberField, Vector
from negeig.theory.networks.network import Layer
from support.kernel_networks import vector

ROOT2 = NumberField((-2, 0, 1), "1.41421356237309504880168872420969807857").element([0, 1])
SCALES = {
    "integers": F(1),
    "dyadics": F(3, 8),
    "thirds": F(1, 3),
    "tiny": F(1, 2**70),
    "roots": ROOT2,
}
EXACT = ("integers", "dyadics")


def codebook(codes: list[Vector]) -> Codebook:
    """The codes of a layer that emits the number of its code."""
    names = tuple(map(str, range(len(codes))))
    layer = Layer(
        alphabet=("a",),
        initial=vector(*[0] * len(codes[0])),
        steps={"a": ()},
        codes=tuple(codes),
        emit=tuple((name,) for name in names),
    )
    return Codebook(layer, names)


def states_among(codes: list[Vector], r: random.Random) -> np.ndarray:
    """States on codes, between two, near them, far from all, and 0."""
    points = np.array([[float(x) for x in code] for code in codes])
    one, other = (points[r.choices(range(len(codes)), k=40)] for _ in range(2))
    factor = np.array(r.choices([0, 0, 0.5, 0.5, 1, 0.25, 1 / 3, 7], k=40))[:, None]
    states = (one + factor * (other - one)).astype(np.float32)
    for state in states[20:]:
        j = r.randrange(len(state))
        state[j] = np.nextafter(state[j], np.float32(r.choice([-9, 9])))
    states *= np.array(r.choices([1, 1, 1, 2.0**-30, 2.0**-100, 2.0**20], k=40))[:, None]
    return states.astype(np.float32)


def half_distance(code: Vector, state: list[float]) -> Number:
    """Half the squared distance of a code, but for what is the same for all codes."""
    terms = (c * c * F(1, 2) - c * F(h) for c, h in zip(code, state, strict=True))
    return sum(terms, F(0))


@pytest.mark.parametrize("kind", SCALES)
def test_the_fast_decoder_is_the_exact_one_or_as_near_as_it_says(kind: str) -> None:
    r, ties, differing = random.Random(7), 0, 0
    for _ in range(40):
        dim, count = r.randint(1, 4), r.randint(1, 7)
        codes = [
            tuple(SCALES[kind] * F(r.randint(-3, 3)) for _ in range(dim)) for _ in range(count)
        ]
        book, exact = codebook(codes), Decoder(codes)
        states = states_among(codes, r)
        letters = np.zeros(len(states), np.int32)
        emitted = FastDecoder(book).symbols(states, letters, 0, len(states))
        entry = max(abs(float(x)) for code in codes for x in code)
        for h, symbol in zip(states, emitted, strict=True):
            right = exact.nearest(h.tolist())
            found = nearest(h, book.points, book.half_norms)
            least = half_distance(codes[right], h.tolist())
            ties += sum(half_distance(code, h.tolist()) == least for code in codes) > 1
            differing += not found == symbol == right
            norm = float(np.abs(h).sum(dtype=np.float64))
            allowed = entry * norm + 2 * float(book.half_norms.max())
            allowed *= count * (dim + 4) * 2.0**-52
            for code in (found, symbol):
                assert not half_distance(codes[code], h.tolist()) - least > F(allowed)
    assert ties > 30
    assert differing == 0 or kind not in EXACT


def test_a_state_that_is_not_finite_has_no_code() -> None:
    book = codebook([vector(1, 0), vector(0, 1)])
    for bad in (np.nan, np.inf, -np.inf):
        for state in ([bad, 0], [0, bad]):
            h = np.array([state], np.float32)
            assert FastDecoder(book).symbols(h, np.zeros(1, np.int32), 0, 1).tolist() == [-1]
            assert Decoder(book.codes).nearest(state) is None


def test_a_ball_holds_no_state_of_another_code() -> None:
    r = random.Random(0)
    for _ in range(400):
        dim, count = r.randint(1, 4), r.randint(1, 6)
        codes = [vector(*(F(r.randint(-4, 4), 2) for _ in range(dim))) for _ in range(count)]
        scale = 2.0 ** r.choice([0, 0, 1, -1, -30, -100, 20])
        h = np.array([r.randint(-6, 6) / 4 * scale for _ in range(dim)], np.float32)
        book, expected = codebook(codes), Decoder(codes).nearest(h.tolist())
        assert nearest(h, book.points, book.half_norms) == expected, (codes, h)
        square = ((h.astype(np.float64) - book.points) ** 2).sum(axis=1)
        for c in np.flatnonzero(square < book.radii):
            assert c == expected, "a code's ball holds a state that is nearer to another code"


def test_the_exact_decoder_finds_the_nearest_code() -> None:
    """By distances that are written out once more, and not from the decoder's formula."""
    r = random.Random(0)
    for _ in range(400):
        dim, count = r.randint(1, 4), r.randint(1, 6)
        codes = [vector(*(F(r.randint(-4, 4), 2) for _ in range(dim))) for _ in range(count)]
        scale = 2.0 ** r.choice([0, 0, 1, -1, -30, -100, 20])
        state = [r.randint(-6, 6) / 4 * scale for _ in range(dim)]

        def distance(code: Vector, state: list[float] = state) -> F:
            return sum(((F(x) - c) ** 2 for x, c in zip(state, code, strict=True)), F(0))

        expected = min(range(count), key=lambda c: (distance(codes[c]), c))
        assert Decoder(codes).nearest(state) == expected, (codes, state)


def test_equal_codes_are_found_by_bisection() -> None:
    grid = [vector(x, y) for x in (0, 2, -1) for y in (1, -3)] + [vector(0, 1), vector(2, -3)]
    book = codebook(grid)
    for x in np.arange(-3, 4, 0.5, np.float32):
        for y in np.arange(-4, 3, 0.5, np.float32):
            expected = next((c for c, g in enumerate(grid) if g == (F(float(x)), F(float(y)))), -1)
            assert equal(np.array([x, y]), book.points, book.order) == expected
    assert equal(np.array([np.nan, 1], np.float32), book.points, book.order) == -1


def test_radii_cover_every_code_that_stands_alone() -> None:
    radii = codebook([vector(0, 0), vector(0, 2), vector(0, 0), vector(5, 2)]).radii
    assert radii[0] == radii[2] == 0
    assert 0.99 < radii[1] < 1
    assert 6.2 < radii[3] < 6.25
    near = codebook([vector(1), vector(1 + F(1, 2**25)), vector(9)]).radii
    assert near[0] == near[1] == 0, "too close, for their size, to be told apart by a ball"
    assert 15 < near[2] < 16

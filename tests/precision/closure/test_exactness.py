"""Exactness in any order, held to brute force: chunks in exact rationals, and in rounded sums."""

import random
from fractions import Fraction as F
from itertools import product

import pytest

from negeig.claims import LimitReached
from negeig.kernels.standard_suite import TASKS
from negeig.precision.closure import moved_keys
from negeig.precision.closure.delta_sums import DeltaSums
from negeig.precision.closure.exactness import any_order
from negeig.precision.closure.moved_keys import NoOrbit, orbits
from negeig.precision.closure.spans import NOTHING, NotDyadic, Span
from negeig.precision.numbers.formats import FORMATS, FP32
from negeig.precision.stored import nearest
from negeig.theory.networks.network import DenseStep, Layer, LinearRNN
from support.chunk_forms import (
    INVERSES,
    Recorder,
    Rounded,
    columns,
    positions_of,
    recurrence,
    reflection,
    rows,
)

MOST_POSITIONS = 8


def network_of(steps, initial):
    """One layer; its codes are of no account here."""
    zero = (F(0),) * len(initial)
    layer = Layer(
        alphabet=tuple(steps), initial=tuple(map(F, initial)), steps=steps, codes=(zero,),
        emit=(("x",) * len(steps),),
    )  # fmt: skip
    return LinearRNN(alphabet=tuple(steps), layers=(layer,), outputs={"x": 0}, empty=0)


def random_step(r, dim):
    i, j = r.sample(range(dim), 2)
    key = [0] * dim
    kind = r.randrange(4 if dim < 4 else 5)
    if kind == 0:
        key[i], key[j] = 1, r.choice((1, -1))
        return reflection(key, 1)
    if kind == 1:
        key[i] = 1
        return reflection(key, r.choice((1, 2)), r.choice((0, 1, -2)))
    if kind == 2:
        key[i], key[j] = 2, -2
        return reflection(key, F(1, 4), r.choice((0, 4)))
    if kind == 3:
        key[i] = F(4, r.choice((1, 2, 8)))
        return reflection(key, r.choice((1, 2)) / key[i] ** 2)
    return reflection([F(r.choice((1, -1)), 2) for _ in range(dim)], 2)


def random_network(seed):
    """Two or three letters of up to two steps; None where an orbit is endless, or long."""
    r = random.Random(seed)
    dim = r.choice((2, 3, 4))
    letters = "abc"[: r.choice((2, 3))]
    steps = {a: tuple(random_step(r, dim) for _ in range(r.choice((0, 1, 1, 2)))) for a in letters}
    network = network_of(steps, [r.randint(-3, 3) for _ in range(dim)])
    try:
        orbits(network.layers[0], max_vectors=3_000)
    except (NoOrbit, LimitReached):
        return None
    return network


def chunks_of(layer, longest, first=False):
    """Every state and every stretch of positions that follows it, of all words up to a length."""
    seen = set()
    for length in range(1, longest + 1):
        for word in product(layer.alphabet, repeat=length):
            steps, state = positions_of(layer, word), layer.initial
            if first:
                steps, state = [reflection(state, 1, 1), *steps], (F(0),) * layer.dim
            for start in range(len(steps)):
                chunk = tuple(steps[start : start + MOST_POSITIONS])
                if (state, chunk) not in seen:
                    seen.add((state, chunk))
                    yield list(state), list(chunk)
                state = steps[start].apply(state)


NETWORKS = {seed: made for seed in range(60) if (made := random_network(seed))}


def sizes(values):
    """Magnitudes: a format that holds a number holds its negative."""
    return set(map(abs, values))


def recorded(layer, longest, first=False):
    """All that is added up in chunks of all short words, in both forms, and what comes of it."""
    sums, of_columns, operands = Recorder(), Recorder(), {}
    for state, steps in chunks_of(layer, longest, first):
        recurrence(sums, steps, state)
        after = columns(of_columns, steps, state)
        assert columns(of_columns, steps, state, "blocks") == after
        for inverse in INVERSES:
            states, found = rows(sums, steps, state, inverse)
            assert states == after
            for name, table in found.items():
                operands.setdefault(name, set()).update(x for row in table for x in row)
    return sums, of_columns, operands


def check_bounds(network, longest, first=False):
    (layer,) = network.layers
    sums, of_columns, seen = recorded(layer, longest, first)
    known = DeltaSums(orbits(layer, first_position=first), layer.dim)
    for form, made in ((False, sums), (True, of_columns)):
        bounds = any_order(network, columns=form, first_position=first).bounds(1)
        held = known.operands | (known.columns() if form else known.rows())[0]
        values = sizes(x for own in held.values() for x in own) | {F(1)}
        for name, total in made.totals.items():
            unheld = made.operands[name] - values
            assert not unheld or name == "U = T V'", (name, unheld)
            if name == "one":
                continue
            own = [bound for bound in bounds if bound.quantity == name]
            assert total <= max(b.total(MOST_POSITIONS) for b in own), name
            unit = min(b.unit for b in own)
            assert all((term / unit).denominator == 1 for term in made.terms[name]), name
    for name, values in (known.operands | known.rows()[0]).items():
        assert sizes(seen.get(name, ())) - {F(1)} <= sizes(values), name
    return sums, seen


def test_keys_are_moved_to_where_they_read_more():
    """The first key, of length 1, is moved onto the line of the last, and read 8 with beta 2."""
    steps = {
        "a": (reflection((1, 0), 2),),
        "b": (reflection((1, -1), 1),),
        "c": (reflection((0, 4), F(1, 8)),),
    }
    network = network_of(steps, (1, 2))
    _, seen = check_bounds(network, 4)
    assert (
        max(seen["T"])
        == 8
        == Span.of(DeltaSums(orbits(network.layers[0]), 2).rows()[0]["T"]).largest
    )


@pytest.mark.parametrize("seed", list(NETWORKS)[:3])
@pytest.mark.parametrize("first", [False, True])
def test_what_is_added_up_is_within_the_bounds(seed, first):
    if not first or orbit_is_short(NETWORKS[seed]):
        check_bounds(NETWORKS[seed], 2, first)


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", list(NETWORKS)[::2])
def test_what_longer_words_add_up_is_within_the_bounds(seed):
    check_bounds(NETWORKS[seed], 4)
    if orbit_is_short(NETWORKS[seed]):
        check_bounds(NETWORKS[seed], 3, first=True)


def orbit_is_short(network):
    """Whether it is with the first position that makes the initial state; its key is long."""
    try:
        orbits(network.layers[0], first_position=True, max_vectors=20_000)
    except (NoOrbit, LimitReached):
        return False
    return True


def test_the_bounds_are_attained():
    """Where chunks of eight positions go through the whole group, nothing smaller would do."""
    network = TASKS["s3-swaps"].network
    sums, seen = check_bounds(network, 5)
    own = DeltaSums(orbits(network.layers[0]), 3)
    for name, values in (own.operands | own.rows()[0]).items():
        if name in seen:
            assert sizes(values) == sizes(seen[name]) | (sizes(values) & {0}), name
    lines = {b.quantity: b for b in any_order(network).bounds(1)}
    assert (sums.totals["(beta K) K^T"], lines["(beta K) K^T"].total(0)) == (2, 3)
    assert sums.totals["N = U - W S"] >= lines["N = U - W S"].total(0) / 2
    assert sums.totals["T"] >= lines["T"].total(5) / 4


@pytest.mark.parametrize("seed", list(NETWORKS)[:6])
def test_every_order_of_sums_gives_the_same_numbers(seed):
    network = NETWORKS[seed]
    layer = network.layers[0]
    known = any_order(network)
    assert not known.problem(MOST_POSITIONS)
    assert known.largest_chunk > 1_000
    chunks = random.Random(seed).sample(sorted(chunks_of(layer, 4), key=repr), 6)
    for state, steps in chunks:
        exact = recurrence(Recorder(), steps, state)
        for order in range(5):
            dot = Rounded(order, fused=order % 2 == 1)
            assert recurrence(dot, steps, state) == exact
            for inverse in ("substitution", "blocks"):
                assert columns(dot, steps, state, inverse) == exact, inverse
            for inverse in INVERSES:
                assert rows(dot, steps, state, inverse)[0] == exact, inverse


def swaps(small, large):
    """Two numbers far apart, and a letter that exchanges them."""
    return network_of({"s": (reflection((1, -1), 1),)}, (small, large))


def test_where_a_chunk_takes_more_bits_some_order_rounds():
    """The recurrence rounds nothing; n_1 + n_3 + n_5 takes 25 bits, and chunks of 2 are refused."""
    network = swaps(1, 2**23)
    known = any_order(network)
    assert (known.problem(0), known.largest_chunk) == ("", 1)
    assert known.problem(2) == (
        "layer 0, N = T (beta V - beta K S): its terms are multiples of 1 and may add up to "
        "25165821, which takes 25 bits; fp32 has 24"
    )
    layer = network.layers[0]
    steps, state = positions_of(layer, "s" * 6), list(layer.initial)
    exact = recurrence(Recorder(), steps, state)
    ends = [(recurrence(dot, steps, state) == exact, rows(dot, steps, state)[0] == exact)
            for dot in (Rounded(seed, fused=False) for seed in range(40))]  # fmt: skip
    assert {one for one, _ in ends} == {True}
    assert {chunk for _, chunk in ends} == {True, False}


def test_where_one_position_takes_more_bits_it_is_refused():
    """A coordinate scaled by 2^12 once more: k.h takes 35 bits, and is rounded in every order.

    It is multiplied by beta, so it is refused as an operand; wider ones are refused as a sum.
    """
    network = swaps(1, 2**35)
    known = any_order(network)
    assert known.largest_chunk == 0
    assert known.problem() == "layer 0, K S: fp32 is to hold it, and it may be 34359738367"
    wide = any_order(network, operands=FORMATS["fp64"])
    assert "layer 0, k.h - v: its terms are multiples of 1" in wide.problem()
    layer = network.layers[0]
    steps, state = positions_of(layer, "s"), list(layer.initial)
    assert recurrence(Rounded(0, fused=False), steps, state) != recurrence(Recorder(), steps, state)


@pytest.mark.parametrize("name", ["bf16", "fp32"])
def test_a_key_over_the_root_of_two_is_refused(name):
    """As it is, and as a format rounds it: its orbit never ends."""
    network = TASKS["s5-root"].network
    with pytest.raises(NotDyadic, match=r"the key of letter .*, step 0: .* is irrational"):
        any_order(network)
    (layer,) = network.layers
    rounded = {
        letter: tuple(
            reflection([F(nearest(x, FORMATS[name])) for x in step.key], step.beta)
            for step in steps
        )
        for letter, steps in layer.steps.items()
    }
    with pytest.raises(NoOrbit, match=r"the key of letter .* moved by positions, has an entry of"):
        any_order(network_of(rounded, layer.initial))


def test_dense_steps_and_thirds_are_refused():
    step = DenseStep(((F(1, 2),),), (F(0),))
    with pytest.raises(NotDyadic, match="letter 'a', step 0 is a dense step, such as a decay"):
        any_order(network_of({"a": (step,)}, (1,)))
    with pytest.raises(NotDyadic, match="the beta of letter 'a', step 0: 2/3 is no multiple"):
        any_order(network_of({"a": (reflection((1,), F(2, 3)),)}, (1,)))
    with pytest.raises(NotDyadic, match="the initial state: 1/3 is no multiple"):
        any_order(network_of({"a": ()}, (F(1, 3),)))


def test_contractions_expansions_and_long_orbits_end(monkeypatch):
    for beta in (F(1, 2), 3):
        step = reflection((1,), beta)
        with pytest.raises(NoOrbit, match=r"the key of letter .a., step 0, .* without bounds"):
            any_order(network_of({"a": (step,)}, (1,)))
    with pytest.raises(LimitReached, match=r"moved keys and states: .* --max-closure"):
        any_order(TASKS["s5-swaps"].network, max_vectors=50)
    monkeypatch.setattr(moved_keys, "REPORT_EVERY", 100)
    with pytest.raises(LimitReached, match="it was told"):
        any_order(TASKS["s5-swaps"].network, progress=told_to_stop)


def test_operands_are_values_of_their_format():
    """257 is no bf16; sums of 24 bits hold it."""
    network = swaps(0, 257)
    assert not any_order(network).problem(64)
    assert any_order(network, read=FORMATS["bf16"]).problem() == (
        "layer 0, S: bf16 is to hold it, and it may be 257"
    )
    known = any_order(network, operands=FORMATS["bf16"])
    assert known.problem() == "layer 0, S: bf16 is to hold it, and it may be 257"
    assert not any_order(swaps(0, 256), operands=FORMATS["bf16"]).problem(64)
    apart = swaps(128, -129 + 256)  # the state fits, its differences do not where they are added
    assert not any_order(apart, operands=FORMATS["bf16"]).problem()
    # One position multiplies k.h by beta, and the result by k: both are operands there too.
    wide = any_order(swaps(-127, 130), operands=FORMATS["bf16"])
    assert wide.problem() == "layer 0, K S: bf16 is to hold it, and it may be 257"
    assert "layer 0, N: bf16 is to hold it, and it may be 257" in wide.unheld


def power(exponent):
    return F(2) ** exponent


OUTSIDE = "outside the normal numbers from 2^-126 to 3.40282e+38"


@pytest.mark.parametrize(
    ("key", "beta", "write", "state", "problem"),
    [
        (0, power(127), power(127), 1, "beta V: fp32 is to hold it, and it may be 2^254"),
        (power(127), 0, 0, 2, "K S: fp32 is to hold it, and it may be 2^128"),
        (power(64), power(-127), 0, power(-10), "beta: fp32 is to hold it, and it may be 2^-127"),
        (power(-127), 0, 0, 0, "K: fp32 is to hold it, and it may be 2^-127"),
        (0, 0, power(128), 0, "V: fp32 is to hold it, and it may be 2^128"),
        (1, 2, 0, power(-127), "S: fp32 is to hold it, and it may be 2^-127"),
        (2, 0, 0, power(127), "K S: fp32 is to hold it, and it may be 2^128"),
    ],
)
def test_what_moves_nothing_and_what_is_out_of_range_is_multiplied_all_the_same(
    key, beta, write, state, problem
):
    """In float32 each of these is inf, NaN or flushed, in a form that the page lists."""
    known = any_order(network_of({"a": (reflection((key,), beta, write),)}, (state,)))
    assert known.problem() == known.problem(1) == f"layer 0, {problem}, {OUTSIDE}"
    assert known.largest_chunk == 0


def test_a_step_of_zeros_is_padding():
    steps = {"a": (reflection((1, -1), 1),), "b": (reflection((0, 0), 0),)}
    assert len(orbits(network_of(steps, (1, 2)).layers[0]).positions) == 1
    steps["c"] = (reflection((0, 0), 0, 4),)
    assert len(orbits(network_of(steps, (1, 2)).layers[0]).positions) == 2


def test_t_times_beta_is_an_operand():
    """T = 2 and beta = 2^127; the loop has no T."""
    known = any_order(network_of({"a": (reflection((power(-63),), power(127)),)}, (1,)))
    assert (known.problem(), known.largest_chunk) == ("", 0)
    outside = f"fp32 is to hold it, and it may be 2^128, {OUTSIDE}"
    assert known.problem(2) == f"layer 0, T beta: {outside}"


def scaled_by(growth):
    """Times -2^n and back, of key 1: T is (2^n + 1)^2 / 2^n, and its powers of two."""
    beta = F(1 + 2**growth)
    return network_of({"a": (reflection((1,), beta), reflection((1,), beta / 2**growth))}, (1,))


def test_t_times_beta_takes_more_bits_than_either():
    known = any_order(scaled_by(1), operands=FORMATS["e5m2"])
    assert known.problem() == ""
    assert known.problem(2) == "layer 0, T beta: e5m2 is to hold it, and it may be 18"
    assert not any_order(scaled_by(1), operands=FORMATS["e4m3"]).problem(2)
    known = any_order(scaled_by(4), operands=FORMATS["bf16"], sums=FORMATS["fp64"])
    assert known.problem(2) == "layer 0, T beta: bf16 is to hold it, and it may be 4624"
    assert not any_order(scaled_by(2), operands=FORMATS["bf16"]).problem(2)


def test_operands_of_fp16_are_normal_numbers_of_it():
    fp16, fp32 = FORMATS["fp16"], FORMATS["fp32"]
    step = reflection((power(14),), power(-27))
    assert any_order(network_of({"a": (step,)}, (0,)), operands=fp32).problem(2) == ""
    known = any_order(network_of({"a": (step,)}, (0,)), operands=fp16)
    outside = "outside the normal numbers from 2^-14 to 65504"
    assert known.problem() == f"layer 0, beta: fp16 is to hold it, and it may be 2^-27, {outside}"
    wide = any_order(network_of({"a": (reflection((1,), 1, -40_000),)}, (40_000,)), operands=fp16)
    assert wide.problem() == f"layer 0, V - K S: fp16 is to hold it, and it may be 80000, {outside}"
    assert wide.problem(2) == wide.problem()


def test_sums_beyond_the_range_are_not_said_to_lack_bits():
    """Each product is 2^126, and four of them are 2^128."""
    network = network_of({"a": (reflection((power(63),) * 4, 0),)}, (0,) * 4)
    for form in (False, True):
        known = any_order(network, columns=form)
        assert known.problem() == ""
        outside = f"K K^T: fp32 is to hold it, and it may be 2^128, {OUTSIDE}"
        assert known.problem(1) == f"layer 0, {outside}"
    known = any_order(
        network_of({"a": (reflection((1,), 1),)}, (power(127),)),
        operands=FORMATS["fp64"],
    )
    assert known.problem() == (
        "layer 0, h + beta k (v - k.h): its terms are multiples of 2^127 and may add up to "
        f"2^128, {OUTSIDE} of fp32"
    )


def test_sums_that_are_multiplied_are_held_as_operands():
    """V' of the low-rank form is added up in 24 bits, and multiplied by T in 8."""
    network = network_of({"a": (reflection((1, 0), 1, 3),)}, (0, 0))
    known = any_order(network, operands=FORMATS["bf16"], columns=True)
    assert known.largest_chunk == 86
    assert known.problem(87).endswith("may add up to 258, which takes 9 bits; bf16 has 8")
    assert any_order(network, columns=True).largest_chunk > 1_000


def test_u_of_the_low_rank_form_is_an_operand():
    """The steps keep the state; from 0 they swap what is missing of it, and read up to 301."""
    start = (0, 100, 201)
    steps = {a: (reflection(key, 1, sum(x * h for x, h in zip(key, start, strict=True))),)
             for a, key in (("a", (1, -1, 0)), ("b", (0, 1, -1)))}  # fmt: skip
    network, bf16 = network_of(steps, start), FORMATS["bf16"]
    assert len(orbits(network.layers[0]).states) == 1
    known = any_order(network, operands=bf16, columns=True)
    assert (known.problem(), known.largest_chunk) == ("", 0)
    assert known.problem(2) == "layer 0, U: bf16 is to hold it, and it may be 301"
    assert any_order(network, columns=True).problem(64) == ""


def test_fewer_bits_of_sums_hold_shorter_chunks():
    network = TASKS["s5-swaps"].network
    most = {name: any_order(network, sums=FORMATS[name]).largest_chunk
            for name in ("bf16", "fp16", "fp32")}  # fmt: skip
    assert most == {"bf16": 32, "fp16": 256, "fp32": 2**21}


@pytest.mark.parametrize("size", range(1, 40))
def test_spans_are_what_they_say(size):
    """Sums, products and unions of random sets, against all of them."""
    r = random.Random(size)
    sets = [[F(r.randint(-size, size), 2 ** r.randint(0, 5)) for _ in range(3)] for _ in range(2)]
    one, two = map(Span.of, sets)
    for span, values in (
        (one, sets[0]),
        (one | two, sets[0] + sets[1]),
        (one + two, [a + b for a in sets[0] for b in sets[1]]),
        (one * two, [a * b for a in sets[0] for b in sets[1]]),
        (3 * one, [a + b + c for a in sets[0] for b in sets[0] for c in sets[0]]),
    ):
        assert all((x / span.unit).denominator == 1 and abs(x) <= span.largest for x in values)
        assert all(abs(x) < 2**-126 or span.fits(FP32) for x in values)
    assert Span.of([]) == Span.of([0]) == NOTHING
    assert (one + NOTHING, one | NOTHING, (one * NOTHING).largest) == (one, one, 0)


def told_to_stop(count):
    raise LimitReached("vectors", 0, reached=count, detail="it was told")


def test_enough_random_networks_have_finite_orbits():
    assert len(NETWORKS) >= 12
    assert any(step.write for n in NETWORKS.values() for a in n.layers[0].steps.values()
               for step in a)  # fmt: skip
    assert any(n.layers[0].steps_per_token == 2 for n in NETWORKS.values())

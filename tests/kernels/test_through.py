"""Closure through an implementation: the counts of the arithmetic that it is, faults, limits."""

import struct
from dataclasses import replace

import numpy as np
import pytest

from negeig import api
from negeig.claims import InputError, LimitReached, Stopped
from negeig.kernels import assumptions
from negeig.kernels.conforming import refusal
from negeig.kernels.positions import Positions
from negeig.kernels.registry import find
from negeig.kernels.standard_suite import TASKS, Task
from negeig.kernels.through import LayerTable, Through, bits
from negeig.kernels.through_closure import close_through
from negeig.precision.closure.decode import decoder_of
from negeig.precision.closure.reference import ReferenceSemantics
from negeig.precision.closure.rounded_closure import closure
from negeig.precision.numbers.arithmetic import parse
from negeig.precision.numbers.formats import FORMATS
from negeig.precision.stored import round_parameters, store
from support.faulty_kernels import FAULTS, Loop, changed, implementation
from support.kernel_networks import dense, no_layers, random_pair, two_layers


class InOrder(Loop):
    """The reference arithmetic ``fp32``: positions that stand for no step do nothing."""

    def moved(self, asked, t, h):
        key, beta, write = asked.key[:, t], asked.beta[:, t], asked.write[:, t]
        with np.errstate(all="ignore"):
            s = self.dot(key, h)
            amount = beta * np.where(write == 0, s, s - write)
            after = self.added(h, -key, amount[:, None])
        nothing = (beta == 0) & (write == 0) & (key == 0).all(axis=1)
        return np.where(nothing[:, None], h, self.stored(after))

    def added(self, h, key, amount):
        return h + key * amount


class FromTheRight(InOrder):
    def dot(self, key, h):
        return super().dot(key[:, ::-1], h[:, ::-1])


class FusedMultiplyAdd(InOrder):
    """Products of two float32 are added in 64 bits, which is exact here, and rounded once."""

    def dot(self, key, h):
        s = key[:, 0] * h[:, 0]
        for j in range(1, key.shape[1]):
            s = self.added(s, key[:, j], h[:, j])
        return s

    def added(self, h, key, amount):
        wide = np.longdouble
        return (h.astype(wide) + key.astype(wide) * amount.astype(wide)).astype(np.float32)


def through(kernel, task, dtype="fp32", most=20_000, **changes):
    one = implementation(kernel, **changes)
    return close_through(one, task.network, task.machine, dtype, max_states=most)


def turns():
    """S3 by turns and mirrors of a triangle, whose entries no format holds."""
    made = api.compile(zoo="sym:3")
    return Task(name="turns", network=made.network, machine=made.machine, about="")


def held(found):
    return [assumed.name for assumed in found.assumptions if assumed.held]


def failed(found):
    return [assumed.name for assumed in found.assumptions if not assumed.held]


ALL = ["deterministic", "batch_independent", "split_is_whole"]
UNLIKE = {"s5-root", "resets", "decaying-digits"}  # endless, or a decay is a matrix there
DELTA = [name for name, task in TASKS.items() if name not in UNLIKE and task.key_scale == 1]


@pytest.mark.parametrize("name", [*DELTA, "turns"])
def test_the_reference_order_gives_the_states_of_fp32_bit_for_bit(name):
    task = turns() if name == "turns" else TASKS[name]
    expected = closure(task.network, task.machine, "fp32", round_parameters=True)
    found = through(InOrder(), task)
    assert replace(found, assumptions=()) == expected
    assert found.verdict == "proved"
    assert held(found) == ALL
    if name == "turns":
        assert found.states == 620
    if name == "digits":
        assert found.states == 11_263


def test_the_bits_themselves_are_those_of_the_reference():
    task, model = turns(), parse("fp32")
    stored, _ = round_parameters(task.network, model, round_parameters=True)
    reference = ReferenceSemantics(task.network, stored, model)
    run = Through(implementation(InOrder()), InOrder(), task.network, "fp32")
    pairs, seen = [(run.initial(), reference.initial())], {}
    for mine, other in pairs:
        if mine in seen:
            assert seen[mine] == other
            continue
        seen[mine] = other
        (values,) = reference.values(other)
        assert run.layers[0].handed[mine[0]] == struct.pack(f"<{len(values)}f", *values)
        for letter in task.network.alphabet:
            (after, symbol), (then, expected) = (
                run.step(mine, letter),
                reference.step(other, letter),
            )
            assert symbol == expected
            pairs.append((after, then))
    assert len(seen) == len(set(seen.values())) == 620


def reference_errs(network, machine, word):
    model = parse("fp32")
    stored, _ = round_parameters(network, model, round_parameters=True)
    reference = ReferenceSemantics(network, stored, model)
    state, symbol = reference.initial(), None
    for letter in word:
        state, symbol = reference.step(state, letter)
    return symbol is None or network.outputs[symbol] != machine.output(word)


def test_random_networks_end_as_in_fp32(monkeypatch):
    """Right ones are rare: these collide, err, overflow, and have several layers."""
    monkeypatch.setattr(assumptions, "LENGTHS", (1, 2, 3, 33))
    verdicts, depths, count, beyond = set(), set(), 0, []
    for seed in range(60):
        network, machine = random_pair(seed)
        task = Task(name="random", network=network, machine=machine, about="")
        if refusal(implementation(InOrder()), task, "fp32"):
            continue
        count += 1
        expected = closure(network, machine, "fp32", max_states=200, round_parameters=True)
        found = through(InOrder(), task, most=200)
        if expected.verdict == "open" != found.verdict:  # a long word that was tried errs
            assert reference_errs(network, machine, found.wrong_word)
            beyond.append(seed)
            continue
        wrong = found.wrong_word if expected.wrong_word is None else expected.wrong_word
        assert replace(found, assumptions=()) == replace(expected, wrong_word=wrong), seed
        assert held(found) == ALL
        verdicts.add(found.verdict)
        depths.add(len(network.layers))
    assert count > 10
    assert beyond
    assert verdicts >= {"collision", "wrong"}
    assert len(depths) > 1


def test_another_order_of_sums_has_its_own_count_and_its_own_proof():
    fused = through(FusedMultiplyAdd(), turns())
    expected = closure(turns().network, turns().machine, "fp32:fma", round_parameters=True)
    assert (fused.verdict, held(fused)) == ("proved", ALL)
    assert replace(fused, assumptions=()) == expected
    assert fused.states != 620
    mirror = TASKS["mirror"]
    one, other = through(InOrder(), mirror), through(FromTheRight(), mirror)
    assert (one.verdict, other.verdict) == ("proved", "proved")
    assert (one.states, one.depth) != (other.states, other.depth)


def output(kernel, task, word, dtype="fp32"):
    """What an implementation outputs after a word, in one call; for networks of one layer."""
    (layer,) = task.network.layers
    (stored,) = store(task.network, FORMATS[dtype])[0].layers
    positions = Positions.of(layer, stored)
    letters = np.array([[layer.alphabet.index(a) for a in word]], np.int32)
    answer = kernel(positions.recurrence(letters, positions.initial[None], dtype))
    code = decoder_of(layer).nearest(answer.states[0, -1].tolist())
    return None if code is None else task.network.outputs[layer.emit[code][letters[0, -1]]]


class DecaysWrongly(InOrder):
    def moved(self, asked, t, h):
        return super().moved(asked, t, h * np.float32(1 - 2**-4))


REFUTED = {
    "chunk tail dropped": (FAULTS["chunk tail dropped"], "parity", "fp32"),
    "initial state lost": (FAULTS["initial state lost"], "parity", "fp32"),
    "beta clipped to 1": (FAULTS["beta clipped to 1"], "parity", "fp32"),
    "truncating cast": (FAULTS["truncating cast"], "near", "bf16"),
    "epsilon in the key": (FAULTS["epsilon in the key"], "levels", "fp32"),
    "state in bf16": (FAULTS["state in bf16"], "levels", "fp32"),
    "one head for another": (FAULTS["one head for another"], "s3-swaps", "fp32"),
    "read before the update": (FAULTS["read before the update"], "flipflop", "fp32"),
    "decay after the update": (FAULTS["decay after the update"], "resets", "fp32"),
    "decays wrongly": (DecaysWrongly, "registers", "fp32"),
}


@pytest.mark.parametrize("fault", REFUTED)
def test_a_fault_is_refuted_by_a_word_that_replays(fault):
    kind, name, dtype = REFUTED[fault]
    task = TASKS[name]
    found = through(kind(), task, dtype)
    assert found.verdict in ("wrong", "collision")
    word = found.wrong_word
    assert output(kind(), task, word, dtype) != task.machine.output(word)
    assert output(Loop(), task, word, dtype) == task.machine.output(word)
    assert through(Loop(), task, dtype).verdict == "proved"


class Noisy(InOrder):
    """Every other call adds an ulp somewhere."""

    calls = 0

    def start(self, asked):
        self.calls += 1
        return np.nextafter(asked.initial, np.float32(self.calls % 2), dtype=np.float32)


class OtherInLongCalls(InOrder):
    def __call__(self, asked):
        kind = FromTheRight if asked.shape[1] > asked.steps else InOrder
        return kind()(asked)


class ClipsInLongCalls(InOrder):
    def __call__(self, asked):
        long = asked.shape[1] > asked.steps
        return super().__call__(replace(asked, beta=np.minimum(asked.beta, 1)) if long else asked)


class ClipsInCallsOfNine(ClipsInLongCalls):
    """Its outputs in such a call are wrong long before the end of a shortest one."""

    def __call__(self, asked):
        long = asked.shape[1] >= 9 * asked.steps
        return super().__call__(asked) if long else InOrder()(asked)


class ForgetsInLongCalls(InOrder):
    """It reads the right states, and hands on another."""

    def __call__(self, asked):
        answer = super().__call__(asked)
        return answer._replace(final=asked.initial) if asked.shape[1] > asked.steps else answer


class FirstRowsPeriod(InOrder):
    """A row has the sums of its place among eight."""

    def dot(self, key, h):
        left, right = super().dot(key, h), super().dot(key[:, ::-1], h[:, ::-1])
        return np.where(np.arange(len(h)) % 8 == 7, right, left)


class Remembers(InOrder):
    """The last state of the call before is where the next call starts, if it has as many rows."""

    last = None

    def start(self, asked):
        start = super().start(asked)
        if self.last is not None and self.last.shape == start.shape:
            start = np.where(start == asked.initial, self.last, start)
        return start

    def __call__(self, asked):
        answer = super().__call__(asked)
        self.last = answer.final
        return answer


BROKEN = {
    "deterministic": (Noisy, "mirror"),
    "batch_independent": (FirstRowsPeriod, "mirror"),
    "split_is_whole": (OtherInLongCalls, "mirror"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_proof_whose_assumption_fails_is_open(name):
    kind, task = BROKEN[name]
    found = through(kind(), TASKS[task], most=500)
    assert found.verdict == "open"
    assert name in failed(found)
    statement = next(a for a in found.assumptions if a.name == name).statement
    assert (found.words, found.wrong_word, found.decoder_exists) == ((), None, None)
    if name == "deterministic":  # the rest fails with it: it is said once, and what can be asked
        assert [a.name for a in found.assumptions] == [name]
        assert statement not in found.reason
        assert "proved as a model: --arithmetic F:acc32:sr" in found.reason
    else:
        assert statement in found.reason
        assert "F:acc32:sr" not in found.reason
        assert "deterministic" in held(found)


def test_sums_that_depend_on_the_number_of_rows_are_noticed():
    found = through(FAULTS["result depends on the batch"](), TASKS["mirror"])
    assert (found.verdict, failed(found)) == ("open", ["batch_independent", "split_is_whole"])


def test_a_word_that_errs_in_one_call_refutes_though_one_token_a_call_is_right():
    task = TASKS["parity"]
    found = through(ClipsInLongCalls(), task)
    assert (found.verdict, found.decoder_exists) == ("wrong", None)
    assert failed(found) == ["split_is_whole"]
    word = found.wrong_word
    assert found.words == (word,)
    assert len(word) > 1, "a call of one token is right"
    assert output(ClipsInLongCalls(), task, word) != task.machine.output(word)
    later = through(ClipsInCallsOfNine(), task)
    assert (later.verdict, len(later.wrong_word)) == ("wrong", 9)
    assert output(ClipsInCallsOfNine(), task, later.wrong_word) != task.machine.output(
        later.wrong_word
    )


class LosesPositions(InOrder):
    """The last positions of a call are lost where their number is of some kind."""

    def __init__(self, lost):
        self.lost = lost

    def length(self, asked):
        length = asked.shape[1]
        return length - self.lost(length)


LOST = {
    "even": lambda t: t % 2 == 0,
    "unrolled by 4": lambda t: t % 4 if t % 4 in (2, 3) else 0,
    "multiples of 64": lambda t: t % 64 == 0,
    "full chunks but the first": lambda t: t % 64 == 0 and t > 64,
    "from 100": lambda t: t >= 100,
    "100": lambda t: t == 100,
    "1,024": lambda t: t == 1024,
}


@pytest.mark.parametrize("name", ["parity", "s3-swaps", "turns"])
@pytest.mark.parametrize("lost", LOST)
def test_a_fault_at_some_lengths_only_is_refuted(lost, name):
    kernel, task = LosesPositions(LOST[lost]), turns() if name == "turns" else TASKS[name]
    found = through(kernel, task)
    assert found.verdict == "wrong"
    assert failed(found) == ["split_is_whole"]
    word = found.wrong_word
    steps = max(map(len, task.network.layers[0].steps.values()))
    assert LOST[lost](len(word) * steps)
    assert output(kernel, task, word) != task.machine.output(word)


def test_the_lengths_that_are_said_to_be_tested_are_those_of_the_calls():
    task, lengths = turns(), set()

    def noted(asked):
        lengths.add(asked.shape[1] // asked.steps)
        return InOrder()(asked)

    said = "1 to 130, 191 to 193, 255 to 257, 511 to 513 and 1,023 to 1,025 tokens from"
    assert said in through(noted, task).assumptions[2].tested
    assert lengths == {*range(1, 131), *(n + d for n in (192, 256, 512, 1024) for d in (-1, 0, 1))}
    lengths.clear()
    small = close_through(implementation(noted), task.network, task.machine, max_memory=20_000)
    most = max(lengths)
    assert f"and of 1 to {most} tokens from" in small.assumptions[2].tested
    assert lengths == set(range(1, most + 1))


def test_the_positions_of_these_calls_are_limited(monkeypatch):
    monkeypatch.setattr(assumptions, "POSITIONS", 20)
    found = through(InOrder(), TASKS["parity"])
    assert "and of 1 to 5 tokens from" in found.assumptions[2].tested


def test_another_state_handed_on_than_read_is_noticed():
    found = through(ForgetsInLongCalls(), TASKS["s3-swaps"])
    assert (found.verdict, failed(found)) == ("open", ["split_is_whole"])
    assert "handed on after" in found.reason


def test_a_state_that_is_kept_between_calls_is_noticed():
    found = through(Remembers(), TASKS["s3-swaps"])
    assert found.verdict in ("open", "wrong")
    assert "deterministic" in failed(found)


OPEN = {
    "raises": (lambda asked: 1 // 0, "ZeroDivisionError"),
    "shape": (changed(lambda a: a._replace(states=a.states[:, :, :1])), "expected states of"),
    "no state": (changed(lambda a: a._replace(final=None)), "it hands on no state"),
    "float64": (changed(lambda a: a._replace(final=a.final.astype(float))), "float64"),
    "nothing": (lambda asked: None, "AttributeError"),
}


@pytest.mark.parametrize("fault", OPEN)
def test_a_call_that_fails_is_named(fault):
    kernel, text = OPEN[fault]
    found = through(kernel, TASKS["s3-swaps"])
    assert (found.verdict, found.states, found.assumptions) == ("open", 1, ())
    assert text in found.reason
    assert "rows by 1 tokens" in found.reason


def test_a_call_that_fails_in_a_test_leaves_it_open():
    def only_one_token(asked):
        assert asked.shape[1] == asked.steps, "one at a time"
        return Loop()(asked)

    found = through(only_one_token, TASKS["s3-swaps"])
    assert (found.verdict, failed(found)) == ("open", ["split_is_whole"])
    assert "one at a time" in found.reason


def test_what_cannot_be_explored_is_open_with_the_reason():
    task = TASKS["s3-swaps"]
    chunked = through(Loop(), task, chunk=64)
    assert (chunked.verdict, chunked.states) == ("open", 0)
    assert "works in chunks of 64" in chunked.reason
    assert "does not take bf16" in through(Loop(), task, "bf16", dtypes=("fp32",)).reason
    unresumed = through(Loop(), TASKS["flipflop"], "bf16", resumes=False)
    assert "takes no initial state" in unresumed.reason
    missing = through(Loop(), task, packages=("there-is-no-such-package",))
    assert "pip install" in missing.reason
    for network, machine in (dense(), no_layers()):
        pair = Task(name="", network=network, machine=machine, about="")
        assert "cannot be given the network" in through(Loop(), pair).reason
    network, machine = two_layers()
    with pytest.raises(InputError, match="alphabets must agree"):
        close_through(implementation(Loop()), network, TASKS["s3-swaps"].machine)


def test_limits_and_stops():
    task = turns()
    limited = through(InOrder(), task, most=100)
    assert (limited.verdict, limited.states) == ("open", 100)
    assert "--max-closure" in limited.reason
    assert held(limited) == ALL
    for kind in (LimitReached, Stopped):
        met = []

        def stop(states, kind=kind, met=met):
            met.append(states)
            if len(met) == 4 or (len(met) > 4 and kind is LimitReached):  # a signal comes once
                raise kind("seconds", 1, reached=1, option="--timeout")

        one = implementation(InOrder())
        found = close_through(one, task.network, task.machine, progress=stop)
        assert (found.verdict, found.assumptions) == ("open", ())
        assert "--timeout" in found.reason
        assert found.states == met[3] > met[0] == 1


def test_calls_are_as_large_as_memory_allows_and_no_larger():
    sizes = []

    def counted(asked):
        sizes.append(asked.shape[0] * asked.shape[1] // asked.steps)
        return InOrder()(asked)

    task = turns()
    whole = through(counted, task)
    most = max(sizes)
    sizes.clear()
    one = implementation(counted)
    small = close_through(one, task.network, task.machine, max_memory=20_000)
    assert small.states == whole.states == 620
    assert held(small) == ALL
    assert max(sizes) < most
    assert max(sizes) <= Through(one, counted, task.network, "fp32", 20_000).layers[0].tokens


def test_states_are_told_apart_by_bits_and_by_what_is_read():
    zeros = bits(np.array([[0.0], [-0.0]], np.float32))
    assert zeros[0] != zeros[1]
    payload = np.array([0x7FC00001, 0xFFC00000], np.uint32).view(np.float32)[:, None]
    assert len(set(bits(payload))) == 1
    layer = TASKS["parity"].network.layers[0]
    (stored,) = store(TASKS["parity"].network, FORMATS["fp32"])[0].layers
    table = LayerTable(layer, Positions.of(layer, stored), 9)
    one, two = bits(np.array([[1.0], [-1.0]], np.float32))
    table.learn((0, 0), one, one)
    assert table.moves[0, 0].after == 0, "the start, which nobody has read"
    table.learn((0, 1), two, two)
    table.learn((1, 0), one, two)
    table.learn((1, 1), two, two)
    assert [table.moves[pair].after for pair in ((0, 1), (1, 0), (1, 1))] == [1, 2, 1]


def test_above_a_state_that_is_not_finite_nothing_is_read():
    network, _ = two_layers()
    kernel = changed(lambda answer: answer._replace(states=answer.states * np.float32(np.inf)))
    run = Through(implementation(kernel), kernel, network, "fp32")
    after, symbol = run.step(run.initial(), "1")
    assert (after, symbol) == ((1, 0), None)
    assert not run.layers[1].moves


def test_our_own_loop_is_the_reference():
    (cpu,) = find(("negeig.cpu",))
    for name in ("s5-swaps", "mirror", "resets"):
        task = TASKS[name]
        expected = closure(task.network, task.machine, "fp32", round_parameters=True)
        found = close_through(cpu, task.network, task.machine)
        assert replace(found, assumptions=()) == expected

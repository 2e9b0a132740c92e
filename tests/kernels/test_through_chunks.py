"""Implementations in chunks: proved by their form, refuted by words, and open with the reason."""

from dataclasses import replace
from fractions import Fraction as F
from itertools import product

import numpy as np
import pytest

from negeig.automata.machines.machine import Machine
from negeig.claims import LimitReached
from negeig.kernels import chunk_trials
from negeig.kernels.chunk_trials import covering_words
from negeig.kernels.standard_suite import TASKS, Task
from negeig.kernels.through_closure import close_through
from negeig.precision.closure.any_order_closure import any_order_closure
from negeig.theory.networks.network import DeltaStep, Layer, LinearRNN
from support.chunked_kernel import VERSION, Chunks, form_of
from support.faulty_kernels import implementation
from support.kernel_networks import symmetric
from support.machines import with_the_last_output_of_the_first

CHUNK = 8
FORM = form_of()


def through(kernel, task, dtype="fp32", form=FORM, **changes):
    one = implementation(kernel, chunk=CHUNK, form=form, **changes)
    return close_through(one, task.network, task.machine, dtype)


def failed(found):
    return [assumed.name for assumed in found.assumptions if not assumed.held]


EXACT = {
    "parity": 2, "flipflop": 2, "registers": 8, "s3-swaps": 6, "s5-swaps": 120, "s5-unit": 120,
}  # fmt: skip


@pytest.mark.parametrize("name", EXACT)
@pytest.mark.parametrize("dtype", ["fp32", "bf16"])
def test_a_form_that_rounds_nothing_is_proved(name, dtype):
    task = TASKS[name]
    found = through(Chunks(), task, dtype)
    assert (found.verdict, found.states, found.decoder_exists) == ("proved", EXACT[name], True)
    assert [assumed.name for assumed in found.assumptions] == [
        "computes_form", "batch_independent", "split_is_whole",
    ]  # fmt: skip
    assert not failed(found)
    assert found.exactness.chunk == CHUNK < 10_000 < found.exactness.largest_chunk
    assert "of a chunk of 8 positions" in found.reason
    assert "words each of 1, " in found.assumptions[0].tested


def test_several_layers_and_steps_a_letter():
    for name in ("two-layers", "mirror"):
        found = through(Chunks(), TASKS[name])
        problem = any_order_closure(TASKS[name].network, TASKS[name].machine, chunk=CHUNK)
        assert found.verdict == problem.verdict, found.reason
    assert through(Chunks(), TASKS["two-layers"]).verdict == "proved"


def test_without_an_initial_state_a_first_position_counts():
    """Its key is the state (1, 2, 3, 4, 5), so its square counts, and it is in one chunk only."""
    task = TASKS["s5-swaps"]

    class First(Chunks):
        def __call__(self, asked):
            whole = replace(
                asked,
                initial=np.zeros_like(asked.initial),
                **{
                    name: np.concatenate([first, getattr(asked, name)], axis=1)
                    for name, first in (
                        ("decay", np.ones_like(asked.decay[:, :1])),
                        ("beta", np.ones_like(asked.beta[:, :1])),
                        ("write", np.ones_like(asked.write[:, :1])),
                        ("key", asked.initial[:, None]),
                    )
                },
            )
            answer = super().__call__(whole)
            return answer._replace(states=answer.states[:, 1:])

    found = through(First(), task, resumes=False)
    assert (found.verdict, found.states) == ("proved", 120), found.reason
    usual = through(Chunks(), task)
    assert found.exactness.largest_chunk < usual.exactness.largest_chunk / 10


class StateLost(Chunks):
    def started(self, h, start):
        return 0 * h if start else h


class TailDropped(Chunks):
    def __call__(self, asked):
        answer = super().__call__(asked)
        whole = asked.shape[1] // CHUNK * CHUNK
        answer.states[:, whole:] = 0
        return answer


class Clipped(Chunks):
    def chunk(self, key, beta, write, h):
        return super().chunk(key, np.minimum(beta, 1), write, h)


WRONG = {
    "state of the chunk before lost": (StateLost, "s3-swaps", CHUNK + 1),
    "tail dropped": (TailDropped, "parity", 2),
    "beta clipped to 1": (Clipped, "parity", 1),
}


@pytest.mark.parametrize("fault", WRONG)
def test_a_word_that_errs_refutes_whatever_the_form_promises(fault):
    kind, name, least = WRONG[fault]
    task = TASKS[name]
    for form in (FORM, None):
        found = through(kind(), task, form=form)
        assert found.verdict == "wrong"
        assert len(found.wrong_word) >= least - 1
        assert found.exactness is None


class AnUlp(Chunks):
    """Off by an ulp in later chunks."""

    def chunk(self, key, beta, write, h):
        states = super().chunk(key, beta, write, h)
        return np.nextafter(states, np.float32(9)) if self.later else states

    def started(self, h, start):
        self.later = start >= 2 * CHUNK
        return h


class Alone(Chunks):
    """Off where it has other rows than four."""

    def read(self, states):
        return states if len(states) == 4 else states * np.float32(1 + 2**-20)


class Forgets(Chunks):
    """It hands on something else after a piece that is no whole number of chunks."""

    def handed(self, asked, h):
        inside = asked.shape[1] % CHUNK and not (asked.shape[1] > 3 * CHUNK)
        return h * np.float32(1 + 2**-20) if inside and asked.shape[1] == CHUNK - 1 else h


@pytest.mark.parametrize(
    ("kind", "name"),
    [(AnUlp, "computes_form"), (Alone, "batch_independent"), (Forgets, "split_is_whole")],
)
def test_states_that_are_not_exact_leave_it_open(kind, name):
    found = through(kind(), TASKS["s3-swaps"])
    assert found.verdict == "open"
    assert name in failed(found)
    assert "is off by up to" in found.reason
    assert "by its form nothing would be rounded in any order" in found.reason


def test_a_form_that_is_not_known_leaves_it_open():
    task = TASKS["s3-swaps"]
    found = through(Chunks(), task, form=None)
    assert found.verdict == "open"
    assert found.reason == (
        "tests.kernel works in chunks of 8 positions, and how it computes one is not recorded; run "
        "on words of 1, 7, 8, 9, 29 letters every output is right, states off by up to 0"
    )
    other = through(Chunks(), task, form=replace(FORM, read_in="negeig 0.0.1"))
    assert other.verdict == "open"
    assert f"read in the code of negeig 0.0.1; this is {VERSION}" in other.reason


def far_apart(small, large):
    """One letter that exchanges two numbers."""
    one, numbers = F(1), (F(small), F(large))
    layer = Layer(
        alphabet=("s",), initial=numbers, steps={"s": (DeltaStep(one, (one, -one), 0 * one),)},
        codes=(numbers, numbers[::-1]), emit=(("even",), ("odd",)),
    )  # fmt: skip
    network = LinearRNN(alphabet=("s",), layers=(layer,), outputs={"even": 1, "odd": 0}, empty=1)
    machine = Machine(alphabet="s", transitions=[[1], [0]], initial=0, outputs=[1, 0])
    return Task(name="far apart", network=network, machine=machine, about="")


def test_what_some_order_may_round_is_named_and_leaves_it_open():
    found = through(Chunks(), far_apart(1, 2**23))
    assert found.verdict == "open"
    assert found.reason.startswith(
        "some order of some sum may round: layer 0, N = T (beta V - beta K S): its terms are "
        "multiples of 1 and may add up to"
    )
    assert "run on words of 1, 7, 8, 9, 29 letters every output is right" in found.reason
    assert found.exactness is None
    narrow = replace(FORM, operands="bf16")
    assert "K S: bf16 is to hold it" in through(Chunks(), far_apart(-127, 130), form=narrow).reason
    sums = replace(FORM, sums="e4m3fn")
    assert "e4m3fn has 4" in through(Chunks(), TASKS["s5-swaps"], form=sums).reason


def test_operands_may_be_in_the_format_of_the_inputs():
    """Its parameters are values of bfloat16, and their sum 257 is none."""
    task, form = far_apart(-127, 130), replace(FORM, operands=None)
    assert through(Chunks(), task, form=form).verdict == "proved"
    narrow = through(Chunks(), task, "bf16", form=form)
    assert narrow.verdict == "open"
    assert "K S: bf16 is to hold it, and it may be 257" in narrow.reason
    assert through(Chunks(), task, "bf16").verdict == "proved"
    assert through(Chunks(), TASKS["s5-swaps"], "bf16", form=form).exactness.operands == "bf16"


def test_networks_that_are_rounded_or_contract_are_open():
    root = through(Chunks(), TASKS["s5-root"])
    assert root.verdict == "open"
    assert "the network that runs is not the exact one: fp32 rounds" in root.reason
    digits = through(Chunks(), TASKS["digits"])
    assert digits.verdict == "open"
    assert "without bounds" in digits.reason or "bits" in digits.reason
    near = through(Chunks(), far_apart(0, 257), "bf16")
    assert near.verdict == "open"
    assert "S: bf16 is to hold it, and it may be 257" in near.reason


def test_a_machine_that_is_another_is_refuted_by_the_exact_word():
    network, machine = symmetric(3)
    altered = with_the_last_output_of_the_first(machine)
    found = through(Chunks(), Task(name="other", network=network, machine=altered, about=""))
    assert found.verdict == "wrong"
    assert altered.output(found.wrong_word) != machine.output(found.wrong_word)
    empty = Machine(
        alphabet=machine.alphabet, transitions=machine.transitions, initial=1,
        outputs=machine.outputs,
    )  # fmt: skip
    found = through(Chunks(), Task(name="other", network=network, machine=empty, about=""))
    assert (found.verdict, found.wrong_word) == ("wrong", ())


def test_limits_and_calls_that_fail():
    one = implementation(Chunks(), chunk=CHUNK, form=FORM)
    task = TASKS["s5-swaps"]
    found = close_through(one, task.network, task.machine, max_states=50)
    assert found.verdict == "open"
    assert "--max-closure" in found.reason
    states_only = close_through(
        implementation(lambda asked: Chunks()(asked)._replace(final=None), chunk=CHUNK, form=FORM),
        task.network, task.machine,
    )  # fmt: skip
    assert states_only.verdict == "open"
    assert "it hands on no state" in states_only.reason

    def stop(count):
        raise LimitReached("time", 0, reached=count, detail="it was told to stop")

    stopped = close_through(one, task.network, task.machine, progress=stop)
    assert stopped.verdict == "open"
    assert "it was told to stop" in stopped.reason


@pytest.mark.parametrize("letters", range(1, 7))
@pytest.mark.parametrize("chunk", range(2, 8))
def test_every_two_letters_are_in_one_chunk(letters, chunk):
    batches, said = covering_words(letters, 3 * chunk + 5)
    assert said == "every two letters in turn"
    met = {
        (word[t], word[t + 1])
        for words in batches
        for word in words.tolist()
        for t in range(len(word) - 1)
        if t // chunk == (t + 1) // chunk
    }
    assert met == set(product(range(letters), repeat=2))


def test_many_letters_are_twice_in_one_chunk(monkeypatch):
    batches, said = covering_words(65, 29)
    assert said == "every letter twice in a row"
    chunks = {
        tuple(word[t : t + CHUNK])
        for words in batches
        for word in words.tolist()
        for t in range(0, len(word), CHUNK)
    }
    assert all(any(chunk.count(a) >= 2 for chunk in chunks) for a in range(65))
    assert all(words.shape == (4, 29) for words in batches)
    monkeypatch.setattr(chunk_trials, "MOST_LETTERS", 10)
    batches, said = covering_words(65, 29)
    assert said == "each of the first 10 letters twice in a row"
    assert set(np.unique(batches)) == set(range(10))


def rare(count):
    """Parity; of so many letters the last has another key."""
    one, letters = (F(1),), tuple(f"a{i}" for i in range(count))
    usual, last = DeltaStep(F(2), one, F(0)), DeltaStep(F(1, 2), (F(2),), F(0))
    steps = dict.fromkeys(letters, (usual,)) | {letters[-1]: (last,)}
    layer = Layer(
        alphabet=letters, initial=one, steps=steps,
        codes=(one, (F(-1),)), emit=(("even",) * count, ("odd",) * count),
    )  # fmt: skip
    network = LinearRNN(alphabet=letters, layers=(layer,), outputs={"even": 1, "odd": 0}, empty=1)
    machine = Machine(
        alphabet=letters, transitions=[[1] * count, [0] * count], initial=0, outputs=[1, 0]
    )
    return Task(name="rare", network=network, machine=machine, about="")


class RareLetter(Chunks):
    """NaN in a chunk that has a letter so many times."""

    times = 1

    def chunk(self, key, beta, write, h):
        states = super().chunk(key, beta, write, h)
        many = (beta == 0.5).sum(axis=1) >= self.times
        return np.where(many[:, None, None], np.float32("nan"), states)


class RareTwice(RareLetter):
    times = 2


@pytest.mark.parametrize("kind", [RareLetter, RareTwice])
@pytest.mark.parametrize("count", [40, 600])
def test_a_letter_that_random_words_lack_is_tried(kind, count):
    """By the form nothing would be rounded, so only what is run tells."""
    task = rare(count)
    assert through(Chunks(), task).verdict == "proved"
    found = through(kind(), task)
    assert found.verdict == "wrong", found.reason
    assert found.wrong_word.count(task.machine.alphabet[-1]) >= kind.times

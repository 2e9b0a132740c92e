"""The first mismatch is found exactly where it is, whatever the pieces, threads and rows."""

import itertools

import numpy as np
import pytest

from negeig.automata.machines.machine import Machine
from negeig.kernels.backend import load
from negeig.kernels.streams import comparing
from negeig.kernels.streams.comparing import Comparison, read_all
from negeig.kernels.streams.kinds import Part, letters_of
from negeig.kernels.streams.planning import all_words
from negeig.kernels.streams.reaching import Reaching, hashes
from negeig.precision.closure.rounded_closure import closure
from negeig.theory.networks.network import LinearRNN
from support.kernel_networks import RIGHT, parity, random_pair, symmetric
from support.long_runs import (
    PARTS,
    Lying,
    comparison,
    first_wrong_length,
    read,
    shrinking,
    written,
)

ROWS, LENGTH = 6, 23


def bits(states):
    return [s.tobytes() for s in states]


@pytest.mark.parametrize("symbol", [-1, 1])
@pytest.mark.parametrize("piece", [1, 7, 2**17])
def test_every_place_of_one_wrong_symbol_is_found(monkeypatch, piece, symbol):
    """Six rows: four are walked at once, two are not."""
    monkeypatch.setattr(comparing, "PIECE_TOKENS", piece * ROWS)
    network, machine = parity()
    part = Part("uniform", ROWS, LENGTH)
    symbols = np.cumsum(written(part, machine, 0), axis=1) % 2
    for row, t in itertools.product(range(ROWS), range(LENGTH)):
        if symbols[row, t] == symbol:
            continue
        found = Comparison(network, machine, Lying(network, machine, row, t, symbol))
        wrong = read(found, part).mismatch
        assert (wrong.row, wrong.position) == (row, t + 1)
        assert wrong.word.tolist() == written(part, machine, 0)[row, : t + 1].tolist()
        assert not wrong.again  # it lies once


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_a_wrong_symbol_in_the_rows_of_any_thread_is_found(threads):
    network, machine = parity()
    for row, t in itertools.product((0, 15, 16, 17, 31, 32, 47, 48, 49), (0, 1, 50, 98)):
        found = Comparison(network, machine, Lying(network, machine, row, t))
        reading = read(found, Part("uniform", 50, 99), threads=threads)
        assert len(reading.groups) == threads
        assert (reading.mismatch.row, reading.mismatch.position) == (row, t + 1)
        assert reading.mismatch.found is None


def first_run(words, length):
    """The first place, by position and then by row, at which so many letters 0 end a run."""
    places = []
    for row, word in enumerate(words.tolist()):
        run = 0
        for t, letter in enumerate(word):
            run = run + 1 if letter == 0 else 0
            if run == length:
                places.append((t, row))
                break
    return min(places)


@pytest.mark.parametrize("bits_lost", [13, 16, 30])
@pytest.mark.parametrize("rows", [1, 5, 64])
@pytest.mark.parametrize("seed", [0, 1])
def test_a_network_that_shrinks_is_wrong_where_the_first_run_is_too_long(
    monkeypatch, bits_lost, rows, seed
):
    network, machine = shrinking(bits_lost)
    length = first_wrong_length(bits_lost)
    # Twin of the length: closure says the same.
    assert closure(network, machine, "fp32").wrong_word == ("1",) * length
    part = Part("uniform", rows, 2**19 // rows)
    t, row = first_run(written(part, machine, seed), length)
    found = comparison(network, machine)
    results = []
    for piece, pieces, threads in itertools.product((97, 4096, 2**17), (1, 3), (1, 2)):
        monkeypatch.setattr(comparing, "PIECES", pieces)
        monkeypatch.setattr(comparing, "PIECE_TOKENS", piece * rows // min(rows, threads))
        results.append(read(found, part, seed, threads=threads).mismatch)
    for wrong in results:
        assert (wrong.row, wrong.position) == (row, t + 1)
        assert (wrong.expected, wrong.found, wrong.again) == (0, 1, True)
        assert bits(wrong.before.states) == bits(results[0].before.states)
        assert bits(wrong.after.states) == bits(results[0].after.states)
        assert wrong.after.states[0].tolist() == [[0.0]]


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.kind)
@pytest.mark.parametrize("name", RIGHT)
def test_a_reading_goes_on_bit_for_bit(part, name):
    """Cut anywhere, and read in other rows."""
    network, machine = RIGHT[name]()
    found = comparison(network, machine)
    whole = read(found, part).standing()
    for cut in (0, 1, 64, 150, 299, 300):
        first = read(found, part, end=cut)
        second = read(found, part, start=first.standing())
        assert (first.mismatch, second.mismatch) == (None, None)
        assert second.standing().machine.tolist() == whole.machine.tolist()
        assert bits(second.standing().states) == bits(whole.states)
    for row in range(part.rows):
        one = read(found, part, rows=range(row, row + 1)).standing()
        assert [s.tobytes() for s in one.states] == [s[row].tobytes() for s in whole.states]


@pytest.mark.parametrize("threads", [2, 3])
def test_every_thread_goes_on_from_its_own_rows(threads):
    network, machine = symmetric(4)
    found, part = comparison(network, machine), Part("uniform", 53, 200)
    whole = read(found, part).standing()
    half = read(found, part, end=100, threads=threads).standing()
    second = read(found, part, start=half, threads=threads)
    assert (second.mismatch, len(second.groups)) == (None, threads)
    assert second.standing().machine.tolist() == whole.machine.tolist()
    assert bits(second.standing().states) == bits(whole.states)


@pytest.mark.parametrize("seed", range(30))
def test_random_networks_are_wrong_where_letter_by_letter_they_are(seed):
    """Against outputs computed one letter at a time, symbols of equal outputs among them."""
    network, machine = random_pair(seed)
    part = Part("uniform", 5, 40)
    words, outputs = written(part, machine, seed), [*network.outputs.values(), None]
    stream = load("cpu", network, machine.alphabet).stream(5)
    q, wrong = np.full(5, machine.initial), None
    for t in range(40):
        q = machine.transitions[q, words[:, t]]
        symbols = stream.read(words[:, t : t + 1])[:, 0]
        for row in range(5):
            if wrong is None and outputs[symbols[row]] != machine.outputs[q[row]]:
                wrong = (row, t + 1)
    found = read(comparison(network, machine), part, seed).mismatch
    assert (found and (found.row, found.position)) == wrong


def test_outputs_are_json_values():
    """1 is not true."""
    network, machine = parity()
    truth = Machine(
        alphabet="01", transitions=machine.transitions, initial=0, outputs=[True, False]
    )
    assert read(comparison(network, machine), Part("uniform", 4, 50)).mismatch is None
    wrong = read(comparison(network, truth), Part("uniform", 4, 50)).mismatch
    assert (wrong.row, wrong.position, wrong.again) == (0, 1, True)
    assert (type(wrong.expected), type(wrong.found)) == (bool, int)
    assert comparison(network, truth).empty(Part("uniform", 1, 1)).expected is True
    assert comparison(network, machine).empty(Part("uniform", 1, 1)) is None


@pytest.mark.parametrize("side", [1, 3, 2**12])
def test_all_words_find_a_shortest_wrong_one(monkeypatch, side):
    """The least by length, then by letters: from a table of all of them."""
    monkeypatch.setattr(comparing, "SIDE", side)
    seen = 0
    for seed in range(40):
        network, machine = random_pair(seed)
        part = all_words(len(machine.alphabet), 4)
        wanted = _first_wrong_word(network, machine, 4)
        letters = letters_of(part, machine, 0)
        *_, (_, found) = read_all(comparison(network, machine), part, letters, 2)
        assert (None if found is None else tuple(found.word.tolist())) == wanted
        seen += wanted is not None and len(wanted) > 1
    assert seen  # some are longer than one letter


def _first_wrong_word(network: LinearRNN, machine, longest):
    backend, outputs = load("cpu", network, machine.alphabet), [*network.outputs.values(), None]
    for length in range(1, longest + 1):
        for word in itertools.product(range(len(machine.alphabet)), repeat=length):
            symbol = backend.stream(1).read(np.array([word], np.int32))[0, -1]
            q = machine.initial
            for a in word:
                q = machine.transitions[q, a]
            if outputs[symbol] != machine.outputs[q]:
                return word
    return None


def reached(network, machine, tokens=10**6):
    found = Reaching(comparison(network, machine), Part("closure", 1, tokens))
    for _ in found.explore():
        pass
    return found


@pytest.mark.parametrize("name", [name for name in RIGHT if name != "no layers"])
def test_the_states_reached_are_those_of_the_closure(name):
    network, machine = RIGHT[name]()
    found, proved = reached(network, machine), closure(network, machine, "fp32")
    assert (found.mismatch, found.closed, proved.verdict) == (None, True, "proved")
    assert (found.states, found.read) == (proved.states, proved.states * len(machine.alphabet))


@pytest.mark.parametrize("bits_lost", [1, 2, 5, 13])
def test_a_shortest_wrong_word_to_a_state_is_that_of_the_closure(bits_lost):
    network, machine = shrinking(bits_lost)
    wrong = closure(network, machine, "fp32").wrong_word
    found = reached(network, machine)
    assert not found.closed
    assert found.mismatch.position == len(wrong) == first_wrong_length(bits_lost)
    if len(wrong) <= comparing.SHOWN:
        assert "".join(machine.alphabet[a] for a in found.mismatch.word) == "".join(wrong)
    else:
        assert found.mismatch.word is None


def test_no_more_letters_are_read_than_asked_for():
    network, machine = symmetric(4)
    for tokens in (1, 2, 3, 10, 50):
        found = reached(network, machine, tokens)
        assert not found.closed
        assert tokens - 3 < found.read <= tokens


def test_hashes_tell_every_bit_apart():
    """One bit more or less, in any place, the machine's state, and -0."""
    state = np.arange(1, 4, dtype=np.float32)[None]
    words = [state.view(np.uint32) ^ np.uint32(1 << i) for i in range(32)]
    rows = np.concatenate([state, *(np.where(np.arange(3) == j, w.view(np.float32), state)
                                    for w in words for j in range(3))])  # fmt: skip
    assert len(set(hashes(np.zeros(len(rows), np.int32), (rows,)).tolist())) == len(rows)
    machine = np.arange(1000, dtype=np.int32)
    assert len(set(hashes(machine, (np.repeat(state, 1000, axis=0),)).tolist())) == 1000
    split = (state[:, :1], state[:, 1:])
    assert hashes(machine[:1], split).tolist() == hashes(machine[:1], (state,)).tolist()

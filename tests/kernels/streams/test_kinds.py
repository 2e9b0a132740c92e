"""Words: what each kind is, and that a letter does not depend on what was written before it."""

import itertools

import numpy as np
import pytest

from negeig.automata import zoo
from negeig.claims import InputError
from negeig.kernels.streams.kinds import KINDS, Part, row_keys
from negeig.kernels.streams.planning import plan
from support.long_runs import PARTS, written

MACHINES = ["parity", "sym:3", "dyck1:2", "contains:ab", "mod:5"]
MASK = 2**64 - 1
GAMMA = 0x9E3779B97F4A7C15


def drawn(key, position):
    """SplitMix64 in whole numbers of Python, as its authors give it: 32 bits of a place."""
    z = (key + position * GAMMA) & MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return (z ^ (z >> 31)) >> 32


def test_the_generator_is_splitmix64():
    """The first outputs for seed 0, upper halves, as the authors' code gives them."""
    first = [drawn(0, 1 + i) for i in range(3)]
    assert first == [0xE220A839, 0x6E789E6A, 0x06C45D18]


@pytest.mark.parametrize("name", MACHINES)
@pytest.mark.parametrize("seed", [0, 1, MASK])
def test_uniform_letters_are_those_of_the_generator(name, seed):
    machine, part = zoo.get(name).minimal(), Part("uniform", 3, 50)
    keys = row_keys(seed, 1, 3).tolist()
    letters = len(machine.alphabet)
    wanted = [[drawn(key, t) * letters >> 32 for t in range(50)] for key in keys]
    assert written(part, machine, seed).tolist() == wanted


@pytest.mark.parametrize("name", MACHINES)
def test_letters_that_avoid_sinks(name):
    machine, part = zoo.get(name).minimal(), Part("avoid-sinks", 3, 200)
    after = machine.transitions.tolist()
    sinks = {q for q, row in enumerate(after) if set(row) == {q}}
    keys = row_keys(5, 2, 3).tolist()
    for key, word in zip(keys, written(part, machine, 5).tolist(), strict=True):
        q = machine.initial
        for t, letter in enumerate(word):
            allowed = [a for a, r in enumerate(after[q]) if r not in sinks]
            allowed = allowed or list(range(len(after[q])))
            number = drawn(key, t) * 2**31 >> 32
            assert letter == allowed[number * len(allowed) >> 31]
            q = after[q][letter]


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.kind)
@pytest.mark.parametrize("name", ["parity", "mod:5", "sym:4:adjacent"])
def test_a_letter_does_not_depend_on_where_writing_began(part, name):
    machine = zoo.get(name).minimal()
    whole = written(part, machine, 3)
    for start, row in itertools.product((0, 1, 2, 63, 64, 150), range(part.rows)):
        rows = range(row, part.rows)
        some = written(part, machine, 3, rows, start, start + 90)
        if part.kind != "avoid-sinks" or not start:  # which asks for the machine's state there
            assert (some == whole[row:, start : start + 90]).all()


def blocks(row, letters, length):
    """The words of ``runs`` as a person would write them."""
    width, doubling = row % 3 + 1, row // 3 % 2 == 0
    m, word = 1, []
    while len(word) < length:
        for u in itertools.product(range(letters), repeat=width):
            word += list(u) * m
        m = 2 * m if doubling else m + 1
    return word[:length]


@pytest.mark.parametrize("name", ["parity", "sym:4:adjacent", "mod:3"])
def test_runs_are_blocks_that_grow(name):
    machine = zoo.get(name).minimal()
    letters = len(machine.alphabet)
    words = written(Part("runs", 12, 3000), machine, 0)
    for row, word in enumerate(words.tolist()):
        assert word == blocks(row, letters, 3000)
    far = 10**15  # a place that cannot be reached letter by letter
    some = written(Part("runs", 12, 0), machine, 0, start=far, end=far + 999)
    assert (np.diff(some[0]) != 0).sum() <= 1
    for row in (3, 9):  # growing by one: a block has sqrt(2 far / letters) copies, about
        assert (np.diff(some[row]) != 0).sum() <= 1
        assert written(Part("runs", 12, 0), machine, 0, range(row, row + 1), far + 500,
                       far + 999)[0].tolist() == some[row, 500:].tolist()  # fmt: skip


@pytest.mark.parametrize("letters", [1, 2, 3, 4, 7])
@pytest.mark.parametrize("order", [1, 2, 3, 4, 5])
def test_a_de_bruijn_sequence_has_every_factor_once(letters, order):
    machine = zoo.get(f"cyclic:{letters}").minimal() if letters == 2 else _machine(letters)
    size = letters**order
    (word,) = written(Part("debruijn", 1, size + order - 1, order), machine, 0).tolist()
    factors = {tuple(word[i : i + order]) for i in range(size)}
    assert len(factors) == size
    # Rows together have them all too, and one letter less of each row has not.
    rows = min(4, size)
    length = -(-size // rows) + order - 1
    found = written(Part("debruijn", rows, length, order), machine, 0).tolist()
    pieces = {tuple(w[i : i + order]) for w in found for i in range(length - order + 1)}
    assert len(pieces) == size
    if size % rows == 0 and size > rows:
        assert len({tuple(w[i : i + order]) for w in found for i in range(length - order)}) < size


def _machine(letters):
    from negeig.automata.machines.machine import Machine

    return Machine(
        alphabet="abcdefg"[:letters], transitions=[[0] * letters], initial=0, outputs=[1]
    )


def test_all_words_in_order():
    for letters, length in ((2, 5), (3, 4), (1, 6)):
        machine = _machine(letters)
        words = written(Part("all", letters**length, length, length), machine, 0)
        assert words.tolist() == [list(w) for w in itertools.product(range(letters), repeat=length)]
        middle = written(Part("all", letters**length, length, length), machine, 0, start=1, end=3)
        assert (middle == words[:, 1:3]).all()


@pytest.mark.parametrize("name", MACHINES)
@pytest.mark.parametrize("tokens", [64, 100, 1000, 12_345, 10**7, 10**10])
@pytest.mark.parametrize("rows", [1, 64])
def test_a_mix_has_at_most_the_letters_asked_for(name, tokens, rows):
    machine = zoo.get(name).minimal()
    parts = plan("mix", machine, tokens, rows)
    assert 0.4 * tokens < sum(part.tokens for part in parts) <= tokens
    assert all(part.rows > 0 and part.length > 0 for part in parts)
    assert parts[-1].kind == "uniform"
    kinds = [part.kind for part in parts]
    assert len(set(kinds)) == len(kinds)
    if tokens >= 10**7:
        wanted = set(KINDS) - {"mix"} - ({"avoid-sinks"} if name not in ("dyck1:2", "contains:ab")
                                         else set())  # fmt: skip
        assert set(kinds) == wanted


@pytest.mark.parametrize(
    ("words", "tokens", "message"),
    [
        ("unform", 100, "'unform' is unknown; there are mix, all"),
        ("uniform:3", 100, "takes no number"),
        ("mix:3", 100, "takes no number"),
        ("debruijn:27", 100, "expected N from 1 to 26; longer words have more than 67,108,864"),
        ("debruijn:0", 100, "found '0'"),
        ("debruijn:-1", 100, "found '-1'"),
        ("debruijn:²", 100, "found '²'"),
        ("debruijn:" + "9" * 5000, 100, "expected N from 1 to 26"),
        ("all:6", 100, "expected N from 1 to 4; longer words have more than 100 letters"),
        ("all", 1, "fewer letters than all words of length 1"),
        ("all:1", 1, "none: all have more than 1 letters"),
        ("uniform", 63, "63 letters are not one for each of 64 rows"),
    ],
)
def test_words_that_do_not_fit(words, tokens, message):
    rows = 1 if words.startswith("all") else 64
    with pytest.raises(InputError, match=None) as stop:
        plan(words, zoo.get("parity").minimal(), tokens, rows)
    assert message in str(stop.value)

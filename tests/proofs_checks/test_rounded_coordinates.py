"""Coordinates that are rounded at every step rest in time, also where NaN and infinities arise."""

import ml_dtypes
import numpy as np
import pytest

FORMATS = {"e4m3fn": ml_dtypes.float8_e4m3fn, "e5m2": ml_dtypes.float8_e5m2}


def _moves(kind, random, signs):
    """Return after how many repetitions of a random word of two letters all 256 states rest.

    States are compared by their bits, all NaN as one.
    """
    every = np.arange(256, dtype=np.uint8).view(kind)
    letters = []
    for _ in range(2):
        a, w = random.choice(every, 2)
        letters.append((kind(abs(float(a)) * random.choice(signs)), w))
    state = every
    for count in range(600):
        after = state
        for a, w in letters:
            after = (after * a).astype(kind) + w
        bits = [np.where(np.isnan(x.astype(float)), 255, x.view(np.uint8)) for x in (state, after)]
        if (bits[0] == bits[1]).all():
            return count
        state = after
    return None


def _values(kind):
    """How many values there are: numbers, -0, infinities, and NaN as one."""
    every = np.arange(256, dtype=np.uint8).view(kind).astype(float)
    return int((~np.isnan(every)).sum()) + 1


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", FORMATS)
def test_words_of_two_letters_rest_with_all_that_may_arise(name):
    kind, random = FORMATS[name], np.random.default_rng(5)
    found = [_moves(kind, random, [1.0]) for _ in range(1_000)]
    assert None not in found
    assert max(found) <= _values(kind) - 1
    assert max(found) > 10, "words that take their time are among them"


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", FORMATS)
def test_with_negative_entries_some_do_not(name):
    found = [_moves(FORMATS[name], np.random.default_rng(seed), [1.0, -1.0]) for seed in range(300)]
    assert None in found

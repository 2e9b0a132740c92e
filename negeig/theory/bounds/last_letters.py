"""Three layers without the eigenvalue -1, by the letters that come after two parts of a word.

What one layer without -1 keeps of a word ends with its last parts: letters of an idempotent in
front of it change nothing (docs/theory/layers.md). Let x and y be idempotents. Words over letters
of both, then y, then words over letters of x and x again, leave the first layer in one and the same
state, wherever they begin, and then neither further ones nor words over letters of x before an x
move it. So the layers above do all of these words, after such a word. If that takes two layers, the
task takes three.
"""

from __future__ import annotations

import numpy as np

from negeig.arrays import Longs
from negeig.automata.monoids.submonoids import Submonoid

MAX_PAIRS = 2_000
"""Most pairs x, y that are tried."""

MAX_WORDS = 2_000
"""Most elements of words left to the layers above; x and y with more are passed over."""


def last_letters(of: Submonoid) -> tuple[int, int, int, int] | None:
    """Return x, y, e and f by which a monoid takes three layers without -1, None if none are found.

    x and y are idempotents. Let A and B be generators that divide x and y, C the elements wx for w
    over A, and D the elements wyc for w over A and B and c in C. e and f are in C or D and act as
    idempotents on the states that D leads to, and efe differs from fe there.

    Notes
    -----
    Those of the highest ranks first, at most ``MAX_PAIRS``: None proves nothing. O(elements x
    generators) for each pair, and pairs of the idempotents found.

    Examples
    --------
    >>> from negeig.automata.machines.machine import Machine
    >>> from negeig.automata.monoids.monoid import transition_monoid
    >>> from negeig.automata.monoids.submonoids import Multiplication
    >>> machine = Machine(alphabet="ab", transitions=[[0, 1], [2, 1], [3, 4], [3, 3], [4, 4]],
    ...                   initial=0, outputs=range(5))
    >>> monoid = transition_monoid(machine)
    >>> found = last_letters(Multiplication(monoid).whole())
    >>> ["".join(monoid.word(x)) for x in found]
    ['b', 'aa', 'aab', 'bab']
    """
    idempotents = of.idempotents[of.idempotents != of.identity]
    highest = of.table.highest_first(idempotents).tolist()
    letters = {x: frozenset(of.dividing(x).tolist()) for x in highest}
    tried = 0
    for x in highest:
        ends = _with_in_front(of, letters[x], np.array([x]))
        for y in highest:
            # Without a new letter this is peeling at x, after fewer words.
            if ends is None or letters[y] <= letters[x]:
                continue
            tried += 1
            if tried > MAX_PAIRS:
                return None
            after = np.unique(of.table.before(y, ends)).astype(np.int64)
            words = _with_in_front(of, letters[x] | letters[y], after)
            pair = None if words is None else _violating(of, words, np.union1d(ends, words))
            if pair is not None:
                return x, y, *pair
    return None


def _with_in_front(of: Submonoid, letters: frozenset[int], ends: Longs) -> Longs | None:
    """Return all elements ws, w over some generators, s among ends; None if they are too many."""
    column = np.array(sorted(letters), dtype=np.int64)
    found = new = ends
    while len(new):
        longer = np.unique(of.table.times_each(column, new)).astype(np.int64)
        new = np.setdiff1d(longer, found, assume_unique=True)
        found = np.union1d(found, new)
        if len(found) > MAX_WORDS:
            return None
    return found


def _violating(of: Submonoid, words: Longs, left: Longs) -> tuple[int, int] | None:
    """Return two of the elements left that act as idempotents and violate efe = fe after words."""
    maps = of.table.monoid.maps
    points = np.unique(maps[of.identity])
    states = np.unique(maps[words][:, points])
    if len(states) < 3:
        return None
    rows, first = np.unique(
        np.searchsorted(states, maps[left][:, states]), axis=0, return_index=True
    )
    idempotent = (np.take_along_axis(rows, rows, axis=1) == rows).all(axis=1)
    rows, first = rows[idempotent], left[first[idempotent]]
    for e, row in zip(first.tolist(), rows, strict=True):
        then = row[rows]  # first another one, then e
        differ = np.flatnonzero((then[:, row] != then).any(axis=1))
        if len(differ):
            return e, int(first[differ[0]])
    return None

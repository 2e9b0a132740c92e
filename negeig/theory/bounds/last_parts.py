"""Three layers by the order in which two parts of a word come last.

No group tells the elements of K from 1 (docs/theory/layers.md), so what one layer keeps of a word
of such elements is the order in which they come last. Let x and y be in K. Words over x and y that
end in x after y leave the first layer in one and the same state, wherever they begin, and then
neither further ones nor powers of x move it. So the layers above do all of these words, after such
a word. If that takes two layers, the task takes three.
"""

from __future__ import annotations

import numpy as np

from negeig.automata.monoids.submonoids import Submonoid
from negeig.theory.bounds._last_parts_compiled import needs_three

MAX_POINTS = 16
"""Most points in the image of the identity."""

MAX_PARTS = 250
"""Elements, those of the highest ranks, among which two are chosen."""

MAX_MAPS = 2_000
"""Most maps of words over two elements."""

MAX_WORK = 10_000_000
"""Most maps listed in all."""


def last_parts(of: Submonoid) -> tuple[int, int, int, int] | None:
    """Return x, y, e and f by which a monoid takes three layers, None where none are found.

    x and y are in its kernel. With C the set of words over x and y that end in x after y, e and f
    are idempotent, each in C or a power of x, and after some element of C efe differs from fe.

    Notes
    -----
    Short words first, at most 62,250 pairs x, y and ten million maps: None proves nothing.

    Examples
    --------
    >>> from negeig.automata.machines.machine import Machine
    >>> from negeig.automata.monoids.monoid import transition_monoid
    >>> from negeig.automata.monoids.submonoids import Multiplication
    >>> machine = Machine(alphabet="ab", transitions=[[1, 2], [2, 3], [0, 1], [2, 2]], initial=0,
    ...                   outputs=[0, 1, 0, 1])
    >>> monoid = transition_monoid(machine)
    >>> found = last_parts(Multiplication(monoid).whole())
    >>> ["".join(monoid.word(x)) for x in found]
    ['ab', 'ba', 'abab', 'baab']
    """
    table = of.table
    points = np.unique(table.monoid.maps[of.identity])
    if not 4 <= len(points) <= MAX_POINTS:
        return None
    kernel = of.kernel().elements
    parts = kernel[(kernel != of.identity) & (table.ranks[kernel] > 1)]
    parts = np.sort(table.highest_first(parts)[:MAX_PARTS])
    maps = np.searchsorted(points, table.monoid.maps[parts][:, points]).astype(np.int8)
    found = np.zeros((MAX_MAPS, len(points)), dtype=np.int8)
    after = np.zeros((1, len(points)), dtype=np.int8)
    slots = np.zeros(4 * 1024, dtype=np.int32)
    marks = np.zeros(len(slots), dtype=np.int64)
    idempotents = np.zeros(MAX_MAPS, dtype=np.int32)
    out = np.zeros(1, dtype=np.int32)
    work = 0
    count = len(parts)
    pairs = (
        (i, s - i)
        for s in range(2 * count)
        for i in range(max(0, s - count + 1), min(s + 1, count))
        if 2 * i != s
    )
    for mark, (i, j) in enumerate(pairs, start=1):
        if needs_three(maps[i], maps[j], found, slots, marks, 2 * mark, idempotents, after, out):
            return _with_idempotents(of, int(parts[i]), int(parts[j]))
        work += int(out[0])
        if work > MAX_WORK:
            break
    return None


def ending_in(of: Submonoid, x: int, y: int) -> tuple[list[int], list[int]]:
    """Return the powers of x, and the elements of words over x and y that end in x after y."""
    table = of.table
    powers = [x]
    while (power := int(table.times([powers[-1]], x)[0])) not in powers:
        powers.append(power)
    words = list(dict.fromkeys(table.before(y, powers).tolist()))
    for word in words:  # grows while it is read
        for part in (x, y):
            longer = int(table.before(part, [word])[0])
            if longer not in words:
                words.append(longer)
    return powers, words


def _with_idempotents(of: Submonoid, x: int, y: int) -> tuple[int, int, int, int] | None:
    """Return x and y with idempotents that violate efe = fe after words that end in x after y."""
    powers, words = ending_in(of, x, y)
    maps = of.table.monoid.maps
    left = np.unique(maps[words])
    both = sorted({*powers, *words})
    idempotents = [e for e in both if (maps[e][maps[e]] == maps[e]).all()]
    for e in idempotents:
        for f in idempotents:
            then = maps[e][maps[f]]  # first f, then e
            if (then[left] != then[maps[e]][left]).any():
                return x, y, e, f
    return None

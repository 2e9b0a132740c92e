"""Zoo: word problems of groups with a letter for every element, and of direct products.

The alphabets of most experiments on state tracking. A letter is spelt as the outputs spell its
element, without their spaces; the machine's states are the elements, the identity first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import prod
from typing import TYPE_CHECKING

from negeig.automata.machines.size import COUNT_CAP, capped_product
from negeig.automata.zoo.entry import Entry, Predicate, machine, shown
from negeig.automata.zoo.families.groups import (
    ELEMENT,
    QUATERNIONS,
    dihedral_name,
    quaternion_predicate,
    times_i,
    times_j,
)
from negeig.automata.zoo.permutations import cycle, cycle_notation, listed, rank
from negeig.claims import Output, Word

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from negeig.automata.machines.machine import Machine

MERRILL = "Merrill, Petty and Sabharwal 2024, The Illusion of State (arXiv 2404.08819)"
GRAZZI = "Grazzi et al. 2025, Unlocking State-Tracking (arXiv 2411.12537)"
SIEMS = "Siems et al. 2025, DeltaProduct (arXiv 2502.10297)"
LIU = "Liu et al. 2023, Transformers Learn Shortcuts to Automata (arXiv 2210.10749)"


@dataclass(frozen=True, kw_only=True)
class Group:
    """A group: what its elements are called, how they multiply and how they move its points.

    Parameters
    ----------
    names : sequence
        The outputs, in the order of the elements, the identity first.
    times : callable
        An array of elements and one element to their products, the array's elements first.
    points : callable
        An element to the images of the natural points.
    """

    names: Sequence[str | int]
    times: Callable[[NDArray[np.int64], int], NDArray[np.int64]]
    points: Callable[[int], Sequence[int]]


@dataclass(frozen=True, kw_only=True)
class Family:
    """Groups by a number: which numbers, the order, the group, and its word problem directly."""

    least: int = 1
    most: int | None = None
    order: Callable[[int], int]
    group: Callable[[int], Group]
    predicate: Callable[[int], Predicate]


def _cyclic(m: int) -> Group:
    return Group(
        names=range(m),
        times=lambda q, k: (q + k) % m,
        points=lambda k: [(i + k) % m for i in range(m)],
    )


def _cyclic_predicate(m: int) -> Predicate:
    return lambda word: sum(map(int, word)) % m


def _dihedral(m: int) -> Group:
    """Element k is the rotation i -> i + k, element m + k the reflection i -> k - i."""
    import numpy as np

    def times(q: NDArray[np.int64], h: int) -> NDArray[np.int64]:
        k, reflects = q % m, q >= m
        if h < m:
            return np.where(reflects, m, 0) + (k + h) % m
        return np.where(reflects, 0, m) + (h - k) % m

    return Group(
        names=[dihedral_name(h % m, h >= m) for h in range(2 * m)],
        times=times,
        points=lambda h: [(i + h if h < m else h - i) % m for i in range(m)],
    )


def _dihedral_predicate(m: int) -> Predicate:
    """Follow two neighbouring corners: s... reflects them to their negatives, then r^k turns."""

    def symmetry(word: Word) -> Output:
        first, second = 0, 1
        for letter in word:
            if letter.startswith("s"):
                first, second = -first, -second
            if "r" in letter:
                turns = int(letter.partition("^")[2] or 1)
                first, second = first + turns, second + turns
        return dihedral_name(first % m, second - first == -1)

    return symmetry


def _permutation_group(n: int, even_only: bool) -> Group:
    elements = listed(n, even_only)
    return Group(
        names=[cycle_notation(element) for element in elements.tolist()],
        times=lambda q, h: rank(elements[h][elements[q]], even_only),
        points=lambda h: elements[h].tolist(),
    )


def _permutation_predicate(n: int) -> Predicate:
    """Follow every point through the cycles that each letter writes; points are digits here."""

    def element(word: Word) -> Output:
        images = list(range(n))
        for letter in word:
            for text in filter(None, letter.replace(")", "").split("(")):
                moved = cycle([int(digit) - 1 for digit in text], n)
                images = [moved[image] for image in images]
        return cycle_notation(images)

    return element


def _quaternions(_: int) -> Group:
    """Every element is a product of i and j, and the right product with it their products."""
    import numpy as np

    words = ("", "i", "j", "ij", "ii", "iii", "jjj", "ji")

    def product(q: int, h: int) -> int:
        for letter in words[h]:
            q = times_i(q) if letter == "i" else times_j(q)
        return q

    table = np.array([[product(q, h) for h in range(8)] for q in range(8)])
    return Group(
        names=QUATERNIONS, times=lambda q, h: table[q, h], points=lambda h: table[:, h].tolist()
    )


FAMILIES = {
    "cyclic": Family(order=lambda m: m, group=_cyclic, predicate=_cyclic_predicate),
    "dihedral": Family(
        least=3, order=lambda m: 2 * m, group=_dihedral, predicate=_dihedral_predicate
    ),
    # From 10 points on a point has two digits, and (12) two meanings.
    "sym": Family(
        least=2,
        most=9,
        order=lambda n: prod(range(2, n + 1)),
        group=lambda n: _permutation_group(n, even_only=False),
        predicate=_permutation_predicate,
    ),
    "alt": Family(
        least=3,
        most=9,
        order=lambda n: prod(range(3, n + 1)),
        group=lambda n: _permutation_group(n, even_only=True),
        predicate=_permutation_predicate,
    ),
    "quaternion": Family(
        least=8,
        most=8,
        order=lambda n: n,
        group=_quaternions,
        predicate=lambda _: quaternion_predicate(),
    ),
}
"""By head; the number of the quaternion group is its order, and its name goes without."""


def _direct_product(groups: Sequence[Group]) -> Group:
    """Tuples of elements, the last varying fastest, on the points of all the groups."""
    import numpy as np

    orders = tuple(len(group.names) for group in groups)

    def places(element: int) -> tuple[int, ...]:
        return tuple(int(place) for place in np.unravel_index(element, orders))

    def times(q: NDArray[np.int64], h: int) -> NDArray[np.int64]:
        factors = zip(groups, np.unravel_index(q, orders), places(h), strict=True)
        return np.ravel_multi_index(tuple(g.times(a, b) for g, a, b in factors), orders)

    def name(element: int) -> str:
        return "; ".join(str(g.names[i]) for g, i in zip(groups, places(element), strict=True))

    def points(element: int) -> list[int]:
        images = [list(g.points(i)) for g, i in zip(groups, places(element), strict=True)]
        starts = accumulate((len(moved) for moved in images), initial=0)
        return [start + i for start, moved in zip(starts, images, strict=False) for i in moved]

    return Group(names=[name(e) for e in range(prod(orders))], times=times, points=points)


def _word_problem(group: Group) -> Machine:
    import numpy as np

    order = len(group.names)
    states = np.arange(order)
    table = np.empty((order, order), np.int32)
    for letter in range(order):
        table[:, letter] = group.times(states, letter)
    return machine(
        alphabet=[str(name).replace(" ", "") for name in group.names],
        transitions=table,
        outputs=group.names,
        points=[group.points(letter) for letter in range(order)],
    )


def _factor(text: str) -> tuple[Family, int] | None:
    """Return the family and the number that a factor of a product names, None if it names none."""
    head, _, number = ("quaternion:8" if text == "quaternion" else text).partition(":")
    family = FAMILIES.get(head)
    if family is None or not (number.isascii() and number.isdigit() and len(number) <= 30):
        return None
    value = int(number)
    # A group of order 1 as a factor changes nothing, and any number of them could be listed.
    within = family.least <= value <= (family.most or value) and family.order(value) > 1
    return (family, value) if within else None


def _factors(text: str) -> list[tuple[Family, int]]:
    found = [_factor(part) for part in text.split(",")]
    return [factor for factor in found if factor is not None]


ALLOWED = "cyclic:M from 2, dihedral:M from 3, sym:N from 2 to 9, alt:N from 3 to 9 and quaternion"


def _problem(text: str) -> str | None:
    parts = text.split(",")
    wrong = [part for part in parts if _factor(part) is None]
    if wrong:
        more = f" and {len(wrong) - 3} more" if len(wrong) > 3 else ""
        listing = ", ".join(map(shown, wrong[:3])) + more
        return f"the factors of a product are {ALLOWED}; found {listing}"
    return "a product has at least two factors, separated by commas" if len(parts) < 2 else None


def _product_order(text: str) -> int:
    return capped_product(family.order(value) for family, value in _factors(text))


def _product(text: str) -> Machine:
    return _word_problem(_direct_product([f.group(value) for f, value in _factors(text)]))


def _product_predicate(text: str) -> Predicate:
    """Split every letter at its semicolons and multiply in each factor for itself."""
    predicates = [family.predicate(value) for family, value in _factors(text)]

    def element(word: Word) -> Output:
        letters = [letter.split(";") for letter in word]
        return "; ".join(
            str(predicate(tuple(parts[i] for parts in letters)))
            for i, predicate in enumerate(predicates)
        )

    return element


def _entry(
    pattern: str,
    sentence: str,
    *,
    outputs: str = ELEMENT,
    source: str,
    examples: tuple[str, ...],
    fixed: tuple[int, ...] = (),
) -> Entry:
    """Describe the word problem of a family, of its one group if the number is fixed."""
    family = FAMILIES[pattern.partition(":")[0]]
    return Entry(
        pattern=pattern,
        sentence=sentence,
        alphabet=LETTERS,
        outputs=outputs,
        source=source,
        examples=examples,
        size=lambda *number: (min(family.order(*number, *fixed), COUNT_CAP),) * 2,
        build=lambda *number: _word_problem(family.group(*number, *fixed)),
        predicate=lambda *number: family.predicate(*number, *fixed),
        least=family.least,
        most=family.most,
    )


LETTERS = "every element, spelt as the outputs spell it but without spaces"

ENTRIES: tuple[Entry, ...] = (
    _entry(
        "cyclic:M:all",
        "Word problem of the cyclic group of order M, one letter for every element: sums modulo M.",
        outputs="the sum of the letters modulo M",
        source=MERRILL,
        examples=("cyclic:3:all", "cyclic:60:all"),
    ),
    _entry(
        "dihedral:M:all",
        "Word problem of the symmetries of the M-gon, one letter for every symmetry.",
        outputs="the symmetry reached, as 1, r^k, s or s r^k (first s, then k turns)",
        source=LIU,
        examples=("dihedral:4:all",),
    ),
    _entry(
        "sym:N:all",
        "Word problem of the symmetric group, one letter for every permutation.",
        source=f"{GRAZZI}; {SIEMS}",
        examples=("sym:3:all", "sym:4:all", "sym:5:all"),
    ),
    _entry(
        "alt:N:all",
        "Word problem of the alternating group, one letter for every even permutation.",
        source=MERRILL,
        examples=("alt:5:all",),
    ),
    _entry(
        "quaternion:all",
        "Word problem of the quaternion group of order 8, one letter for every element.",
        outputs="the quaternion reached: 1, i, j, k, -1, -i, -j or -k",
        source=LIU,
        examples=("quaternion:all",),
        fixed=(8,),
    ),
    Entry(
        pattern="product:G,H:all",
        sentence="Word problem of a direct product of two or more groups, one letter for every "
        f"element; factors are {ALLOWED}.",
        alphabet=LETTERS,
        outputs="the elements reached in the factors, separated by semicolons, as in (1 2 3); 4",
        source=MERRILL,
        examples=("product:alt:4,cyclic:5:all", "product:sym:3,cyclic:10:all"),
        size=lambda text: (_product_order(text),) * 2,
        build=_product,
        predicate=_product_predicate,
        problem=_problem,
    ),
)

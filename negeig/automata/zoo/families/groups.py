"""Zoo: word problems of groups, and the full transformation monoid.

A word problem outputs the group element that the word multiplies to, read left to right: points
move by the first letter first. Every group here carries its natural points.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from negeig.automata.machines.size import COUNT_CAP, capped_product
from negeig.automata.zoo.entry import Entry, Predicate, machine
from negeig.automata.zoo.permutations import (
    Permutation,
    cycle,
    cycle_notation,
    listed,
    rank,
    swaps,
)
from negeig.claims import Letter, Output, Word

if TYPE_CHECKING:
    from negeig.automata.machines.machine import Machine

Generators = Mapping[Letter, Permutation]

MERRILL = "Merrill, Petty and Sabharwal 2024, The Illusion of State (arXiv 2404.08819)"
LIU = "Liu et al. 2023, Transformers Learn Shortcuts to Automata (arXiv 2210.10749)"
COXETER = "Coxeter and Moser 1980, Generators and Relations for Discrete Groups"


def _two_generators(n: int) -> Generators:
    return {"s": cycle([0, 1], n), "c": cycle(range(n), n)}


def _adjacent_swaps(n: int) -> Generators:
    return {f"{i + 1}-{i + 2}": cycle([i, i + 1], n) for i in range(n - 1)}


def _alternating_generators(n: int) -> Generators:
    return {"t": cycle([0, 1, 2], n), "c": cycle(range(1 - n % 2, n), n)}


def _word_problem(generators: Generators, n: int, even_only: bool = False) -> Machine:
    """Return the word problem of S_n, or of A_n, states in lexicographic order."""
    import numpy as np

    elements = listed(n, even_only)
    columns = [rank(np.array(g)[elements], even_only) for g in generators.values()]
    return machine(
        alphabet=tuple(generators),
        transitions=np.stack(columns, axis=1),
        outputs=[cycle_notation(element) for element in elements.tolist()],
        points=list(generators.values()),
    )


def _product_predicate(generators: Callable[[int], Generators]) -> Callable[[int], Predicate]:
    """Return the word problem as: follow every point through the word, write the cycles."""

    def predicate(n: int) -> Predicate:
        letters = generators(n)

        def product(word: Word) -> Output:
            images = list(range(n))
            for letter in word:
                images = [letters[letter][image] for image in images]
            return cycle_notation(images)

        return product

    return predicate


def dihedral_name(rotation: int, reflected: bool) -> str:
    """Return the symmetry that first reflects, or not, then turns.

    Examples
    --------
    >>> dihedral_name(0, False), dihedral_name(1, False), dihedral_name(2, True)
    ('1', 'r', 's r^2')
    """
    power = "" if rotation == 0 else "r" if rotation == 1 else f"r^{rotation}"
    return " ".join(part for part in ("s" if reflected else "", power) if part) or "1"


def _dihedral(m: int) -> Machine:
    """State k is the rotation i -> i + k, state m + k the reflection i -> k - i."""
    import numpy as np

    k = np.arange(m)
    rotate = np.concatenate([(k + 1) % m, m + (k + 1) % m])
    reflect = np.concatenate([m + -k % m, -k % m])
    return machine(
        alphabet="rs",
        transitions=np.stack([rotate, reflect], axis=1),
        outputs=[dihedral_name(i % m, i >= m) for i in range(2 * m)],
        points=[((k + 1) % m).tolist(), (-k % m).tolist()],
    )


def _dihedral_predicate(m: int) -> Predicate:
    """Follow two neighbouring corners of the polygon: they determine the symmetry."""

    def symmetry(word: Word) -> Output:
        first, second = 0, 1
        for letter in word:
            if letter == "r":
                first, second = (first + 1) % m, (second + 1) % m
            else:
                first, second = -first % m, -second % m
        return dihedral_name(first, (second - first) % m != 1)

    return symmetry


QUATERNIONS = ("1", "i", "j", "k", "-1", "-i", "-j", "-k")


def times_i(q: int) -> int:
    """Return the number of q times i: 1 -> i, i -> -1, j -> -k, k -> j.

    Examples
    --------
    >>> QUATERNIONS[times_i(QUATERNIONS.index("j"))]
    '-k'
    """
    return (1, 4, 7, 2, 5, 0, 3, 6)[q]


def times_j(q: int) -> int:
    """Return the number of q times j: 1 -> j, i -> k, j -> -1, k -> -i.

    Examples
    --------
    >>> QUATERNIONS[times_j(QUATERNIONS.index("i"))]
    'k'
    """
    return (2, 3, 4, 5, 6, 7, 0, 1)[q]


def _quaternion() -> Machine:
    import numpy as np

    columns = [[times(q) for q in range(8)] for times in (times_i, times_j)]
    return machine(
        alphabet="ij",
        transitions=np.array(columns).T,
        outputs=QUATERNIONS,
        points=columns,
    )


def quaternion_predicate() -> Predicate:
    """Multiply the units of a word as Hamilton does, on the four real coordinates.

    Examples
    --------
    >>> quaternion_predicate()(("i", "j", "-k"))
    '1'
    """
    factors = {
        name: tuple((1 if q < 4 else -1) * int(q % 4 == place) for place in range(4))
        for q, name in enumerate(QUATERNIONS)
    }

    def product(word: Word) -> Output:
        a, b, c, d = 1, 0, 0, 0
        for letter in word:
            e, f, g, h = factors[letter]
            a, b, c, d = (
                a * e - b * f - c * g - d * h,
                a * f + b * e + c * h - d * g,
                a * g - b * h + c * e + d * f,
                a * h + b * g - c * f + d * e,
            )
        (place,) = (i for i, x in enumerate((a, b, c, d)) if x)
        return QUATERNIONS[place if (a, b, c, d)[place] > 0 else place + 4]

    return product


def _transformations(n: int) -> Machine:
    import numpy as np

    points = np.arange(n)
    swap = np.array([1, 0, *range(2, n)])
    merge = np.array([1, 1, *range(2, n)])
    return machine(
        alphabet="ctm",
        transitions=np.stack([(points + 1) % n, swap, merge], axis=1),
        outputs=range(1, n + 1),
    )


def _transformations_predicate(n: int) -> Predicate:
    def image(word: Word) -> Output:
        point = 1
        for letter in word:
            if letter == "c":
                point = point % n + 1
            elif point == 1:
                point = 2
            elif point == 2 and letter == "t":
                point = 1
        return point

    return image


ELEMENT = "the group element reached, in cycle notation, points counted from 1; () at the start"

ENTRIES: tuple[Entry, ...] = (
    Entry(
        pattern="dihedral:M",
        sentence="Word problem of the symmetries of the M-gon (2M of them): r turns corner i to "
        "i + 1, s reflects it to -i.",
        alphabet="r, s",
        outputs="the symmetry reached, as 1, r^k, s or s r^k (first s, then k turns)",
        source=LIU,
        examples=("dihedral:4", "dihedral:5"),
        size=lambda m: (2 * m, 2),
        build=_dihedral,
        predicate=_dihedral_predicate,
        generators=lambda m: {
            "r": [(k + 1) % m for k in range(m)],
            "s": [-k % m for k in range(m)],
        },
        least=3,
    ),
    Entry(
        pattern="sym:N",
        sentence="Word problem of the symmetric group: s = (1 2), c = (1 2 ... N).",
        alphabet="s, c",
        outputs=ELEMENT,
        source=MERRILL,
        examples=("sym:3", "sym:5"),
        size=lambda n: (capped_product(range(2, n + 1)), 2),
        build=lambda n: _word_problem(_two_generators(n), n),
        predicate=_product_predicate(_two_generators),
        generators=_two_generators,
        least=2,
    ),
    Entry(
        pattern="sym:N:swaps",
        sentence="Word problem of the symmetric group, one letter for each swap of two points.",
        alphabet="i-j, the swap (i j), for all 1 <= i < j <= N",
        outputs=ELEMENT,
        source=MERRILL,
        examples=("sym:3:swaps", "sym:4:swaps"),
        size=lambda n: (capped_product(range(2, n + 1)), min(n * (n - 1) // 2, COUNT_CAP)),
        build=lambda n: _word_problem(swaps(n), n),
        predicate=_product_predicate(swaps),
        generators=swaps,
        least=2,
    ),
    Entry(
        pattern="sym:N:adjacent",
        sentence="Word problem of the symmetric group, one letter for each swap of neighbours.",
        alphabet="1-2, 2-3, ..., the swaps (1 2), (2 3), ..., (N-1 N)",
        outputs=ELEMENT,
        source=COXETER,
        examples=("sym:3:adjacent", "sym:5:adjacent"),
        size=lambda n: (capped_product(range(2, n + 1)), n - 1),
        build=lambda n: _word_problem(_adjacent_swaps(n), n),
        predicate=_product_predicate(_adjacent_swaps),
        generators=_adjacent_swaps,
        least=2,
    ),
    Entry(
        pattern="alt:N",
        sentence="Word problem of the alternating group: t = (1 2 3), and c = (1 2 ... N) for odd "
        "N, (2 3 ... N) for even N.",
        alphabet="t, c",
        outputs=ELEMENT,
        source=MERRILL,
        examples=("alt:4", "alt:5"),
        size=lambda n: (capped_product(range(3, n + 1)), 2),
        build=lambda n: _word_problem(_alternating_generators(n), n, even_only=True),
        predicate=_product_predicate(_alternating_generators),
        generators=_alternating_generators,
        least=3,
    ),
    Entry(
        pattern="quaternion",
        sentence="Word problem of the quaternion group of order 8, generated by i and j.",
        alphabet="i, j",
        outputs="the quaternion reached: 1, i, j, k, -1, -i, -j or -k",
        source=COXETER,
        examples=("quaternion",),
        size=lambda: (8, 2),
        build=_quaternion,
        predicate=quaternion_predicate,
    ),
    Entry(
        pattern="transformations:N",
        sentence="Where point 1 goes under a word of maps on N points, whose monoid is all N^N "
        "maps: c = (1 2 ... N), t = (1 2), m sends 1 to 2 and fixes the rest.",
        alphabet="c, t, m",
        outputs="the image of point 1, 1 to N",
        source="Ganyushkin and Mazorchuk 2009, Classical Finite Transformation Semigroups",
        examples=("transformations:3", "transformations:4"),
        size=lambda n: (n, 3),
        build=_transformations,
        predicate=_transformations_predicate,
        least=2,
    ),
)

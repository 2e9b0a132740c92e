"""In which order edges were passed last: all that nested flip-flops can tell of a word.

A layer of flip-flops that letters set, reset or leave alone knows of the word, at most, which
letters occurred and in which order each of them did so last. The next layer reads each letter
together with that: an edge of the Cayley graph of those orders. So it knows, at most, the order in
which these edges were passed last, and so on. Words with one such order are told apart by no
flip-flops nested as deeply, and there are flip-flops that tell all others apart.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from negeig.arrays import Ints
from negeig.claims import LimitReached, Word


def last_passages(words: Sequence[Word], depth: int) -> list[int]:
    """Return a number for each word: equal ones where the orders of that depth are equal.

    Notes
    -----
    O(depth x length^2) for each word; the orders of all words are never listed.

    Examples
    --------
    Of letters alone; then also of where ``ab`` had been before the last letters.

    >>> words = [("a", "b"), ("a", "a", "b"), ("b", "a", "b")]
    >>> last_passages(words, 0), last_passages(words, 1), last_passages(words, 2)
    ([0, 0, 0], [0, 0, 0], [0, 1, 2])
    """
    reached = [[0] * (len(word) + 1) for word in words]
    for _ in range(depth):
        numbers: dict[tuple[tuple[int, str], ...], int] = {(): 0}
        reached = [
            _one_deeper(word, before, numbers) for word, before in zip(words, reached, strict=True)
        ]
    ends = [numbers_along[-1] for numbers_along in reached]
    first = {number: i for i, number in enumerate(dict.fromkeys(ends))}
    return [first[end] for end in ends]


def _one_deeper(
    word: Word, before: list[int], numbers: dict[tuple[tuple[int, str], ...], int]
) -> list[int]:
    """Return the number of the order after each prefix, from those one less deep."""
    order: dict[tuple[int, str], None] = {}
    along = [0]
    for edge in zip(before, word, strict=False):  # the last number has no letter after it
        order.pop(edge, None)
        order[edge] = None
        along.append(numbers.setdefault(tuple(order), len(numbers)))
    return along


def passage_graph(letters: int, depth: int, max_values: int) -> Ints:
    """Return the Cayley graph of all orders of a depth, over so many letters.

    Parameters
    ----------
    letters, depth : int
        Of depth 0 there is one order; of depth 1, over two letters, five; of depth 2, 109.
    max_values : int
        Most orders of any depth that are listed.

    Returns
    -------
    array of int32, shape (orders, letters)
        The order after each letter; number 0 is that of the empty word, the rest breadth first.

    Raises
    ------
    LimitReached
        Past ``max_values``.

    Examples
    --------
    >>> passage_graph(2, 1, 100).tolist()
    [[1, 2], [1, 3], [4, 2], [4, 3], [4, 3]]
    >>> len(passage_graph(2, 2, 1_000))
    109
    """
    graph = np.zeros((1, letters), np.int32)
    for _ in range(depth):
        graph = _deeper_graph(graph.tolist(), letters, max_values)
    return graph


def _deeper_graph(graph: list[list[int]], letters: int, max_values: int) -> Ints:
    """Return the Cayley graph of the orders in which the edges of a graph are passed last."""
    start: tuple[int, tuple[int, ...]] = (0, ())
    numbers = {start: 0}
    found = [start]
    rows: list[list[int]] = []
    for vertex, order in found:  # grows while it is read
        row = []
        for a in range(letters):
            edge = vertex * letters + a
            after = (graph[vertex][a], (*(e for e in order if e != edge), edge))
            if after not in numbers:
                if len(found) == max_values:
                    raise LimitReached("orders of last passages", max_values, reached=max_values)
                numbers[after] = len(found)
                found.append(after)
            row.append(numbers[after])
        rows.append(row)
    return np.array(rows, np.int32)

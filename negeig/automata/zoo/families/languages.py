"""Zoo: languages with memory but no counting beyond it: registers, brackets, factors, Tomita."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from negeig.automata.machines.size import capped_product
from negeig.automata.zoo.entry import Entry, Predicate, machine
from negeig.claims import Output, Word

if TYPE_CHECKING:
    from negeig.automata.machines.machine import Machine

LIU = "Liu et al. 2023, Transformers Learn Shortcuts to Automata (arXiv 2210.10749)"
HEWITT = "Hewitt et al. 2020, RNNs can generate bounded hierarchical languages (arXiv 2010.07515)"
TOMITA = "Tomita 1982, Dynamic construction of finite-state automata using hill-climbing"
DELETANG = "Delétang et al. 2023, Neural Networks and the Chomsky Hierarchy (arXiv 2207.02098)"
MCNAUGHTON = "McNaughton and Papert 1971, Counter-Free Automata"
CHIANG = "Chiang and Cholak 2022, Overcoming a Theoretical Limitation (arXiv 2202.12172)"
SIMON = "Simon 1975, Piecewise testable events"


def _flipflop() -> Machine:
    return machine(alphabet="srh", transitions=[[1, 0, 0], [1, 0, 1]], outputs=[0, 1])


def _flipflop_predicate() -> Predicate:
    return lambda word: next((int(a == "s") for a in reversed(word) if a != "h"), 0)


def _even_pairs() -> Machine:
    """State 0 is the empty word, 1 + 2 f + l a word whose first and last letters are f and l."""
    return machine(
        alphabet="ab",
        transitions=[[1, 4], [1, 2], [1, 2], [3, 4], [3, 4]],
        outputs=[1, 1, 0, 0, 1],
    )


def _even_pairs_predicate() -> Predicate:
    return lambda word: int(sum(a != b for a, b in pairwise(word)) % 2 == 0)


def _abab() -> Machine:
    """State q has read a prefix of length q modulo 4; the last state is the sink."""
    return machine(
        alphabet="ab",
        transitions=[[1, 4], [4, 2], [3, 4], [4, 0], [4, 4]],
        outputs=[0, 1, 2, 3, None],
    )


def _abab_predicate() -> Predicate:
    def place(word: Word) -> Output:
        n = len(word)
        return n % 4 if "".join(word) == ("ab" * n)[:n] else None

    return place


def _first_symbol() -> Machine:
    return machine(alphabet="01", transitions=[[1, 2], [1, 1], [2, 2]], outputs=[None, 0, 1])


def _first_symbol_predicate() -> Predicate:
    return lambda word: int(word[0]) if word else None


def _dyck1(depth: int) -> Machine:
    """State d is depth d; the last state is the sink."""
    import numpy as np

    d = np.arange(depth + 2)
    sink = depth + 1
    opened = np.minimum(d + 1, sink)
    closed = np.where((d == 0) | (d == sink), sink, d - 1)
    return machine(
        alphabet="()",
        transitions=np.stack([opened, closed], axis=1),
        outputs=[1] + [0] * sink,
    )


def _dyck2(depth: int) -> Machine:
    """Stacks are the nodes of a binary tree: 2 i + 1 puts ( on stack i, 2 i + 2 puts [."""
    import numpy as np

    sink = 2 ** (depth + 1) - 1
    stack = np.arange(sink)
    parent = (stack - 1) // 2
    round_on_top = stack % 2 == 1
    square_on_top = (stack % 2 == 0) & (stack > 0)
    columns = [
        np.minimum(2 * stack + 1, sink),
        np.where(round_on_top, parent, sink),
        np.minimum(2 * stack + 2, sink),
        np.where(square_on_top, parent, sink),
    ]
    return machine(
        alphabet="()[]",
        transitions=np.vstack([np.stack(columns, axis=1), [sink] * 4]),
        outputs=[1] + [0] * sink,
    )


def _dyck_predicate(depth: int) -> Predicate:
    """Push and pop a list of brackets."""
    closes = {")": "(", "]": "["}

    def balanced(word: Word) -> Output:
        stack: list[str] = []
        for letter in word:
            if letter not in closes:
                stack.append(letter)
            elif not stack or stack.pop() != closes[letter]:
                return 0
            if len(stack) > depth:
                return 0
        return int(not stack)

    return balanced


TOMITA_MACHINES: tuple[tuple[list[list[int]], list[int]], ...] = (
    ([[1, 0], [1, 1]], [1, 0]),
    ([[2, 1], [0, 2], [2, 2]], [1, 0, 0]),
    # even run of 1s, odd run of 1s, odd and even run of 0s after an odd run of 1s, failed
    ([[0, 1], [2, 0], [3, 4], [2, 3], [4, 4]], [1, 1, 0, 1, 0]),
    ([[1, 0], [2, 0], [3, 0], [3, 3]], [1, 1, 1, 0]),
    ([[1, 2], [0, 3], [3, 0], [2, 1]], [1, 0, 0, 0]),
    ([[1, 2], [2, 0], [0, 1]], [1, 0, 0]),
    ([[0, 1], [2, 1], [2, 3], [4, 3], [4, 4]], [1, 1, 1, 1, 0]),
)


def _tomita(number: int) -> Machine:
    transitions, outputs = TOMITA_MACHINES[number - 1]
    return machine(alphabet="01", transitions=transitions, outputs=outputs)


def _odd_zeros_after_odd_ones(text: str) -> bool:
    runs = [(bit, len(list(run)) % 2) for bit, run in groupby(text)]
    first = next((place for place, run in enumerate(runs) if run == ("1", 1)), len(runs))
    return ("0", 1) in runs[first:]


def _tomita_predicate(number: int) -> Predicate:
    rules: tuple[Callable[[str], bool], ...] = (
        lambda text: "0" not in text,
        lambda text: text == "10" * (len(text) // 2),
        lambda text: not _odd_zeros_after_odd_ones(text),
        lambda text: "000" not in text,
        lambda text: text.count("0") % 2 == text.count("1") % 2 == 0,
        lambda text: (text.count("0") - text.count("1")) % 3 == 0,
        lambda text: re.fullmatch("0*1*0*1*", text) is not None,
    )
    return lambda word: int(rules[number - 1]("".join(word)))


def _letters(text: str) -> list[str]:
    """Return 0, 1 for a word over them, otherwise a, b and the word's letters, sorted."""
    return ["0", "1"] if set(text) <= {"0", "1"} else sorted({"a", "b", *text})


def _progress(text: str, otherwise: Sequence[int], last: Sequence[int]) -> list[list[int]]:
    """Return the table that goes from q to q + 1 on letter q of the text, for q < len(text).

    Other letters lead from q to ``otherwise[q]``; the rows after those are ``last``, all letters.
    """
    letters = _letters(text)
    table = [[target] * len(letters) for target in (*otherwise, *last)]
    for q, letter in enumerate(text):
        table[q][letters.index(letter)] = q + 1
    return table


def _starts_with(text: str) -> Machine:
    n = len(text)
    table = _progress(text, otherwise=[n + 1] * n, last=[n, n + 1])
    return machine(alphabet=_letters(text), transitions=table, outputs=[0] * n + [1, 0])


def _subsequence(text: str) -> Machine:
    n = len(text)
    table = _progress(text, otherwise=range(n), last=[n])
    return machine(alphabet=_letters(text), transitions=table, outputs=[0] * n + [1])


def _longest_border(text: str) -> list[list[int]]:
    """Return the Knuth-Morris-Pratt table: state q has read a longest prefix of q letters."""
    table = _progress(text, otherwise=[0] * len(text), last=[0])
    column = {letter: i for i, letter in enumerate(_letters(text))}
    border = 0
    for q in range(1, len(text) + 1):
        table[q] = table[border].copy()
        if q < len(text):
            table[q][column[text[q]]] = q + 1
            border = table[border][column[text[q]]]
    return table


def _ends_with(text: str) -> Machine:
    return machine(
        alphabet=_letters(text),
        transitions=_longest_border(text),
        outputs=[0] * len(text) + [1],
    )


def _contains(text: str) -> Machine:
    table = _longest_border(text)
    table[-1] = [len(text)] * len(table[-1])
    return machine(alphabet=_letters(text), transitions=table, outputs=[0] * len(text) + [1])


def _subsequence_predicate(text: str) -> Predicate:
    def contained(word: Word) -> Output:
        rest = iter(word)
        return int(all(letter in rest for letter in text))

    return contained


def _factor_entry(
    head: str,
    sentence: str,
    build: Callable[[str], Machine],
    predicate: Callable[[str], Predicate],
    *,
    source: str = MCNAUGHTON,
    extra_states: int = 1,
) -> Entry:
    return Entry(
        pattern=f"{head}:W",
        sentence=sentence,
        alphabet="0, 1 if W has no other letter; otherwise a, b and the letters of W, sorted",
        outputs="1 if so, else 0",
        source=source,
        examples=(f"{head}:aba", f"{head}:01"),
        size=lambda text: (len(text) + extra_states, len(_letters(text))),
        build=build,
        predicate=predicate,
    )


ENTRIES: tuple[Entry, ...] = (
    Entry(
        pattern="flipflop",
        sentence="One bit of memory: s sets it to 1, r resets it to 0, h holds it.",
        alphabet="s, r, h",
        outputs="what was written last; 0 at the start",
        source=LIU,
        examples=("flipflop",),
        size=lambda: (2, 3),
        build=_flipflop,
        predicate=_flipflop_predicate,
    ),
    Entry(
        pattern="dyck1:D",
        sentence="Balanced brackets of one kind, nested at most D deep.",
        alphabet="(, )",
        outputs="1 if balanced, else 0",
        source=HEWITT,
        examples=("dyck1:4",),
        size=lambda d: (d + 2, 2),
        build=_dyck1,
        predicate=_dyck_predicate,
    ),
    Entry(
        pattern="dyck2:D",
        sentence="Balanced brackets of two kinds, nested at most D deep.",
        alphabet="(, ), [, ]",
        outputs="1 if balanced, else 0",
        source=HEWITT,
        examples=("dyck2:3",),
        size=lambda d: (capped_product(2 for _ in range(d + 1)), 4),
        build=_dyck2,
        predicate=_dyck_predicate,
    ),
    Entry(
        pattern="tomita:1..7",
        sentence="Tomita's languages: 1: 1*; 2: (10)*; 3: no odd run of 0s after an odd run of 1s; "
        "4: no 000; 5: 0s and 1s both even in number; 6: as many 0s as 1s modulo 3; 7: 0*1*0*1*.",
        alphabet="0, 1",
        outputs="1 if in the language, else 0",
        source=TOMITA,
        examples=("tomita:1", "tomita:7"),
        size=lambda number: (len(TOMITA_MACHINES[number - 1][1]), 2),
        build=_tomita,
        predicate=_tomita_predicate,
        most=7,
    ),
    Entry(
        pattern="even-pairs",
        sentence="Whether ab and ba together occur an even number of times.",
        alphabet="a, b",
        outputs="1 if even, 0 if odd",
        source=DELETANG,
        examples=("even-pairs",),
        size=lambda: (5, 2),
        build=_even_pairs,
        predicate=_even_pairs_predicate,
    ),
    Entry(
        pattern="abab",
        sentence="How far into abab a word is that repeats it.",
        alphabet="a, b",
        outputs="the number of letters modulo 4; null once the word does not alternate from a on",
        source=LIU,
        examples=("abab",),
        size=lambda: (5, 2),
        build=_abab,
        predicate=_abab_predicate,
    ),
    Entry(
        pattern="first-symbol",
        sentence="The first letter, whatever follows.",
        alphabet="0, 1",
        outputs="the first letter, 0 or 1; null at the start",
        source=CHIANG,
        examples=("first-symbol",),
        size=lambda: (3, 2),
        build=_first_symbol,
        predicate=_first_symbol_predicate,
    ),
    _factor_entry(
        "starts-with",
        "Whether the word starts with W.",
        _starts_with,
        lambda text: lambda word: int("".join(word).startswith(text)),
        extra_states=2,
    ),
    _factor_entry(
        "ends-with",
        "Whether the word ends with W.",
        _ends_with,
        lambda text: lambda word: int("".join(word).endswith(text)),
    ),
    _factor_entry(
        "contains",
        "Whether W occurs in the word, its letters next to each other.",
        _contains,
        lambda text: lambda word: int(text in "".join(word)),
    ),
    _factor_entry(
        "subsequence",
        "Whether the letters of W occur in the word in this order, others between them or not.",
        _subsequence,
        _subsequence_predicate,
        source=SIMON,
    ),
)

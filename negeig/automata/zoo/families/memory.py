"""Zoo: what is written and read: registers, a place between walls, permutations seen in part.

Where an output is a question's answer, it is null after every letter that asks nothing.
"""

from __future__ import annotations

from math import factorial
from typing import TYPE_CHECKING

from negeig.automata.machines.size import COUNT_CAP, capped_product
from negeig.automata.zoo.entry import Entry, Predicate, machine
from negeig.automata.zoo.permutations import cycle, cycle_notation, listed, rank, swaps
from negeig.claims import Letter, Output, Word

if TYPE_CHECKING:
    from negeig.automata.machines.machine import Machine

LIU = "Liu et al. 2023, Transformers Learn Shortcuts to Automata (arXiv 2210.10749)"
GLITCHES = "Liu et al. 2023, Exposing Attention Glitches with Flip-Flop Language Modeling (arXiv "
GLITCHES += "2306.00946)"
ZOOLOGY = "Arora et al. 2023, Zoology (arXiv 2312.04927), with values that are overwritten"
CODE = "Siems et al. 2026, Learning State-Tracking from Code Using Linear RNNs (arXiv 2602.14814)"


def _flipflop(n: int) -> Machine:
    import numpy as np

    held = np.arange(n + 1)
    written = np.tile(held[1:], (n + 1, 1))
    return machine(
        alphabet=[*map(str, range(1, n + 1)), "h"],
        transitions=np.column_stack([written, held]),
        outputs=range(n + 1),
    )


def _flipflop_predicate(_: int) -> Predicate:
    return lambda word: next((int(a) for a in reversed(word) if a != "h"), 0)


def _tokens() -> Machine:
    """States: start; after w; bit 0 or 1 held, and it again after i and after r; ill-formed."""
    sink = 8
    return machine(
        alphabet=("w", "i", "r", "0", "1"),
        transitions=[
            [1, sink, sink, sink, sink],
            [sink, sink, sink, 2, 3],
            [1, 4, 6, sink, sink],
            [1, 5, 7, sink, sink],
            [sink, sink, sink, 2, 2],
            [sink, sink, sink, 3, 3],
            [sink, sink, sink, 2, sink],
            [sink, sink, sink, sink, 3],
            [sink] * 5,
        ],
        outputs=[None] * 6 + [0, 1, None],
    )


def _tokens_predicate() -> Predicate:
    def bit_to_read(word: Word) -> Output:
        """Cut the word into pairs of an instruction and a bit; the last may lack its bit."""
        pairs = list(zip(word[::2], word[1::2], strict=False))
        if len(word) % 2 == 0 or word[-1] != "r" or word[0] != "w":
            return None
        written = None
        for instruction, bit in pairs:
            if instruction not in "wir" or bit not in "01":
                return None
            if instruction == "w":
                written = bit
            if instruction == "r" and bit != written:
                return None
        return int(written or 0)

    return bit_to_read


def _gridworld(n: int) -> Machine:
    import numpy as np

    place = np.arange(n)
    columns = [np.maximum(place - 1, 0), place, np.minimum(place + 1, n - 1)]
    return machine(alphabet="L0R", transitions=np.stack(columns, axis=1), outputs=range(n))


def _gridworld_predicate(n: int) -> Predicate:
    """Say where the walker is from the sums of its last steps alone, no walk followed.

    The right wall bounds its place by N - 1 plus what was walked since any moment. The left wall
    makes it at least what was walked since any moment, as far as the right wall allows from then
    on; and it is no further right than the largest of these says.
    """

    def place(word: Word) -> Output:
        steps = [{"L": -1, "0": 0, "R": 1}[letter] for letter in word]
        since = [sum(steps[moment:]) for moment in range(len(steps) + 1)]
        return max(
            min(start, *(n - 1 + after for after in since[moment:]))
            for moment, start in enumerate(since)
        )

    return place


def _recall_size(k: int, v: int) -> tuple[int, int]:
    """Count the contents with no answer, and those with each value as the answer they can give."""
    # A power of one value is 1, however high, and two values pass the cap below a hundred.
    contents, without_one = (capped_product([base] * min(k, 100)) for base in (v, v - 1))
    states = contents + v * (contents - without_one)
    return (COUNT_CAP if contents >= COUNT_CAP else states), min(k * (v + 1), COUNT_CAP)


def _recall(k: int, v: int) -> Machine:
    """States: all contents of the registers, no answer given; then contents and an answer."""
    import numpy as np

    contents = v**k
    weights = v ** np.arange(k)[::-1]
    values = np.arange(contents)[:, None] // weights % v
    # Row: contents, column: the answer; -1 where no register holds it.
    state_of = np.full((contents, v), -1)
    for register in range(k):
        state_of[np.arange(contents), values[:, register]] = 0
    held, answers = np.nonzero(state_of == 0)
    state_of[held, answers] = contents + np.arange(len(held))
    columns = [
        np.arange(contents) + (value - values[:, register]) * weights[register]
        for register in range(k)
        for value in range(v)
    ] + [state_of[np.arange(contents), values[:, register]] for register in range(k)]
    table = np.stack(columns, axis=1)
    registers = range(1, k + 1)
    return machine(
        alphabet=[f"{r}={value}" for r in registers for value in range(v)]
        + [f"?{r}" for r in registers],
        transitions=np.concatenate([table, table[held]]),
        outputs=[None] * contents + answers.tolist(),
    )


def _recall_predicate(_: int, __: int) -> Predicate:
    def answer(word: Word) -> Output:
        if not word or word[-1][0] != "?":
            return None
        written = (a.split("=")[1] for a in reversed(word) if a.startswith(word[-1][1:] + "="))
        return int(next(written, 0))

    return answer


def _reset_letters(n: int) -> dict[Letter, list[int]]:
    elements = listed(n).tolist()
    return {"=" + cycle_notation(e).replace(" ", ""): e for e in elements}


def _permutation_reset(n: int) -> Machine:
    import numpy as np

    elements = listed(n)
    moved = [rank(np.array(cycle(points, n))[elements]) for points in ([0, 1], range(n))]
    resets = np.tile(np.arange(len(elements)), (len(elements), 1))
    return machine(
        alphabet=["s", "c", *_reset_letters(n)],
        transitions=np.column_stack([*moved, resets]),
        outputs=[cycle_notation(element) for element in elements.tolist()],
    )


def _permutation_reset_predicate(n: int) -> Predicate:
    """Start at the last reset; swap the images 1 and 2, or count every image up."""
    resets = _reset_letters(n)

    def element(word: Word) -> Output:
        images = list(range(n))
        for letter in word:
            if letter == "c":
                images = [(image + 1) % n for image in images]
            elif letter == "s":
                images = [1 - image if image < 2 else image for image in images]
            else:
                images = resets[letter]
        return cycle_notation(images)

    return element


def _reveal(n: int) -> Machine:
    """State q (n + 1) + a: permutation q of the items' places, and a the answer, 0 for none."""
    import numpy as np

    elements = listed(n)
    count, answers = len(elements), n + 1
    columns = [rank(np.array(swap)[elements]) * answers for swap in swaps(n).values()]
    items = np.argsort(elements, axis=1)
    columns += [np.arange(count) * answers + items[:, place] + 1 for place in range(n)]
    return machine(
        alphabet=[*swaps(n), *(f"?{place}" for place in range(1, answers))],
        transitions=np.repeat(np.stack(columns, axis=1), answers, axis=0),
        outputs=[None, *range(1, answers)] * count,
    )


def _reveal_predicate(n: int) -> Predicate:
    def item(word: Word) -> Output:
        row = list(range(1, n + 1))
        answer = None
        for letter in word:
            if letter.startswith("?"):
                answer = row[int(letter[1:]) - 1]
                continue
            i, j = (int(place) - 1 for place in letter.split("-"))
            row[i], row[j] = row[j], row[i]
            answer = None
        return answer

    return item


ENTRIES: tuple[Entry, ...] = (
    Entry(
        pattern="flipflop:N",
        sentence="A memory of one of N values: 1 to N write, h holds.",
        alphabet="1, ..., N, h",
        outputs="what was written last; 0 at the start",
        source=LIU,
        examples=("flipflop:3",),
        size=lambda n: (n + 1, n + 1),
        build=_flipflop,
        predicate=_flipflop_predicate,
    ),
    Entry(
        pattern="flipflop-wir",
        sentence="Flip-flop language: write (w), ignore (i) or read (r), each followed by a bit; "
        "the first writes, and the bit after r is the one written last.",
        alphabet="w, i, r, 0, 1",
        outputs="after r the bit that must follow; null elsewhere and once the word is ill-formed",
        source=GLITCHES,
        examples=("flipflop-wir",),
        size=lambda: (9, 5),
        build=_tokens,
        predicate=_tokens_predicate,
    ),
    Entry(
        pattern="recall:K:V",
        sentence="K registers, each holding one of V values, 0 at the start: k=v writes value v "
        "into register k, ?k reads register k.",
        alphabet="k=v for all 1 <= k <= K and 0 <= v < V, then ?1, ..., ?K",
        outputs="the value read; null after a write and at the start",
        source=ZOOLOGY,
        examples=("recall:2:2", "recall:2:3"),
        size=_recall_size,
        build=_recall,
        predicate=_recall_predicate,
    ),
    Entry(
        pattern="gridworld:N",
        sentence="The position of a walker on a line of N places with a wall at each end: L and R "
        "step, 0 stays.",
        alphabet="L, 0, R",
        outputs="the position, 0 to N - 1; 0, at the left wall, at the start",
        source=LIU,
        examples=("gridworld:4",),
        size=lambda n: (n, 3),
        build=_gridworld,
        predicate=_gridworld_predicate,
    ),
    Entry(
        pattern="permutation-reset:N",
        sentence="The symmetric group with resets: s = (1 2) and c = (1 2 ... N) multiply, and a "
        "letter for every element jumps to it.",
        alphabet="s, c, then = and an element in cycle notation without spaces, as in =(12)",
        outputs="the element reached, in cycle notation, points counted from 1; () at the start",
        source=LIU,
        examples=("permutation-reset:3", "permutation-reset:4"),
        size=lambda n: (factorial(n), factorial(n) + 2),
        build=_permutation_reset,
        predicate=_permutation_reset_predicate,
        least=2,
        most=9,
    ),
    Entry(
        pattern="sym:N:swaps:reveal",
        sentence="N items in a row: i-j swaps those at places i and j, ?i reveals the one at i.",
        alphabet="i-j for all 1 <= i < j <= N, then ?1, ..., ?N",
        outputs="the item revealed, 1 to N; null after a swap and at the start",
        source=CODE,
        examples=("sym:3:swaps:reveal",),
        size=lambda n: (
            min(capped_product(range(2, n + 1)) * (n + 1), COUNT_CAP),
            min(n * (n + 1) // 2, COUNT_CAP),
        ),
        build=_reveal,
        predicate=_reveal_predicate,
        least=2,
    ),
)

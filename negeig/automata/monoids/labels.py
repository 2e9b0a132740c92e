r"""What pictures write: letters, words and outputs as short text that can be drawn.

Characters that cannot be seen are shown as escapes, so what is drawn is also valid in XML and DOT.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import groupby

from negeig.automata.labels import shortened, visible
from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.monoid import TransitionMonoid
from negeig.claims import Letter, Output

LONGEST_LETTER = 12
LONGEST_WORD = 16
LONGEST_OUTPUT = 20

_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
# Equal letters in a row from which a word is written with a power.
_SHORTEST_POWER = 5


def letter_labels(alphabet: Sequence[Letter]) -> tuple[str, ...]:
    r"""Return a short visible label for every letter; different letters have different labels.

    A space is shown as ``␣``. Letters that would look the same get their number in the alphabet.

    Examples
    --------
    >>> letter_labels(["a", " ", "\n"])
    ('a', '␣', '\\n')
    >>> letter_labels(["a" * 20, "a" * 21])
    ('aaaaaaa…aaaa#0', 'aaaaaaa…aaaa#1')
    """
    labels = [shortened(visible(a).replace(" ", "␣"), LONGEST_LETTER) for a in alphabet]
    while len(set(labels)) < len(labels):
        labels = [
            f"{label}#{i}" if labels.count(label) > 1 else label for i, label in enumerate(labels)
        ]
    return tuple(labels)


def empty_word_label(letters: Iterable[str]) -> str:
    """Return ``ε``, or ``1`` where ε is the label of a letter, or else a description."""
    taken = set(letters)
    return next((label for label in ("ε", "1") if label not in taken), "(empty word)")


def word_label(word: Sequence[str]) -> str:
    """Return a non-empty word, given as labels of letters, with long powers as powers.

    Labels of more than one character are separated by dots.

    Examples
    --------
    >>> word_label("abba"), word_label("a" * 12 + "b"), word_label(["up", "up", "down"])
    ('abba', 'a¹²b', 'up·up·down')
    """
    parts = []
    for letter, run in groupby(word):
        times = len(list(run))
        if times >= _SHORTEST_POWER and letter.isalnum() and len(letter) == 1:
            parts.append(letter + str(times).translate(_SUPERSCRIPTS))
        else:
            parts += [letter] * times
    return ("" if all(len(letter) == 1 for letter in word) else "·").join(parts)


class WordLabels:
    """Labels of the elements of a monoid: their shortest words.

    Examples
    --------
    >>> from negeig.automata.monoids.monoid import transition_monoid
    >>> parity = Machine(alphabet="a", transitions=[[1], [0]], initial=0, outputs=[1, 0])
    >>> labels = WordLabels(transition_monoid(parity))
    >>> labels.full(0), labels.full(1)
    ('ε', 'a')
    """

    def __init__(self, monoid: TransitionMonoid) -> None:
        self.monoid = monoid
        self.letters = letter_labels(monoid.machine.alphabet)
        self.empty = empty_word_label(self.letters)
        # What marks an idempotent; it must not look like a letter.
        self.star = "★" if any("*" in label for label in self.letters) else "*"
        self._label = dict(zip(monoid.machine.alphabet, self.letters, strict=True))

    def full(self, e: int) -> str:
        """Return the whole word; letters may still be abbreviated."""
        word = [self._label[letter] for letter in self.monoid.word(e)]
        return word_label(word) if word else self.empty

    def short(self, e: int) -> str:
        """Return the word, its middle left out and the number of the element added when long."""
        full = self.full(e)
        return full if len(full) <= LONGEST_WORD else f"{shortened(full, LONGEST_WORD - 6)} #{e}"


def output_labels(machine: Machine) -> tuple[str, ...]:
    """Return the output of every state as text: strings bare, everything else as JSON.

    Strings get their quotes where another output would otherwise look the same.

    Examples
    --------
    >>> output_labels(Machine(alphabet="a", transitions=[[1], [0]], initial=0, outputs=["e", 2]))
    ('e', '2')
    >>> output_labels(Machine(alphabet="a", transitions=[[1], [0]], initial=0, outputs=["2", 2]))
    ('"2"', '2')
    """
    texts = [_json(output) for output in machine.outputs]
    pairs = zip(machine.outputs, texts, strict=True)
    bare = [output if isinstance(output, str) else text for output, text in pairs]
    labels = texts if len(set(bare)) < len(set(texts)) else bare
    return tuple(visible(label) for label in labels)


def _json(output: Output) -> str:
    from negeig.automata.formats.json_file import written_output

    written_output(output)  # raises InputError where the output is no JSON value
    return json.dumps(output, ensure_ascii=False)


def wrapped(labels: Sequence[str], width: int = 18, most_lines: int = 4) -> tuple[str, ...]:
    """Return labels joined by commas in a few lines; what does not fit is counted.

    Examples
    --------
    >>> wrapped(["a", "b", "c"]), wrapped("abcdefgh", width=6, most_lines=2)
    (('a, b, c',), ('a, b,', 'c, d, …4 more'))
    """
    lines = [""]
    for i, label in enumerate(labels):
        last = i == len(labels) - 1
        piece = label if last else label + ","
        if not lines[-1]:
            lines[-1] = piece
        elif len(lines[-1]) + 1 + len(piece) <= width:
            lines[-1] += " " + piece
        elif len(lines) < most_lines:
            lines.append(piece)
        else:
            lines[-1] += f" …{len(labels) - i} more"
            break
    return tuple(lines)


def text_columns(text: str) -> int:
    """Columns a text takes in a font of fixed width: wide characters and emoji take two.

    Examples
    --------
    >>> text_columns("ab"), text_columns("日本"), text_columns("é")
    (2, 4, 1)
    """
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )

"""``negeig compare``: two languages, equal or told apart by a shortest word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from negeig.automata.language import Source
from negeig.automata.machines.machine import Machine
from negeig.automata.problems import MOST_SHOWN
from negeig.claims import DEFAULT_RESOURCES, InputError, Letter, Output, Resources, Word


@dataclass(frozen=True, kw_only=True)
class CompareResult:
    """Two languages, and a shortest word on which their outputs differ, None where they are equal.

    ``alphabet`` has the letters of the words that were compared, and ``outputs`` are those of the
    two machines on the word. ``notices`` says of each what was completed or determinised.
    ``machines`` are those that were compared.
    """

    languages: tuple[str, str]
    alphabet: tuple[Letter, ...]
    notices: tuple[tuple[str, ...], tuple[str, ...]]
    word: Word | None
    outputs: tuple[Output, Output] | None
    machines: tuple[Machine, Machine]

    @property
    def equal(self) -> bool:
        """Whether the machines have the same output on every word."""
        return self.word is None

    @property
    def exit_code(self) -> int:
        """0 equal, 1 different."""
        return 0 if self.equal else 1

    def to_json(self) -> dict[str, Any]:
        """Return the object of schema ``negeig.compare/1``."""
        return {
            "schema": "negeig.compare/1",
            "languages": list(self.languages),
            "alphabet": list(self.alphabet),
            "notices": [list(notices) for notices in self.notices],
            "equal": self.equal,
            "word": None if self.word is None else list(self.word),
            "outputs": None if self.outputs is None else list(self.outputs),
        }


def compare(
    sources: Sequence[Source],
    *,
    alphabet: Sequence[str] = (),
    resources: Resources = DEFAULT_RESOURCES,
) -> CompareResult:
    """Compare two languages. A regular expression ranges over the letters of both.

    Those are the letters that occur in either, those of a zoo task or a file, and those given.

    Raises
    ------
    InputError
        There are not two, one cannot be read, both are standard input, an alphabet is given and
        neither is a regular expression, or a regular expression has letters that the other lacks.
    LimitReached
        A machine would have too many states, or a file too many bytes.

    Examples
    --------
    >>> compare([Source("regex", "(11)*"), Source("regex", "(111)*")]).word
    ('1', '1')
    >>> compare([Source("regex", ".*"), Source("regex", "(a|b)*")]).alphabet
    ('a', 'b')
    """
    if len(sources) != 2:
        raise InputError("", f"expected two languages to compare, found {len(sources)}")

    if alphabet and all(source.kind != "regex" for source in sources):
        raise InputError("", "an alphabet belongs to a regular expression; there is none")
    if [(source.kind, source.text) for source in sources] == [("file", "-")] * 2:
        raise InputError("", "both files are standard input, which is read once: name one of them")
    others = [None if source.kind == "regex" else source.read((), resources) for source in sources]
    letters = set(alphabet)
    for source, other in zip(sources, others, strict=True):
        letters.update(source.letters() if other is None else other.machine.alphabet)
    first, second = (
        source.read(sorted(letters), resources) if other is None else other
        for source, other in zip(sources, others, strict=True)
    )
    for one, other in ((first, second), (second, first)):
        missing = sorted(set(one.machine.alphabet).difference(other.machine.alphabet))
        if missing:
            raise InputError(
                "alphabet",
                f"{one.source} has the letter {missing[0]!r} and {other.source} has not: what has "
                "letters of its own, a zoo task or a file, is compared over these only; those of "
                f"{other.source} are {_quoted(other.machine.alphabet)}",
            )
    word = first.machine.difference(second.machine)
    return CompareResult(
        languages=(first.source, second.source),
        alphabet=first.machine.alphabet,
        notices=(first.notices, second.notices),
        word=word,
        outputs=None if word is None else (first.machine.output(word), second.machine.output(word)),
        machines=(first.machine, second.machine),
    )


def _quoted(alphabet: Sequence[Letter]) -> str:
    """Return letters for a message, of many only the first."""
    shown = [repr(letter) for letter in alphabet[:MOST_SHOWN]]
    return ", ".join([*shown, "..."] if len(alphabet) > MOST_SHOWN else shown)

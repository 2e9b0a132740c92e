"""``negeig compare``: two languages, equal or told apart by a shortest word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from negeig.automata.language import Source
from negeig.claims import DEFAULT_RESOURCES, InputError, Output, Resources, Word


@dataclass(frozen=True, kw_only=True)
class CompareResult:
    """Two languages, and a shortest word on which their outputs differ, None where they are equal.

    ``outputs`` are those of the two machines on the word.
    """

    languages: tuple[str, str]
    word: Word | None
    outputs: tuple[Output, Output] | None

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

    Examples
    --------
    >>> compare([Source("regex", "(11)*"), Source("regex", "(111)*")]).word
    ('1', '1')
    """
    if len(sources) != 2:
        raise InputError("", f"expected two languages to compare, found {len(sources)}")

    read = [
        source.read(alphabet if source.kind == "regex" else (), resources) for source in sources
    ]
    letters = {letter for language in read for letter in language.machine.alphabet}
    first, second = (
        source.read(sorted({*alphabet, *letters}), resources)
        if source.kind == "regex" and set(language.machine.alphabet) != letters
        else language
        for source, language in zip(sources, read, strict=True)
    )
    word = first.machine.difference(second.machine)
    return CompareResult(
        languages=(first.source, second.source),
        word=word,
        outputs=None if word is None else (first.machine.output(word), second.machine.output(word)),
    )

"""``negeig words``: how many words a language has, the first ones, and random ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from negeig.automata import languages
from negeig.automata.language import Language
from negeig.claims import (
    DEFAULT_RESOURCES,
    InputError,
    Letter,
    LimitReached,
    Output,
    Resources,
    Word,
    output_text,
)

MAX_DIGITS = 4_300
"""Digits of the largest number that is written: more, and Python refuses to."""

MAX_LETTERS = 10_000_000
"""Letters of all the words that are listed, or drawn."""

MAX_COUNTS = 1_000_000
"""Lengths for which words are counted."""

DEFAULT_LENGTH = 10
"""Length up to which words are counted, or of which they are drawn, unless one is named."""


@dataclass(frozen=True, kw_only=True)
class WordsResult:
    """The words of a language, or those after which the output is one of ``outputs``.

    Attributes
    ----------
    source, alphabet, notices
        What was read, and what was completed or determinised on the way.
    outputs : tuple or None
        What the words end in; None for those that an acceptor accepts.
    finite : bool
        Whether there are finitely many.
    total : int or None
        How many; None for infinitely many, and for a number of more than MAX_DIGITS digits.
    counts : tuple of int or None
        How many of each length 0, 1, ...
    first, sample : tuple of words or None
        The first ones by length, then by letters; random ones, each with the same probability.
    length, seed : int or None
        Of the sample.
    """

    source: str
    alphabet: tuple[Letter, ...]
    notices: tuple[str, ...]
    outputs: tuple[Output, ...] | None
    finite: bool
    total: int | None
    counts: tuple[int, ...] | None
    first: tuple[Word, ...] | None
    sample: tuple[Word, ...] | None
    length: int | None
    seed: int | None
    exit_code: int = 0

    def to_json(self) -> dict[str, Any]:
        """Return the object of schema ``negeig.words/1``."""
        sample = None
        if self.sample is not None:
            words = list(map(list, self.sample))
            sample = {"length": self.length, "seed": self.seed, "words": words}
        return {
            "schema": "negeig.words/1",
            "source": self.source,
            "alphabet": list(self.alphabet),
            "notices": list(self.notices),
            "outputs": None if self.outputs is None else list(self.outputs),
            "finite": self.finite,
            "total": self.total,
            "counts": None if self.counts is None else list(self.counts),
            "first": None if self.first is None else list(map(list, self.first)),
            "sample": sample,
        }


def words(
    language: Language,
    *,
    length: int | None = None,
    first: int | None = None,
    sample: int | None = None,
    seed: int = 0,
    outputs: Sequence[Output] = (),
    resources: Resources = DEFAULT_RESOURCES,
) -> WordsResult:
    """Count the words of a language by length; or list the first ones, or draw some at random.

    Parameters
    ----------
    language : Language
        Of an acceptor, or of a task whose ``outputs`` are named.
    length : int, optional
        Words are counted and listed up to this length, and drawn of exactly this one; 10, and no
        bound on listing, unless given.
    first, sample : int, optional
        How many words to list, and to draw. With one of them words are not counted.
    seed : int
        Of the draw; one seed gives the same words everywhere.
    outputs : sequence of JSON values
        Words count after which the output is one of these.
    resources : Resources
        ``max_memory`` bounds the tables that listing and drawing need.

    Raises
    ------
    InputError
        A number is negative, an output is none of the task's, several outputs and none is named,
        or there is no word of the length to draw.
    LimitReached
        A count has more than MAX_DIGITS digits, the words have more than MAX_LETTERS letters, they
        are counted for MAX_COUNTS lengths or more, or the tables take more memory than allowed.

    Examples
    --------
    >>> from negeig.automata.language import Source
    >>> words(Source("regex", "(a|ba)*").read(), length=7).counts
    (1, 1, 2, 3, 5, 8, 13, 21)
    """
    machine = language.machine.minimal()
    sizes = {"--length": length, "--list": first, "--sample": sample}
    problems = [
        f"{n} is at least 0, found {v}" for n, v in sizes.items() if v is not None and v < 0
    ]
    known = {output_text(output): output for output in machine.outputs}
    listed = ", ".join(list(known)[:10]) + (", ..." if len(known) > 10 else "")
    problems += [
        f"--output {text}: no word ends in it; the outputs are {listed}"
        for text in map(output_text, outputs)
        if text not in known
    ]
    if not outputs and not machine.is_acceptor:
        problems.append(
            f"name the outputs that words are to end in with --output; they are {listed}"
        )
    if problems:
        raise InputError(language.source, problems)

    at = DEFAULT_LENGTH if length is None else length
    if first is None and sample is None and at >= MAX_COUNTS:
        raise LimitReached("lengths", MAX_COUNTS, reached=at, detail="lower --length")
    limits: dict[str, Any] = {"outputs": outputs, "max_memory": resources.max_memory}
    total = languages.number_of_words(machine, outputs=outputs)
    counts = None
    if first is None and sample is None:
        counts = tuple(map(_writable, islice(languages.counts(machine, outputs=outputs), at + 1)))
    listing = drawing = None
    if first is not None:
        listing = _taken(languages.accepted_words(machine, 0, length, **limits), first)
    if sample is not None:
        drawing = _taken(languages.random_words(machine, at, seed, **limits), sample)
    return WordsResult(
        source=language.source,
        alphabet=machine.alphabet,
        notices=language.notices,
        outputs=tuple(outputs) or None,
        finite=total is not None,
        total=total if total is None or total < 10**MAX_DIGITS else None,
        counts=counts,
        first=listing,
        sample=drawing,
        length=None if sample is None else at,
        seed=None if sample is None else seed,
    )


def _writable(number: int) -> int:
    """Return a count. Raises LimitReached when it has too many digits to be written."""
    if number >= 10**MAX_DIGITS:
        digits = number.bit_length() * 30_103 // 100_000 + 1
        raise LimitReached(
            "digits of a number of words", MAX_DIGITS, reached=digits, detail="lower --length"
        )
    return number


def _taken(found: Iterator[Word], most: int) -> tuple[Word, ...]:
    """Return the first words. Raises LimitReached when they have too many letters in all."""
    taken: list[Word] = []
    letters = 0
    for word in islice(found, most):
        letters += len(word) + 1
        if letters > MAX_LETTERS:
            raise LimitReached(
                "letters of the words",
                MAX_LETTERS,
                reached=letters,
                detail=f"after {len(taken):,} words; ask for fewer, or shorter ones",
            )
        taken.append(word)
    return tuple(taken)

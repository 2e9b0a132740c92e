"""Words and witnesses as people read them."""

from __future__ import annotations

from negeig.claims import Word
from negeig.theory.bounds.witnesses import IdempotentWitness, PeriodWitness


def show(word: Word) -> str:
    """Write a word for people: letters run together where each is one character.

    Examples
    --------
    >>> show(("a", "b")), show(("push", "pop")), show(())
    ('ab', 'push pop', 'the empty word')
    """
    if not word:
        return "the empty word"
    text = ("" if all(len(a) == 1 for a in word) else " ").join(word)
    return text if len(text) <= 60 else f"{text[:57]}..."


def power(word: Word) -> str:
    """Write ``word^k``.

    Examples
    --------
    >>> power(("a",)), power(("a", "b")), power(("push",))
    ('a^k', '(ab)^k', '(push)^k')
    """
    return f"{word[0]}^k" if len(word) == len(word[0]) == 1 else f"({show(word)})^k"


def period_text(witness: PeriodWitness) -> str:
    """Say which outputs cycle.

    Examples
    --------
    >>> period_text(PeriodWitness(("a",), ("b",), (), 0, 2, (0, 1)))
    'letter a: the outputs on b a^k have period 2 in k'
    """
    kind = "letter" if len(witness.word) == 1 else "word"
    parts = [show(witness.prefix)] if witness.prefix else []
    parts += [power(witness.word)] + ([show(witness.suffix)] if witness.suffix else [])
    return (
        f"{kind} {show(witness.word)}: the outputs on {' '.join(parts)} have period "
        f"{witness.period} in k"
    )


def idempotent_text(witness: IdempotentWitness) -> str:
    """Say which words are idempotent and which two words show that efe and fe differ.

    Examples
    --------
    >>> idempotent_text(IdempotentWitness(("a",), ("b",), ("c",), ("d",)))
    'words e = a and f = b are idempotent, but outputs differ on cabad (efe after c) and cbad (fe)'
    """
    one, two = map(show, witness.words)
    after = f" after {show(witness.prefix)}" if witness.prefix else ""
    return (
        f"words e = {show(witness.e)} and f = {show(witness.f)} are idempotent, but outputs "
        f"differ on {one} (efe{after}) and {two} (fe)"
    )

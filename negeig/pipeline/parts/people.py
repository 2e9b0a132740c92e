"""People whose work is cited: each name as a word that can be explained, by what cites it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from negeig.pipeline.parts.glossary import folded
from negeig.pipeline.parts.term import Term

MOST_CITED = 8
"""Statements that are listed for one name; the rest are counted."""

NAME = re.compile(r"[^\W\d_a-z][\w'-]+(?: [^\W\d_a-z][\w'-]+)?")
NO_NAMES = re.compile(r".*(?:KDA|Mamba-3|DeltaNet|Toolkit)\b")
"""Layers and programs that stand where sources otherwise begin with the names of authors."""

AFTER_NAMES = re.compile(r"(?: et al\.?| and others)?(?:'s .*)?(?: \(?\d{4}\)?.*)?$")


def person(name: str) -> Term | None:
    """Return what is cited of a person, by the family name; None for nobody that is cited.

    Accents do not matter.

    Examples
    --------
    >>> print(person("szego").text)
    Cited for what negeig explain says of: bound (zeros of exponential polynomials: Polya and \
Szego, Problems and Theorems in Analysis II, part V, 75).
    >>> person("Nobody")
    """
    known = _cited().get(folded(name.strip()))
    if known is None:
        return None
    spelt, cited = known
    said = [f"{word} ({source})" for word, source in list(cited.items())[:MOST_CITED]]
    more = [f"and {len(cited) - MOST_CITED} more"] * (len(cited) > MOST_CITED)
    text = f"Cited for what negeig explain says of: {'; '.join([*said, *more])}."
    return Term(spelt, text, "docs/credits.md")


def people() -> tuple[str, ...]:
    """Return all family names."""
    return tuple(name for name, _ in _cited().values())


@cache
def _cited() -> dict[str, tuple[str, dict[str, str]]]:
    """Return for each folded name how it is spelt, and what cites it, with the source."""
    found: dict[str, tuple[str, dict[str, str]]] = {}
    for word, source in _sources():
        for part in source.split("; "):
            for name in _names(part):
                spelt, cited = found.get(folded(name), (name, {}))
                accented = name if spelt.isascii() else spelt
                found[folded(name)] = (accented, cited | {word: part})
    return found


def _sources() -> Iterator[tuple[str, str]]:
    """Yield theorems, classes of languages and architectures, with what they cite."""
    from negeig.automata.varieties.table import CLASSES
    from negeig.theory.architectures import entries as architectures
    from negeig.theory.theorems import entries as theorems

    yield from ((entry.id, entry.source) for entry in theorems())
    yield from ((one.name, one.source) for one in CLASSES)
    yield from ((entry.id, entry.source) for entry in architectures())


def _names(citation: str) -> list[str]:
    """Return the family names at the start of a citation, or behind its colon.

    They end with "and" or a year; where neither is there the first one is alone before a title.

    Examples
    --------
    >>> _names("levels: Krohn and Rhodes 1965"), _names("Ash, Finite semigroups (1987)")
    (['Krohn', 'Rhodes'], ['Ash'])
    """
    found: list[str] = []
    for part in citation.rpartition(": ")[2].split(", "):
        last = [AFTER_NAMES.sub("", one) for one in part.split(" and ")]
        if not all(map(NAME.fullmatch, last)) or any(map(NO_NAMES.match, last)):
            break
        found += (name.rpartition(" ")[2] for name in last)
        if len(last) > 1 or last != [part]:
            return found
    return found[:1]

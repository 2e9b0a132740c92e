"""Comparisons and lists as results: two languages, the named tasks, the theorems."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from negeig.automata.language import Language, resolve
from negeig.claims import DEFAULT_RESOURCES, InputError, Resources


def compare(
    languages: Sequence[tuple[str, str]],
    *,
    alphabet: Sequence[str] = (),
    resources: Resources = DEFAULT_RESOURCES,
) -> dict[str, Any]:
    """Compare two languages, ``negeig.compare/1``: equal, or a shortest separating word.

    Each language is a pair (kind, text), kind being ``regex``, ``zoo`` or ``file``. A regex ranges
    over the letters of both languages.

    Examples
    --------
    >>> compare([("regex", "(11)*"), ("regex", "(111)*")])["word"]
    ['1', '1']
    """
    if len(languages) != 2:
        raise InputError("", f"expected two languages to compare, found {len(languages)}")

    def read(letters: Sequence[str]) -> list[Language]:
        return [
            resolve(
                **{kind: text},
                alphabet=letters if kind == "regex" else (),
                max_states=resources.max_states,
                max_bytes=resources.max_bytes,
            )
            for kind, text in languages
        ]

    first, second = read(alphabet)
    if set(first.machine.alphabet) != set(second.machine.alphabet):
        first, second = read(sorted({*alphabet, *first.machine.alphabet, *second.machine.alphabet}))
    word = first.machine.difference(second.machine)
    return {
        "schema": "negeig.compare/1",
        "languages": [first.source, second.source],
        "equal": word is None,
        "word": None if word is None else list(word),
        "outputs": None
        if word is None
        else [first.machine.output(word), second.machine.output(word)],
    }


def zoo() -> dict[str, Any]:
    """Return the named tasks, ``negeig.zoo/1``."""
    from negeig.automata.zoo import entries

    names = ("pattern", "sentence", "alphabet", "outputs", "source", "examples")
    return {
        "schema": "negeig.zoo/1",
        "entries": [{name: getattr(entry, name) for name in names} for entry in entries()],
    }


def theorems() -> dict[str, Any]:
    """Return the registry of theorems, ``negeig.theorems/1``."""
    from negeig.theory.architectures import ARCHITECTURES
    from negeig.theory.theorems import entries

    return {
        "schema": "negeig.theorems/1",
        "theorems": [entry.to_json() for entry in entries()],
        "architectures": [{"id": a.id, "name": a.name} for a in ARCHITECTURES],
    }


def explain(identifier: str) -> dict[str, Any]:
    """Return one theorem of the registry, or one architecture, ``negeig.architecture/1``.

    Raises InputError for a name that is neither, with the nearest ones of both.

    Examples
    --------
    >>> explain("T1")["theorems"][0]["id"], explain("mamba")["architecture"]["inside"]
    ('T1', 'nonnegative-diagonal')
    """
    from negeig.theory.architectures import ARCHITECTURES
    from negeig.theory.architectures import find as find_architecture
    from negeig.theory.theorems import get

    if identifier.lower() in {name.lower() for a in ARCHITECTURES for name in (a.id, a.name)}:
        return {
            "schema": "negeig.architecture/1",
            "architecture": find_architecture(identifier).to_json(),
        }
    return {"schema": "negeig.theorems/1", "theorems": [get(identifier).to_json()]}

"""Reading a layer: ``key=value`` pairs with commas between them, a JSON file, or a mapping.

``arch=NAME`` fills in what the catalogue records of an architecture; other keys go before it.
"""

from __future__ import annotations

import difflib
import json
import math
import os
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, TypeAlias

from negeig.automata.formats.documents import glance, other_than
from negeig.automata.formats.files import read_bytes
from negeig.automata.formats.json_words import in_words
from negeig.claims import InputError
from negeig.theory.architectures import Architecture, Released, find, find_subject
from negeig.theory.architectures.layer import EXACT, LayerSpec
from negeig.theory.architectures.ranges import FORMS, Range, read_number

A_LAYER = "pairs such as family=delta,beta=0..2, or a JSON file or a mapping with the same keys"

Source: TypeAlias = "str | LayerSpec | Mapping[str, object]"
"""What a layer is read from."""


def read_layer(
    source: Source,
    overrides: Mapping[str, object] | None = None,
    *,
    max_bytes: int = 64_000_000,
) -> LayerSpec:
    """Return the layer that a text, a file or a mapping describes.

    Parameters
    ----------
    source : str, LayerSpec or mapping
        Pairs ``key=value``; or JSON, one object, that begins with ``{``; or the path of a file of
        it, where the text has no ``=``, or ends in ``.json`` and does not begin with a key; or the
        values by key.
    overrides : mapping, optional
        Values that count instead of those of the source.

    Raises
    ------
    InputError
        For a file that cannot be read, and every unknown or doubled key, wrong value and
        contradiction.

    Examples
    --------
    >>> spec = read_layer("family=delta,beta=0..2,steps=2,depth=4", {"depth": 1})
    >>> spec.beta, spec.steps, spec.depth, spec == read_layer(str(spec))
    (Range(least=End(value=Fraction(0, 1), is_reached=True), \
most=End(value=Fraction(2, 1), is_reached=True)), 2, 1, True)
    >>> read_layer("family=delta,stepz=2,dim=inf")
    Traceback (most recent call last):
    ...
    negeig.claims.InputError: layer: 2 problems
      unknown key 'stepz'; did you mean steps? The keys are arch, family, beta, gate, gates, \
steps, keys, eps, spectrum, heads, dim, columns, depth, format, state
      dim: 'inf' is no whole number
    """
    problems: list[str] = []
    if isinstance(source, LayerSpec):
        given: dict[str, object] = source.to_json()
        if source.state == source.format:
            del given["state"]
    elif isinstance(source, str):
        given = _from_text(source, problems, max_bytes)
    elif not isinstance(source, Mapping):
        raise InputError("layer", f"{source!r} is no layer: expected {A_LAYER}")
    else:
        given = {str(key): value for key, value in source.items()}
    given |= overrides or {}
    given = _filled_in(given, problems)
    if given.get("state") in EXACT and "format" not in given:
        given["format"] = given["state"]  # parameters of a format have rounded states
    values: dict[str, Any] = {}
    for key, value in given.items():
        try:
            values[key] = READERS[key](value)
        except KeyError:
            problems.append(f"unknown key {key!r}{_near(key)} The keys are {', '.join(KEYS)}")
        except ValueError as error:
            problems.append(f"{key}: {error}")
    if "family" not in given:
        known = ", ".join(FAMILIES)
        problems.append(f"family is missing: one of {known}; or arch=NAME, from the catalogue")
    elif values.get("family", "delta") != "delta" and "steps" in given:
        problems.append(f"family={values['family']} has no steps: only delta rules have")
        values.pop("steps", None)
    if given.get("gate") == "free" and values.get("family", "dense") != "dense":
        problems.append("gate=free: only the norm of dense matrices may be free")
    try:
        spec = LayerSpec(**{"family": "delta", **values})
    except InputError as error:
        raise InputError("layer", [*problems, *error.problems]) from None
    if problems:
        raise InputError("layer", problems)
    return spec


def of_architecture(name: str) -> dict[str, object]:
    """Return what the catalogue records of an architecture's layer, or of a model's, as pairs.

    Raises
    ------
    InputError
        For an unknown name, a layer out of scope, and one whose matrices are of no family here.

    Examples
    --------
    >>> of_architecture("deltanet")["beta"], of_architecture("olmo_hybrid")["depth"]
    ('0..1', 24)
    """
    subject = find_subject(name)
    depth: dict[str, object] = {}
    if isinstance(subject, Released):
        depth = {"depth": subject.recurrent} if subject.layers else {}
        subject = find(subject.architecture)
    if not isinstance(subject, Architecture):
        reason = f"{name}: outside what the theorems are about: {subject.reason}"
        raise InputError("", reason)
    if not subject.layer:
        raise InputError(
            "",
            f"{name}: its matrices, {subject.matrix}, are of none of the families; ask about the "
            "architecture itself, with --arch and without --depth and --heads",
        )
    problems: list[str] = []
    return _from_pairs(subject.layer, problems) | depth


def _filled_in(given: dict[str, object], problems: list[str]) -> dict[str, object]:
    if "arch" not in given:
        return given
    name = given.pop("arch")
    if not isinstance(name, str):
        problems.append(f"arch: {name!r} is no name")
        return given
    try:
        filled = of_architecture(name)
        family = given.get("family", filled["family"])
        if family != filled["family"]:
            problems.append(
                f"family={family} is not that of arch={name}, which is {filled['family']}: "
                "give one of the two"
            )
        return filled | given
    except InputError as error:
        problems += error.problems
    return {"family": "delta", **given}


def _from_text(text: str, problems: list[str], max_bytes: int) -> dict[str, object]:
    if not text.strip():
        raise InputError("layer", f"nothing is given: expected {A_LAYER}")
    first = text.partition("=")[0].strip()
    if text.lstrip().startswith("{"):
        name, data = "layer", text.encode()
    elif "=" in text and (first in KEYS or not text.endswith(".json")):
        return _from_pairs(text, problems)
    else:
        _meant_as_pairs(text)
        name, data = read_bytes(text, max_bytes)

    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        keys = [key for key, _ in pairs]
        problems.extend(f"{key} is given twice" for key in dict.fromkeys(keys) if _twice(key, keys))
        return dict(pairs)

    try:
        found = json.loads(data, parse_float=_decimal, object_pairs_hook=once)
    except (ValueError, RecursionError) as error:
        other = other_than("layer", glance(data))
        problem = f"{other}; here a layer is read" if other else f"no JSON: {in_words(error)}"
        raise InputError(name, problem, code="bad-file") from None
    if other := other_than("layer", found):
        raise InputError(name, f"{other}; here a layer is read, {A_LAYER}", code="bad-file")
    if not isinstance(found, dict):
        raise InputError(name, 'a layer is one JSON object, such as {"family": "delta"}')
    return found


def _meant_as_pairs(text: str) -> None:
    """Raise InputError for a text that is no file, but a family or a name of the catalogue."""
    if os.path.exists(text):
        return
    pair = f"family={text}" if text in FAMILIES else f"arch={text}"
    if text not in FAMILIES:
        try:
            find_subject(text)
        except InputError:
            return
    raise InputError("layer", f"{text!r} is no file; did you mean {pair}?")


def _twice(key: str, keys: list[str]) -> bool:
    return keys.count(key) > 1


def _decimal(text: str) -> object:
    """Return a decimal of a file exactly, or its text where it is too long to be meant."""
    try:
        return read_number(text)
    except ValueError:
        return text


def _from_pairs(text: str, problems: list[str]) -> dict[str, object]:
    given: dict[str, object] = {}
    pairs = text.split(",")
    for before, pair in zip(["", *pairs], pairs, strict=False):
        key, equals, value = (part.strip() for part in pair.partition("="))
        if not equals or not key or not value:
            problems.append(f"{pair!r} is no key=value{_for_a_comma(before, pair)}")
        elif "=" in value:
            problems.append(f"{pair!r} is more than one key=value: write a comma between them")
        elif key in given:
            problems.append(f"{key} is given twice")
        else:
            given[key] = value
    return given


def _for_a_comma(before: str, after: str) -> str:
    """Return what is said of a comma within a value: there are dots in ranges and in decimals."""
    if after[-1:] in (")", "]"):
        return "; a range has two dots, 0..2, and no comma"
    if before[-1:].isdigit() and after[:1].isdigit():
        return f"; a decimal has a point, {before.strip()}.{after.strip()}"
    return ""


def _near(key: str) -> str:
    meant = OTHER_WORDS.get(key.lower().replace("-", "_"))
    near = [meant] if meant else difflib.get_close_matches(key, KEYS, n=1)
    return f"; did you mean {near[0]}?" if near else "."


def _name(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is no name")
    return value


def _count(value: object) -> int:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 9:
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**9:
        return value
    if isinstance(value, Fraction):  # 2.0 in a JSON file
        if value.denominator == 1:
            return _count(value.numerator)
        raise ValueError(f"{value} is no whole number")
    if type(value) is int or (isinstance(value, str) and value.isdecimal()):
        raise ValueError(f"{value} has more than nine digits")
    raise ValueError(f"{value!r} is no whole number")


def _count_or_any(value: object) -> int | None:
    if value in ("any", None):
        return None
    try:
        return _count(value)
    except ValueError as error:
        raise ValueError(f"{error}, nor any") from None


def _number(value: object) -> Fraction:
    if isinstance(value, str):
        return read_number(value)
    if isinstance(value, bool) or not isinstance(value, int | float | Fraction):
        raise ValueError(f"{value!r} is no number")
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"{value!r} is no finite number")
        return Fraction(repr(value))
    return Fraction(value)


def _range(value: object) -> Range:
    if isinstance(value, Range):
        return value
    if isinstance(value, str):
        return Range.read(value)
    if isinstance(value, list | tuple):
        if len(value) != 2:
            raise ValueError(f"{value!r} is no range; a list has two ends, both in the range")
        return Range.of(*map(_number, value))
    if isinstance(value, bool) or value is None or isinstance(value, Mapping):
        raise ValueError(f"{value!r} is no range; write {FORMS}")
    return Range.of(_number(value), _number(value))


def _range_or_free(value: object) -> Range | None:
    return None if value == "free" else _range(value)


READERS: dict[str, Callable[[object], object]] = {
    "family": _name,
    "beta": _range,
    "gate": _range_or_free,
    "gates": _name,
    "steps": _count_or_any,
    "keys": _name,
    "eps": _number,
    "spectrum": _name,
    "heads": _count,
    "dim": _count,
    "columns": _count,
    "depth": _count_or_any,
    "format": _name,
    "state": _name,
}
"""How the value of each key is read."""

KEYS = ("arch", *READERS)

FAMILIES = ("delta", "diagonal", "rotation", "dense")

OTHER_WORDS = {
    **dict.fromkeys(("decay", "decays", "forget", "alpha", "a"), "gate"),
    **dict.fromkeys(("modulus", "radius", "magnitude", "abs", "norm"), "gate"),
    **dict.fromkeys(("layers", "n_layers", "num_layers"), "depth"),
    **dict.fromkeys(("householder", "num_householder", "householders"), "steps"),
    **dict.fromkeys(("dimension", "head_dim", "d"), "dim"),
    **dict.fromkeys(("value_dim", "head_v_dim", "v_dim"), "columns"),
    **dict.fromkeys(("num_heads", "n_heads", "h"), "heads"),
    **dict.fromkeys(("epsilon",), "eps"),
    **dict.fromkeys(("dtype", "precision", "arithmetic"), "format"),
    **dict.fromkeys(("architecture", "model", "name"), "arch"),
    **dict.fromkeys(("eigenvalues", "range"), "beta or gate"),
    **dict.fromkeys(("type", "kind", "matrix"), "family"),
}
"""What else the keys are called, and which is meant."""

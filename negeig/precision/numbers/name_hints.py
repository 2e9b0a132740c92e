"""What a misspelt name of an arithmetic probably meant: part by part, then as a whole."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from difflib import get_close_matches
from itertools import islice, product

from negeig.precision.numbers.formats import FORMATS, OTHER_NAMES

MOST = 3
"""Names that are offered."""

PLACES = ("acc32", "all-ops", "acc32-step", "acc32-chunk64", "acc64", "sum32")

OTHER_SUFFIXES = {
    **dict.fromkeys(("stochastic", "srr", "rs", "random", "stoch"), "sr"),
    **dict.fromkeys(("nearest", "rtne", "rn"), "rne"),
    **dict.fromkeys(("truncate", "trunc", "rz", "chop"), "rtz"),
    **dict.fromkeys(("saturate", "saturating", "clamp"), "sat"),
    **dict.fromkeys(("contract", "contraction", "any-fma"), "fma?"),
    **dict.fromkeys(("flush", "flush-to-zero"), "ftz"),
    **dict.fromkeys(("acc", "fp32", "accumulate"), "acc32"),
    **dict.fromkeys(("all", "ops", "allops"), "all-ops"),
}
"""What others call suffixes, and what is left out of them."""


def nearest(
    text: str, suffixes: Collection[str], whole: Sequence[str], is_name: Callable[[str], bool]
) -> list[str]:
    """Return the names that a misspelt one is nearest to, at most three, the nearest first.

    Parameters
    ----------
    text : str
        In lower case.
    suffixes : collection of str
        Those known beside ``PLACES``.
    whole : sequence of str
        Names that are compared with it as they are.
    is_name : callable
        Whether a text is a name without contradictions: no other is offered.

    Examples
    --------
    >>> suffixes = ("sr", "rtz", "fma")
    >>> nearest("bf16:acc32:srr", suffixes, [], lambda name: name != "bf16:acc32:fma")
    ['bf16:acc32:sr']
    >>> nearest("bfloat16:acc", suffixes, [], lambda name: True)
    ['bf16:acc32']
    >>> nearest("sr", suffixes, [], lambda name: "acc32" in name), nearest("grid:6", [], [], bool)
    (['bf16:acc32:sr'], ['grid:2^-6'])
    """
    if grid := re.fullmatch(r"(grid|fixed\d*)\D*(\d{1,3})?\D*(\d{1,3})?.*", text):
        kind, *numbers = grid.groups("6")
        return [f"{kind}:2^-{numbers[0] if numbers[0] != '2' else numbers[1]}"]
    head, *rest = text.split(":")
    known = (*PLACES, *suffixes)
    if not rest and (head in known or head in OTHER_SUFFIXES):
        # A suffix on its own: after the format that most ask about.
        heads, rest = ["bf16"], [head]
    elif not rest:
        return OTHER_NAMES[head].split(" or ") if head in OTHER_NAMES else _close(head, whole)
    else:
        heads = _heads(head)
    choices = [_like(suffix, known) for suffix in rest]
    for placed in ([], [["acc32"]]):  # Many suffixes are about a state that is stored.
        parts = islice(product(heads, *placed, *choices), 100)
        names = (":".join(names) for names in parts)
        if found := [name for name in dict.fromkeys(names) if is_name(name)]:
            return found[:MOST]
    return _close(text, whole)


def _heads(head: str) -> list[str]:
    if head in FORMATS:
        return [head]
    if head in OTHER_NAMES:
        return OTHER_NAMES[head].split(" or ")
    return _close(head, list(FORMATS))


def _close(text: str, names: Sequence[str]) -> list[str]:
    return list(get_close_matches(text, names, n=MOST, cutoff=0.6))


def _like(suffix: str, known: Collection[str]) -> list[str]:
    """Return the suffixes that one is nearest to: itself, if it is one."""
    if suffix in known:
        return [suffix]
    if suffix in OTHER_SUFFIXES:
        return [OTHER_SUFFIXES[suffix]]
    return get_close_matches(suffix, known, n=2, cutoff=0.6)

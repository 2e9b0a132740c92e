"""The classes of languages that ``negeig monoid`` lists, each as a word that can be explained."""

from __future__ import annotations

from negeig.automata.varieties.table import CLASSES
from negeig.pipeline.parts.term import Term

OF = {
    "monoid": "M, the monoid of all words",
    "semigroup": "S, the words but the empty one",
    "tier": "S, the words but the empty one, letters that change nothing left out",
}
"""Over what the words of a rule range."""

OMEGA = "x^ω is the idempotent among the powers of x. "


def variety_term(name: str) -> Term | None:
    """Return what a class of languages demands and whose it is, by either of its names; or None.

    Examples
    --------
    >>> print(variety_term("commuting idempotents").text)
    A class of languages, or of tasks: x^ω y^ω = y^ω x^ω, for all words of M, the monoid of all \
words. x^ω is the idempotent among the powers of x. Source: Ash, Finite semigroups with commuting \
idempotents (1987).
    >>> variety_term("nonsense")
    """
    wanted = " ".join(name.lower().split())
    for one in CLASSES:
        spoken, _, inner = one.name.lower().rstrip(")").partition(" (")
        if wanted and wanted in (one.name.lower(), spoken, inner, one.short.lower()):
            what = (
                "A class of languages" if one.of_language else "A class of languages, or of tasks"
            )
            rules = "; ".join(rule.text for rule in one.rules)
            omega = OMEGA * ("ω" in rules)
            text = f"{what}: {rules}, for all words of {OF[one.of]}. {omega}Source: {one.source}."
            return Term(one.name, text, "docs/theory/objects.md", (one.short,))
    return None

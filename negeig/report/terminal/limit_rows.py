"""What a task takes at least, what is enough, and in a sentence why less is not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from negeig.pipeline.parts.budget_not_met import is_beaten
from negeig.pipeline.parts.front import Point
from negeig.precision.closure.escapes import CertifiedEscape
from negeig.precision.numbers.models import short_name
from negeig.report.terminal.layout import Item, Row, glued
from negeig.report.terminal.styled import Style, joined, styled
from negeig.report.terminal.table import NOTHING, Table
from negeig.report.terminal.text_rows import count, word_text
from negeig.theory.bounds.limit import Limit, LimitVerdict
from negeig.theory.bounds.lower_bound import (
    CONTRACTIVE,
    DELTA,
    FINITE,
    OWN,
    WITHOUT_REFLECTIONS,
    LowerBound,
)
from negeig.theory.bounds.witnesses import IdempotentWitness, PeriodWitness
from negeig.theory.theorems import ids

QUANTITIES = {"layers": "layers", "steps": "steps a token", "dim": "dimension"}

CLASSES = {
    "nonnegative-spectrum": "layers whose eigenvalues are all real and >= 0",
    "real-spectrum": "layers with real eigenvalues (in layer i also of products of 2^(i-1) "
    "letters)",
    "nonnegative-symmetric": "layers of symmetric matrices with eigenvalues >= 0",
    "nonnegative-diagonal": "diagonal layers with entries >= 0",
    "real-diagonal": "real diagonal layers",
    "complex-diagonal": "complex diagonal layers",
    "one-contractive-layer": "one layer that never expands distances",
}

INSIDE = {
    "nonnegative-spectrum": ("real-spectrum",),
    "nonnegative-symmetric": ("nonnegative-spectrum", "real-spectrum"),
    "nonnegative-diagonal": (
        "nonnegative-symmetric",
        "nonnegative-spectrum",
        "real-spectrum",
        "real-diagonal",
        "complex-diagonal",
    ),
    "real-diagonal": ("real-spectrum", "complex-diagonal"),
}
"""For each class, the larger ones that it lies in."""

COME_TO = {
    "nonnegative-spectrum": "come to rest",
    "nonnegative-symmetric": "come to rest",
    "nonnegative-diagonal": "come to rest",
    "real-spectrum": "only ever repeat with a power of two",
    "real-diagonal": "only ever repeat with a power of two",
}
"""What layers of a class do when one word is read again and again."""

EXISTS: tuple[str, Style] = "exists", "yes"
"""One layer exists by a theorem, and no network is at hand."""

WORDS: dict[LimitVerdict, tuple[str, Style]] = {
    "impossible": ("no", "no"),
    "possible": ("yes", "yes"),
    "open": ("open", "open"),
}
"""Whether a class of layers, or an architecture, can do a task."""

ASSUMED = {
    FINITE: "if only finitely many exact states are reached",
    DELTA: "if steps are delta steps and only finitely many exact states are reached",
    CONTRACTIVE: "if steps are delta steps with eigenvalues in [-1, 1] and only finitely many "
    "exact states are reached",
    WITHOUT_REFLECTIONS: "if steps are delta steps with eigenvalues in (-1, 1] and only finitely "
    "many exact states are reached",
    f"{OWN}; {FINITE}": "if only finitely many exact states are reached, and the letters that "
    "permute them do it as their own group, not as a larger one",
}
"""What bounds assume, in plain words."""

EVERYWHERE = "at any depth, where states are cast to a format"
"""Depth and model of what is excluded by the periods and groups of a task."""


def bound_rows(bounds: Sequence[LowerBound], front: Sequence[Point] = ()) -> Iterator[Item]:
    """Yield a row for each quantity with its strongest bound above 1, any depth before one layer.

    One that a network of the front is below, as it does not meet the assumption, is left out. A
    bound that assumes more of the network than another one is shown only where it says more. Those
    with one assumption are followed by it.

    Examples
    --------
    >>> from negeig.automata.monoids.monoid import transition_monoid
    >>> from negeig.automata.zoo import get
    >>> from negeig.report.terminal.layout import report
    >>> from negeig.theory.bounds.lower_bounds import lower_bounds
    >>> machine = get("quaternion").minimal()
    >>> rows = bound_rows(lower_bounds(machine, transition_monoid(machine)))
    >>> print(report([rows], 100))
    at least     steps a token >= 2 in one layer                   negeig explain period-steps
                 dimension >= 4 in one layer                       negeig explain group-dimension
                   if only finitely many exact states are reached
                 steps a token >= 4 in one layer                   negeig explain own-representations
                   if only finitely many exact states are reached, and the letters that permute them do
                   it as their own group, not as a larger one
    """  # noqa: E501
    strongest: dict[tuple[str, int | None, bool, bool], LowerBound] = {}
    for bound in bounds:
        if bound.on_eigenvalues or bound.value < 2 or is_beaten(bound, front):
            continue
        key = bound.quantity, bound.layers, bound.own_group, bound.no_reflections
        if key not in strongest or bound.value > strongest[key].value:
            strongest[key] = bound
    label = "at least"
    for assumption in dict.fromkeys(bound.assumption for bound in strongest.values()):
        for bound in strongest.values():
            if bound.assumption == assumption:
                yield Row(label, _at_least(bound), f"negeig explain {bound.theorem}")
                label = ""
                if bound.chain is not None:
                    yield Row("", f"since {bound.reason}", indent=1)
        yield Row("", ASSUMED.get(assumption, f"assuming {assumption}"), indent=1)


def _at_least(bound: LowerBound) -> str:
    depth = {None: "at any depth", 1: "in one layer"}.get(
        bound.layers, f"in {count(bound.layers or 0, 'layer')}"
    )
    where = "" if bound.quantity == "layers" else f" {depth}"
    where += " without the eigenvalue -1" * bound.no_reflections
    return f"{QUANTITIES[bound.quantity]} >= {bound.value}{where}"


def enough_rows(limits: Sequence[Limit]) -> Iterator[Item]:
    """Yield a row that names the smallest classes that are known to suffice."""
    verdicts = {limit.class_: limit.verdict for limit in limits}
    enough = [class_ for class_ in CLASSES if verdicts.get(class_) == "possible"]
    smallest = [c for c in enough if not any(c in INSIDE.get(other, ()) for other in enough)]
    negative = verdicts.get("nonnegative-spectrum") == "impossible"
    unseen = {limit.class_ for limit in limits if limit.theorem == ids.ONE_LAYER}
    names = [
        CLASSES[class_]
        + ", with a negative eigenvalue" * (negative and class_ == "real-diagonal")
        + f" (one exists, by negeig explain {ids.ONE_LAYER}; none is at hand)" * (class_ in unseen)
        for class_ in smallest
    ]
    if names:
        yield Row("enough", "; ".join(names))


def why_not_rows(
    limits: Sequence[Limit], escapes: Sequence[CertifiedEscape], *, verbose: bool
) -> Iterator[Item]:
    """Yield a sentence for each largest class that fails; verbose: by which length, and a table.

    Rounding at every operation excludes no more than a cast does, and is left to the JSON.
    """
    cast = [limit for limit in limits if limit.model != "hardware"]
    failing = {limit.class_ for limit in cast if limit.verdict == "impossible"}
    label = "why not"
    for limit in cast:
        if limit.class_ not in failing or not failing.isdisjoint(INSIDE.get(limit.class_, ())):
            continue
        explain = styled(glued(f"negeig explain {limit.theorem}"), "dim")
        yield Row(label, joined(" ", (why_not(limit) + ":", explain)))
        label = ""
        detail = limit.bound_detail
        if verbose and detail is not None:
            yield Row(
                "",
                f"one layer of dimension {detail.dimension}, states cast to {detail.format}, is "
                f"wrong on some word of at most {detail.letters:,} letters",
                indent=1,
            )
    if "one-contractive-layer" in failing:
        yield from escape_rows(escapes, verbose=verbose)
    if verbose:
        rows = [
            [limit.class_, limit.model, styled(*_can(limit)), limit.theorem or NOTHING]
            for limit in limits
        ]
        yield Table("limits", ("class of layers", "model", "can do it", "theorem"), rows)


def _can(limit: Limit) -> tuple[str, Style]:
    return EXISTS if limit.theorem == ids.ONE_LAYER else WORDS[limit.verdict]


def why_not(limit: Limit) -> str:
    """Say in a sentence why a class of layers cannot do a task: which word, and what it shows.

    Examples
    --------
    >>> from negeig.automata.monoids.monoid import transition_monoid
    >>> from negeig.automata.zoo import get
    >>> from negeig.theory.bounds.limits import limits
    >>> machine = get("mod:3").minimal()
    >>> print(why_not(limits(machine, transition_monoid(machine))[0]))
    the outputs on 1^k repeat with period 3 in k; layers whose eigenvalues are all real and >= 0 \
come to rest, at any depth, where states are cast to a format
    """
    witness, name = limit.witness, CLASSES[limit.class_]
    if isinstance(witness, PeriodWitness) and limit.class_ in COME_TO:
        parts = [word_text(witness.prefix)] if witness.prefix else []
        parts.append(power_text(witness.word))
        parts += [word_text(witness.suffix)] if witness.suffix else []
        return (
            f"the outputs on {' '.join(parts)} repeat with period {witness.period:,} in k; {name} "
            f"{COME_TO[limit.class_]}, {EVERYWHERE}"
        )
    if isinstance(witness, IdempotentWitness):
        e, f = word_text(witness.e), word_text(witness.f)
        one, two = map(word_text, witness.words)
        return (
            f"a second {e} changes nothing, nor does a second {f}, but {one} and {two} need "
            f"different outputs; {name} cannot tell them apart with finitely many exact states"
        )
    return f"{limit.reason}; {name} cannot do it, {EVERYWHERE}"


def power_text(word: Sequence[str]) -> str:
    """Write ``word^k``.

    Examples
    --------
    >>> power_text(("a",)), power_text(("a", "b")), power_text(("push",))
    ('a^k', '(ab)^k', '(push)^k')
    """
    text = word_text(word)
    return f"{text}^k" if len(text) == 1 else f"({text})^k"


def escape_rows(found: Sequence[CertifiedEscape], *, verbose: bool = False) -> Iterator[Item]:
    """Yield a row that says which layer escapes the limit on one contractive layer, and where.

    Examples
    --------
    >>> from negeig.automata.zoo import get
    >>> from negeig.precision.closure.escapes import certified_escapes
    >>> from negeig.report.terminal.layout import report
    >>> print(report([escape_rows(certified_escapes(get("starts-with:a").minimal()))], 100))
    but          one layer of norm below 1 does it where states may shrink for ever: decaying-sign,
                 dimension 2, proved for every length in bf16 (363 states)
    """
    if not found:
        return
    escape = found[0].escape
    (layer,) = escape.network.layers
    proofs = ", ".join(
        f"{short_name(one.arithmetic)} ({one.result.states:,} states)" for one in found
    )
    idea = f". {escape.idea[0].upper()}{escape.idea[1:]}" if verbose else ""
    yield Row(
        "but",
        f"one layer of norm below 1 does it where states may shrink for ever: {escape.name}, "
        f"dimension {layer.dim}, proved for every length in {proofs}{idea}",
    )

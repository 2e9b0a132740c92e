"""The tables of a page: claims, the front, limits, architectures, lengths, several languages."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from negeig.automata.labels import shortened, visible
from negeig.claims import Claim, Verdict
from negeig.pipeline.parts.horizons import HorizonRow
from negeig.precision.numbers.models import short_name
from negeig.report.html.tables import Cell, Content, Table, mark
from negeig.report.terminal.depth_rows import ASSUMED as DEPTH_ASSUMED
from negeig.report.terminal.layout import quoted
from negeig.report.terminal.limit_rows import ASSUMED, CLASSES, QUANTITIES
from negeig.report.terminal.text_rows import word_text
from negeig.theory.architectures.verdicts import ArchitectureRow
from negeig.theory.bounds.limit import Limit
from negeig.theory.bounds.lower_bound import LowerBound
from negeig.theory.theorems import ids

if TYPE_CHECKING:
    from negeig.pipeline.parts.asking import Answer
    from negeig.pipeline.parts.depth import Depth
    from negeig.pipeline.parts.layer_answers import LayerAnswer
    from negeig.pipeline.parts.tables import Front

MODELS = {"cast": "cast", "exact-orbit": "exact orbit", "hardware": "rounding at every step"}
ORDER = {"impossible": 0, "open": 1, "possible": 2}

LONGEST_COMMAND = 500
"""Characters of a command that are shown."""

LONGEST_STEPPED = 200
"""Letters of a word that errs which the stepper is offered."""


def command_text(command: str) -> str:
    """Return a command line as a shell reads it, with escapes for what cannot be seen; cut if long.

    Examples
    --------
    >>> command_text("negeig check 'a b'")
    "negeig check 'a b'"
    >>> len(command_text("negeig check " + "a" * 10_000))
    500
    """
    return shortened(" ".join(map(quoted, shlex.split(command))), LONGEST_COMMAND)


def asked_table(asked: Sequence[Answer | LayerAnswer]) -> Table:
    """Return what was asked about, layers and architectures, each with its verdict and why."""
    return Table(
        "What was asked about",
        ("asked", "verdict", "why"),
        tuple((_asked_name(one), mark(one.verdict), _asked_why(one)) for one in asked),
    )


def _asked_name(one: Answer | LayerAnswer) -> str:
    """Return what it is called; of a layer also as what it was read."""
    spec = getattr(one, "spec", None)
    return one.title if spec is None else f"{one.title}: {str(spec).replace(',', ', ')}"


def _asked_why(one: Answer | LayerAnswer) -> list[str | Cell]:
    known = one.theorem not in (None, ids.CLOSURE)
    return [one.reason, *([Cell("code", f"negeig explain {one.theorem}")] if known else [])]


def claims_table(claims: Sequence[Claim]) -> Table:
    """Return claims with their verdicts and evidence, each named by its arithmetic."""
    return Table(
        "Each claim by the arithmetic it is about. Proved is for words of every length; passed "
        "is only what was seen.",
        ("claim", "verdict", "states", "evidence"),
        tuple(_claim(claim) for claim in claims),
    )


def _claim(claim: Claim) -> tuple[Content, ...]:
    evidence: list[str | Cell] = [visible(claim.detail)] if claim.detail else []
    if claim.word is not None:
        evidence += ["It errs on the word", Cell("key", word_text(claim.word))]
    evidence += [Cell("note", f"assumed: {one.statement}") for one in claim.assumptions]
    states = "" if claim.states is None else f"{claim.states:,}"
    about = short_name(claim.arithmetic)
    named: Content = (
        claim.id if about in (claim.id, "hardware") else [claim.id, Cell("note", about)]
    )
    return named, mark(claim.verdict.value), states, evidence


def front_table(front: Front, shown: object = None) -> Table:
    """Return the networks of a front with their commands; the construction shown stands out."""
    rows: list[tuple[Content, ...]] = []
    for number, (point, command) in enumerate(zip(front, front.commands, strict=True), 1):
        proved = [claim.id for claim in point.claims if claim.verdict is Verdict.PROVED]
        rows.append(
            (
                str(number),
                *map(str, point.cost),
                range_text(point.eigenvalues),
                ", ".join(proved),
                Cell("code", command_text(command)),
            )
        )
    return Table(
        "Networks of which none is beaten in everything by another, and the command that builds "
        "each.",
        ("network", "layers", "steps a token", "dimension", "eigenvalues", "proved in", "command"),
        tuple(rows),
        frozenset(i for i, point in enumerate(front) if point.construction is shown),
    )


def limits_table(limits: Sequence[Limit]) -> Table:
    """Return the classes of layers, what is impossible first."""
    rows: list[tuple[Content, ...]] = []
    for limit in sorted(limits, key=lambda row: ORDER[row.verdict]):
        if limit.model == "hardware":
            continue
        why: list[str | Cell] = [limit.reason] if limit.reason else []
        why += [Cell("code", f"negeig explain {limit.theorem}")] if limit.theorem else []
        depth = "one layer" if limit.depth == "one" else "any depth"
        name = CLASSES[limit.class_]
        rows.append((name, mark(limit.verdict), depth, MODELS[limit.model], why))
    return Table(
        "Classes of layers. Cast: exact states that the decoder sees rounded. Exact orbit: "
        "finitely many exact states.",
        ("layers", "verdict", "depth", "model", "why"),
        tuple(rows),
    )


def depth_table(depth: Sequence[Depth]) -> Table:
    """Return the least number of layers for ranges of eigenvalues, the narrowest first."""
    return Table(
        f"The least number of layers {DEPTH_ASSUMED}, for each range of their eigenvalues.",
        ("eigenvalues in", *(row.eigenvalues for row in depth[::-1])),
        (("layers", *(row.text for row in depth[::-1])),),
    )


def bound_texts(bounds: Sequence[LowerBound]) -> list[str]:
    """Return a sentence for each thing that is needed at least."""
    return [
        f"{QUANTITIES[bound.quantity]} at least {bound.value}{_depth(bound.layers)}, "
        f"{ASSUMED.get(bound.assumption, f'assuming {bound.assumption}')}: {bound.reason}"
        for bound in bounds
        if not bound.on_eigenvalues and bound.value > 1
    ]


def _depth(layers: int | None) -> str:
    if layers is None:
        return " at any depth"
    return " with one layer" if layers == 1 else f" with at most {layers} layers"


def architectures_table(rows: Sequence[ArchitectureRow]) -> Table:
    """Return the architectures by name, what is impossible first."""
    ordered = sorted(rows, key=lambda row: (ORDER[row.verdict], row.name))
    return Table(
        "Layers by the names that people know them by, and the least number of them with finitely "
        "many exact states",
        ("architecture", "verdict", "layers", "why"),
        tuple(
            (
                row.name,
                mark(row.verdict),
                "" if row.verdict == "impossible" or row.layers is None else row.layers.text,
                Cell("code", f"negeig explain {row.theorem}") if row.theorem else "not known",
            )
            for row in ordered
        ),
    )


def counted(verdicts: Sequence[str]) -> str:
    """Return how many there are of each verdict.

    Examples
    --------
    >>> counted(["open", "possible", "open"])
    '1 possible, 2 open'
    """
    found = {verdict: verdicts.count(verdict) for verdict in ("possible", "impossible", "open")}
    return ", ".join(f"{count} {verdict}" for verdict, count in found.items() if count)


def horizons_table(rows: Sequence[HorizonRow], separator: str, can_step: bool) -> Table:
    """Return up to which length each arithmetic is right, and a word on which it errs."""
    found: list[tuple[Content, ...]] = []
    for row in sorted(rows, key=lambda row: row.bits):
        right = "words of every length" if row.certified is None else f"{row.certified:,} letters"
        errs: list[str | Cell] = []
        if row.word is not None:
            count = f"{len(row.word):,} letter{'s' * (len(row.word) != 1)}"
            errs = [f"a word of {count}", Cell("key", word_text(row.word))]
            if can_step and len(row.word) <= LONGEST_STEPPED:
                errs.append(Cell("step", separator.join(row.word), short_name(row.arithmetic)))
        elif row.certified is not None:
            errs = ["no word found"]
        found.append((short_name(row.arithmetic), str(row.bits), right, errs or "nowhere"))
    return Table(
        "Each operation is rounded to the format, and so are the parameters. Right: proved for "
        "every word of so many letters.",
        ("arithmetic", "significant bits", "right up to", "errs on"),
        tuple(found),
    )


def comparison_table(pages: Sequence[Mapping[str, Any]]) -> Table:
    """Return several languages side by side, from the values of their parts of the page."""
    return Table(
        "The languages side by side",
        ("language", "answer", "states", "monoid", "layers", "steps", "dimension", "eigenvalues"),
        tuple(
            (
                Cell("key", page["name"], page["id"]),
                mark(page["verdict"]),
                f"{page['states']:,}",
                page["monoid_name"],
                *(page["network"]["cost"] if page["network"] else ("none found", "", "", "")),
            )
            for page in pages
        ),
    )


def range_text(ends: tuple[Fraction, Fraction]) -> str:
    """Return the ends of a range of eigenvalues.

    Examples
    --------
    >>> range_text((Fraction(-1), Fraction(1, 2))), range_text((Fraction(0), Fraction(0)))
    ('-1 to 1/2', '0')
    """
    least, most = map(str, ends)
    return least if least == most else f"{least} to {most}"

"""What a person sees of a check: the answer first, then the network, the costs, and what cannot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from negeig.claims import Verdict
from negeig.pipeline.check import CheckResult
from negeig.pipeline.parts.asking import Answer
from negeig.pipeline.parts.front import command
from negeig.pipeline.parts.layer_answers import LayerAnswer
from negeig.pipeline.parts.proving import ThroughClaim
from negeig.report.terminal.architecture_rows import architecture_rows
from negeig.report.terminal.depth_rows import depth_rows
from negeig.report.terminal.front_rows import asked_rows, front_rows
from negeig.report.terminal.layer_rows import layer_rows
from negeig.report.terminal.layout import Command, Heading, Item, Paragraph, Row, report
from negeig.report.terminal.limit_rows import CLASSES, bound_rows, enough_rows, why_not_rows
from negeig.report.terminal.network_rows import cost_text, network_rows, other_rows
from negeig.report.terminal.styled import NO, OPEN, YES, Style, Text, joined, styled
from negeig.report.terminal.table import Table
from negeig.report.terminal.text_rows import (
    alphabet_text,
    few,
    machine_text,
    monoid_phrase,
    notice_rows,
    title_text,
)
from negeig.theory.theorems import ids

__all__ = ["CLASSES", "check_text", "cost_text", "monoid_phrase"]

ANSWERS: dict[str, tuple[str, Style]] = {
    "impossible": ("NO", "no"),
    "open": ("OPEN", "open"),
    "possible": ("YES", "yes"),
}
"""What an answer is called, in the order in which answers are told."""

ANY_LAYERS = "The task itself, in layers of any kind:"
"""What stands between the answer about some layers and the network that is shown for the task."""


def check_text(
    result: CheckResult, width: int = 100, verbose: bool = False, everything: bool = False
) -> Text:
    """Return the report of ``negeig check``.

    Parameters
    ----------
    result : CheckResult
    width : int
        Columns.
    verbose : bool
        Whether sizes of proofs, rejected networks and bounds on lengths are shown.
    everything : bool
        Whether every architecture is.
    """
    name = title_text(result.source, result.arguments)
    heading = Heading(name, about_text(result), joined("; ", check_answer(result)))
    blocks: list[Iterable[Item]] = [
        [
            heading,
            *notice_rows(result.notices),
            *([Row("letters", alphabet_text(result.machine.alphabet))] if verbose else ()),
        ],
        _asked_rows(result),
        [Paragraph(ANY_LAYERS)] if result.asked and result.shown is not None else [],
        network_rows(result, verbose=verbose),
        _front_rows(result, verbose),
        [
            *depth_rows(result.depth),
            *bound_rows(result.lower_bounds, result.front),
            *enough_rows(result.limits),
            *why_not_rows(result.limits, result.escapes, verbose=verbose),
        ],
    ]
    if everything or not result.asked:
        blocks.append(architecture_rows(result.architectures, everything=everything))
    return report(blocks, width)


def about_text(result: CheckResult) -> str:
    """Return the sizes of the task, and its monoid: ``2 letters, 3 states, group C3``."""
    sizes = machine_text(len(result.machine.alphabet), result.machine.size)
    return f"{sizes}, {monoid_phrase(result.monoid)}"


def check_answer(result: CheckResult) -> Iterator[Text]:
    """Yield the answer: about what was asked, and about the network unless all of it is proved."""
    asked = result.asked
    for verdict, (word, style) in ANSWERS.items():
        names = [one.title for one in asked if one.verdict == verdict]
        if names:
            yield styled(word, style) + f" for {few(names, 3)}"
    through = [claim for claim in result.claims if isinstance(claim, ThroughClaim)]
    own = replace(result, claims=tuple(claim for claim in result.claims if claim not in through))
    for word, verdict in ((NO, Verdict.REFUTED), (OPEN, Verdict.OPEN)):
        names = [claim.id for claim in through if claim.verdict is verdict]
        if names:
            yield word + f" in {few(names, 3)}"
    if not asked or own.claims_verdict != "holds":
        apart = any(claim.verdict in (Verdict.REFUTED, Verdict.OPEN) for claim in through)
        yield "the network itself: " * apart + _claims_answer(own)


def _claims_answer(result: CheckResult) -> Text:
    """Return what the claims about the network itself say."""
    if result.shown is None:
        return OPEN + ", no network found"
    if result.claims_verdict == "holds":
        return YES + ", proved for every length"
    wrong = [claim.id for claim in result.claims if claim.verdict is Verdict.REFUTED]
    if wrong:
        return NO + f", wrong in {few(wrong, 3)}"
    undecided = [claim.id for claim in result.claims if claim.verdict is Verdict.OPEN]
    if undecided:
        return OPEN + f" in {few(undecided, 3)}"
    return OPEN + ", stopped; what is shown is proved"


def _asked_rows(result: CheckResult) -> Iterator[Item]:
    """Yield what was found about each layer and architecture asked about; first, in a table."""
    if len(result.asked) > 1:
        rows = [
            [one.name, styled(one.verdict, _style(one)), one.theorem or ""] for one in result.asked
        ]
        yield Table("asked", ["", "", ""], rows)
    for layer in result.layers:
        yield from layer_rows(layer)
    for one in result.answers:
        known = one.theorem not in (None, ids.CLOSURE)
        verdict = styled(one.verdict, _style(one))
        yield Row(verdict, f"{one.title}: {one.reason}", f"negeig explain {one.theorem}" * known)
        yield from _released(one.id, result.arguments)


def _style(one: Answer | LayerAnswer) -> Style:
    return ANSWERS[one.verdict][1]


def _released(subject: str, arguments: Sequence[str]) -> Iterator[Item]:
    """Yield the commands about the released layers of an architecture or model."""
    from negeig.kernels.layers.other_commands import kinds_of

    for kind in kinds_of(subject=subject):
        yield from other_rows(kind, "check", "", arguments)


def _front_rows(result: CheckResult, verbose: bool) -> Iterator[Item]:
    if result.shown is not None:
        choice = result.choice
        yield from front_rows(
            result.front, result.shown, choice.terms, result.arguments, verbose=verbose
        )
        if len(result.front) == 1:
            (only,) = result.front
            yield Command("weights", command(only, [only], choice.terms, result.arguments))
    if verbose:
        yield from asked_rows(result.choice.asked)
    yield from (Row("limit", text) for text in result.limits_reached)

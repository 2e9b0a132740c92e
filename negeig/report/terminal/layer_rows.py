"""What was found about the layers asked about: the answer, the length, the frontier."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from negeig.pipeline.parts.layer_answers import LayerAnswer
from negeig.pipeline.parts.layer_answers import Row as FrontierRow
from negeig.report.terminal.layout import Item, Row
from negeig.report.terminal.limit_rows import WORDS
from negeig.report.terminal.styled import styled
from negeig.report.terminal.table import Table
from negeig.report.terminal.text_rows import count
from negeig.theory.architectures.layer_limits import Failure
from negeig.theory.theorems import ids

SHORT = 10**12
"""Lengths up to which all digits are shown."""

MODELS = {
    "cast": "states cast to a format",
    "exact-orbit": "finitely many exact states",
    "hardware": "every operation rounded",
}

ROUNDED = {"cast": "states cast", "hardware": "every operation rounded"}
"""What is rounded to a format, in each model in which a length is stated."""


def layer_rows(answer: LayerAnswer) -> Iterator[Item]:
    """Yield the rows about one layer: its answer, and the frontier of those like it."""
    verdict = styled(answer.verdict, WORDS[answer.verdict][1])
    if len(answer.parts) > 1:
        yield Row(verdict, answer.name, _theorem(answer))
        yield from (Row("", part, mark="- ") for part in answer.parts)
    else:
        yield Row(verdict, f"{answer.name}: {answer.reason}", _theorem(answer))
    if answer.fails_by is not None:
        yield Row("fails by", failure_text(answer.fails_by, answer.model))
    for ground in answer.also:
        if ground.fails_by is not None:
            text = failure_text(ground.fails_by, ground.model)
            yield Row("and by", text, f"negeig explain {ground.theorem}")
    yield Row("read as", styled(str(answer.spec).replace(",", ", "), "dim"))
    yield from frontier_rows(answer.frontier, answer.spec.family)


def _theorem(answer: LayerAnswer) -> str:
    if answer.theorem in (None, ids.CLOSURE):
        return ""
    said = ["any depth"] if answer.any_depth else []
    said += [MODELS[answer.model]] if answer.model in MODELS else []
    return f"negeig explain {answer.theorem}" + (f" ({', '.join(said)})" if said else "")


def failure_text(found: Failure, model: str | None = "cast") -> str:
    """Say by what length layers must fail, their states cast to a format, or all of it rounded.

    Examples
    --------
    >>> print(failure_text(Failure(letters=2**124 - 5, changes=1, layers=4, heads=8, dim=64,
    ...                            columns=1, format="bf16")))
    four layers of 8 heads of dimension 64, states cast to bf16, are wrong on some word of at \
most 2^124 letters
    """
    heads = f"{found.heads} heads of dimension" if found.heads > 1 else "dimension"
    columns = f" with {found.columns} columns" if found.columns > 1 else ""
    rounded = f"{ROUNDED.get(model or '', 'rounded')} to {found.format}"
    most = f"{found.letters:,}" if found.letters <= SHORT else f"2^{found.power_of_two}"
    return (
        f"{count(found.layers, 'layer')} of {heads} {found.dim}{columns}, {rounded}, "
        f"{'is' if found.layers == 1 else 'are'} wrong on some word of at most {most} letters"
    )


def frontier_rows(rows: Sequence[FrontierRow], family: str) -> Iterator[Item]:
    """Yield the table of the least depth for each number of steps, each with its command.

    ``at least`` is what no network goes below, with finitely many exact states where the theorem
    says so; where it is the number of layers known, that is the least there is.
    """
    if not rows:
        return
    header = ["layers", "at least", "proved in"]
    table, commands = [], []
    for row in rows:
        known = "none known" if row.layers is None else str(row.layers)
        least = f"{row.bound.value}" + (f" ({row.bound.theorem})" if row.bound.theorem else "")
        proved = () if row.inside is None else row.inside.proved_in
        steps = [str(row.steps)] * (family == "delta")
        table.append([*steps, known, least, ", ".join(proved)])
        commands.append(row.command or "")
    header = ["steps"] * (family == "delta") + header
    yield Table("frontier", header, table, commands)
    if family != "delta" and any(commands):
        yield Row("", "a command writes the delta steps that such a network is made of")

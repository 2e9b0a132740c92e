"""What was found about the layers asked about: the answer, the length, the frontier."""

from __future__ import annotations

from collections.abc import Sequence

from negeig.pipeline.parts.layer_answers import LayerAnswer, Row
from negeig.report.terminal.text_rows import LABEL, line
from negeig.theory.architectures.layer_limits import Failure
from negeig.theory.theorems import ids

SHORT = 10**12
"""Lengths up to which all digits are shown."""

MODELS = {
    "cast": "states cast to a format",
    "exact-orbit": "finitely many exact states",
    "hardware": "every operation rounded",
}


def layer_lines(answer: LayerAnswer, width: int) -> list[str]:
    """Return the rows about one layer.

    Parameters
    ----------
    answer : LayerAnswer
    width : int
        Columns of the terminal.
    """
    text = f"{answer.name}: {answer.reason}"
    rows = [line("layer", str(answer.spec).replace(",", ", ")), line(answer.verdict, text)]
    if answer.theorem not in (None, ids.CLOSURE):
        said = ["any depth"] if answer.any_depth else []
        said += [MODELS[answer.model]] if answer.model in MODELS else []
        scope = f" ({', '.join(said)})" if said else ""
        rows.append(line("", f"negeig explain {answer.theorem}{scope}"))
    if answer.fails_by is not None:
        rows.append(line("fails by", failure_text(answer.fails_by)))
    for ground in answer.also:
        if ground.fails_by is not None:
            text = f"{failure_text(ground.fails_by)}: {MODELS[ground.model]}"
            rows.append(line("and by", text))
            rows.append(line("", f"negeig explain {ground.theorem}"))
    return rows + frontier_lines(answer.frontier, answer.spec.family)


def failure_text(found: Failure) -> str:
    """Say by what length layers must fail.

    Examples
    --------
    >>> print(failure_text(Failure(letters=2**124 - 5, changes=1, layers=4, heads=8, dim=64,
    ...                            columns=1, format="bf16")))
    four layers of 8 heads of dimension 64 in bf16 are wrong on some word of at most 2^124 letters
    """
    from negeig.report.terminal.text_rows import count

    heads = f"{found.heads} heads of dimension" if found.heads > 1 else "dimension"
    columns = f" with {found.columns} columns" if found.columns > 1 else ""
    most = f"{found.letters:,}" if found.letters <= SHORT else f"2^{found.power_of_two}"
    return (
        f"{count(found.layers, 'layer')} of {heads} {found.dim}{columns} in {found.format} "
        f"{'is' if found.layers == 1 else 'are'} wrong on some word of at most {most} letters"
    )


def frontier_lines(rows: Sequence[Row], family: str) -> list[str]:
    """Return the table of the least depth for each number of steps, each with its command.

    ``at least`` is what no network goes below, with finitely many exact states where the theorem
    says so; where it is the number of layers known, that is the least there is.
    """
    if not rows:
        return []
    table = [("steps", "layers", "at least", "proved in")]
    for row in rows:
        known = "none known" if row.layers is None else str(row.layers)
        least = f"{row.bound.value}" + (f" ({row.bound.theorem})" if row.bound.theorem else "")
        proved = () if row.inside is None else row.inside.proved_in
        table.append((str(row.steps), known, least, ", ".join(proved)))
    if family != "delta":
        table = [(*cells[1:], "") for cells in table]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    shown = ["  ".join(map(str.ljust, cells, widths)).rstrip() for cells in table]
    lines = [f"{'frontier':<{LABEL}}{shown[0]}"]
    for row, text in zip(rows, shown[1:], strict=True):
        lines.append(" " * LABEL + text)
        if row.command is not None:
            lines.append(" " * (LABEL + 2) + row.command)
    return lines

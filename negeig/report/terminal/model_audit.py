"""What ``negeig audit config.json`` shows a person: the layers, then what some cannot alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from negeig.pipeline.auditing.model_config import ModelAudit
from negeig.report.terminal.audit import MODELS, excluded_answer
from negeig.report.terminal.layout import Heading, Item, Row, report
from negeig.report.terminal.styled import OPEN, Text, styled
from negeig.report.terminal.text_rows import notice_rows


def model_text(found: ModelAudit, width: int = 100, verbose: bool = False) -> Text:
    """Return the report of a model; verbose: which layers are of which kind."""
    recurrent = len(found.layers["recurrent"])
    about = f"{found.name} ({found.model_type}), {recurrent} recurrent layers"
    answer = excluded_answer(found.limits)
    if found.outside is not None:
        answer = OPEN + ", no recurrent layers"
    blocks: list[Iterable[Item]] = [
        [Heading(found.source, about, answer), *notice_rows(found.notices)],
        _layer_rows(found, verbose),
    ]
    if found.outside is not None:
        blocks.append([Row("outside", f"no statement here is about it: {found.outside}")])
    else:
        blocks.append(_architecture_rows(found))
    return report(blocks, width)


def _layer_rows(found: ModelAudit, verbose: bool) -> Iterator[Item]:
    for kind, indices in found.layers.items():
        if indices and (verbose or kind != "recurrent" or len(indices) < 64):
            yield Row(kind, f"layers {places(indices)} ({len(indices)})")


def _architecture_rows(found: ModelAudit) -> Iterator[Item]:
    setting = ""
    if found.setting is not None:
        given = "" if found.setting["given"] else " by default"
        setting = f"; {found.setting['key']} is {'on' if found.setting['value'] else 'off'}{given}"
    yield Row("architecture", f"{found.architecture}: {found.matrix}{setting}")
    epsilon = "" if found.key_epsilon is None else f", keys k / sqrt(|k|^2 + {found.key_epsilon})"
    yield Row("eigenvalues", f"{found.eigenvalues}{epsilon}")
    for limit in found.limits:
        text = f"the recurrent layers alone: {limit['statement']}"
        explain = f"negeig explain {limit['theorem']}; {MODELS[limit['model']]}"
        yield Row(styled("excluded", "no"), text, explain)


def places(indices: Sequence[int]) -> str:
    """Return indices in order, runs as their ends.

    Examples
    --------
    >>> places([0, 1, 2, 4, 5, 8])
    '0-2, 4-5, 8'
    """
    runs: list[list[int]] = []
    for i in indices:
        if runs and runs[-1][-1] == i - 1:
            runs[-1].append(i)
        else:
            runs.append([i])
    return ", ".join(str(r[0]) if len(r) == 1 else f"{r[0]}-{r[-1]}" for r in runs)

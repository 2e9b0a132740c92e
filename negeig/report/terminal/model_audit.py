"""What ``negeig audit config.json`` shows a person: the layers, then what some cannot alone."""

from __future__ import annotations

from collections.abc import Sequence

from negeig.automata.labels import visible
from negeig.pipeline.auditing.model_config import ModelAudit
from negeig.report.terminal.audit import MODELS
from negeig.report.terminal.text_rows import line, notice_lines


def model_text(found: ModelAudit, width: int = 100, verbose: bool = False) -> str:
    """Return the report of a model; names from the file with control characters shown."""
    rows = [f"{visible(found.source)}   {found.name} ({visible(found.model_type)})", ""]
    rows += [
        line(kind, f"layers {places(indices)} ({len(indices)})", "", width)
        for kind, indices in found.layers.items()
        if indices
    ]
    if found.outside is not None:
        rows.append(line("outside", f"no statement here is about it: {found.outside}", "", width))
        return "\n".join(rows)
    setting = ""
    if found.setting is not None:
        given = "" if found.setting["given"] else " by default"
        setting = f"; {found.setting['key']} is {'on' if found.setting['value'] else 'off'}{given}"
    rows.append(line("architecture", f"{found.architecture}: {found.matrix}{setting}", "", width))
    epsilon = "" if found.key_epsilon is None else f", keys k / sqrt(|k|^2 + {found.key_epsilon})"
    rows.append(line("eigenvalues", f"{found.eigenvalues}{epsilon}", "", width))
    for limit in found.limits:
        about = f"the recurrent layers alone: {limit['statement']}"
        evidence = f"negeig explain {limit['theorem']}; {MODELS[limit['model']]}"
        rows.append(line("excluded", about, evidence, width))
    return "\n".join([*rows, *notice_lines(map(visible, found.notices))])


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

"""What ``negeig zoo`` shows a person."""

from __future__ import annotations

from negeig.pipeline.zoo import ZooResult
from negeig.report.terminal.layout import report
from negeig.report.terminal.styled import Text
from negeig.report.terminal.table import Table


def zoo_text(result: ZooResult, width: int = 100) -> Text:
    """Return the list of named tasks."""
    return report(
        [[Table(None, ["task", "what it is"], [
            [entry.pattern, f"{entry.sentence} Letters {entry.alphabet}; outputs {entry.outputs}"]
            for entry in result.entries
        ])]],
        width,
    )  # fmt: skip

"""What ``negeig vectors`` shows a person."""

from __future__ import annotations

from negeig.pipeline.vectors import MEANINGS, VectorsResult
from negeig.precision.numbers.models import short_name
from negeig.report.terminal.layout import Heading, Item, Row, glued, report
from negeig.report.terminal.network_rows import cost_text, marks
from negeig.report.terminal.styled import Text
from negeig.report.terminal.table import Table
from negeig.report.terminal.text_rows import count, source_text


def vectors_text(result: VectorsResult, width: int = 100) -> Text:
    """Return the report of ``negeig vectors``: what the vectors are of, the tensors, the call."""
    made, construction = result.made, result.point.construction
    batch, positions, heads, dim, columns = made.shape
    words = f"{count(batch, 'word')} of {count(positions // made.steps, 'letter')}"
    about: list[Item] = [
        Row("network", cost_text(construction.network), marks(result.claims)),
        Row(
            "layout",
            f"{made.layout.name}, {made.dtype}: batch {batch}, positions {positions:,} "
            f"({count(made.steps, 'step')} a token), heads {heads}, key dimension {dim}, value "
            f"dimension {columns}; scale {made.scale:g}",
        ),
        Row("arithmetic", short_name(made.arithmetic)),
        Row("keys", made.normalisation),
    ]
    table = [
        [name, array.dtype.name, str(list(array.shape)), meaning]
        for (name, meaning), array in ((pair, made.tensors[pair[0]]) for pair in MEANINGS.items())
    ]
    call = (
        Row("" if i else "call", _as_typed(row)) for i, row in enumerate(result.call.splitlines())
    )
    heading = Heading(source_text(result.source), f"{words} (seed {result.seed})")
    tensors = Table("tensors", ["name", "type", "shape", "meaning"], table)
    return report([[heading], about, [tensors], call], width)


def _as_typed(row: str) -> str:
    """Return a line of a program, its indentation kept."""
    bare = row.lstrip(" ")
    return glued(" " * (len(row) - len(bare))) + bare

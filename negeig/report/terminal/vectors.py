"""What ``negeig vectors`` shows a person."""

from __future__ import annotations

from negeig.pipeline.vectors import MEANINGS, VectorsResult
from negeig.report.terminal.text_rows import alphabet_text, count, line, source_text


def vectors_text(result: VectorsResult, width: int = 100) -> str:
    """Return the report of ``negeig vectors``: what the vectors are of, the tensors, the call."""
    made, construction = result.made, result.point.construction
    batch, positions, heads, dim, columns = made.shape
    layers, steps, largest = construction.cost
    name = source_text(result.source)
    rows = [
        f"{name}   over {alphabet_text(result.alphabet)}: {count(batch, 'word')} of "
        f"{count(positions // made.steps, 'letter')} (seed {result.seed})",
        "",
        line(
            "network",
            f"{construction.route}: layers {layers}, steps a token {steps}, dimension {largest}",
        ),
        *(
            line("proved", f"{claim.id}: {claim.detail}", "for every length", width)
            for claim in result.claims
        ),
        line(
            "layout",
            f"{made.layout.name}, {made.dtype}: batch {batch}, positions {positions:,} "
            f"({count(made.steps, 'step')} a token), heads {heads}, key dimension {dim}, value "
            f"dimension {columns}; scale {made.scale:g}",
            width=width,
        ),
        line("arithmetic", made.arithmetic, width=width),
        line("keys", made.normalisation, width=width),
        "",
    ]
    for number, (tensor, meaning) in enumerate(MEANINGS.items()):
        array = made.tensors[tensor]
        shape = ", ".join(map(str, array.shape))
        text = f"{tensor:<8}{array.dtype.name} [{shape}]"
        rows.append(line("tensors" if not number else "", text, meaning, width))
    return "\n".join([*rows, "", "call", *(f"  {row}" for row in result.call.splitlines())])

"""What ``negeig precision`` shows a person: a row for each arithmetic, with its words."""

from __future__ import annotations

from negeig.pipeline.precision import PrecisionResult
from negeig.report.terminal.text_rows import line, notice_lines, word_text
from negeig.report.terminal.uses_rows import uses_lines


def precision_text(result: PrecisionResult, width: int = 100) -> str:
    """Return the report of ``negeig precision``."""
    rows = [result.source, *notice_lines(result.notices)]
    for name, found in result.results:
        evidence = f"{found.states:,} states, depth {found.depth:,}"
        if found.boxes:
            evidence = f"{found.boxes:,} boxes of states"
        rows.append(line(str(found.verdict), name, evidence, width))
        if found.verdict == "collision":
            one, two = found.words
            rows.append(line("", f"{word_text(one)}  and  {word_text(two)}"))
            rows.append(
                line("", "reach the same bits and need different outputs: no decoder exists")
            )
        elif found.verdict == "wrong":
            other = {
                True: "another decoder would be right",
                None: "whether another decoder would be right was not decided",
                False: "no decoder exists",
            }[found.decoder_exists]
            rows.append(line("", f"errs on {word_text(found.words[0])}; {other}"))
        elif found.reason:
            rows.append(line("", found.reason))
        if name in result.through:
            rows.append(line("", result.through[name].about))
            if result.uses is not None and found.states:
                rows += uses_lines(result.uses, "  inputs", width=width)
        for a in found.assumptions:
            rows.append(line("  tested" if a.held else "  failed", a.statement, a.tested, width))
    return "\n".join(rows)

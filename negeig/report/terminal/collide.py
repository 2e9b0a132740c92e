"""What ``negeig collide`` shows a person: the pair of words, the bounds, where letters freeze."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from negeig.automata.labels import visible
from negeig.pipeline.collide import CollideResult
from negeig.report.terminal.text_rows import line, word_text

_APERIODIC = {
    False: "no word of the task has a period above 1: nothing has to collide, and no word was "
    "repeated",
    None: "no letter of the task has a period above 1, and its words are too many to look for one "
    "that has: no word was repeated",
}


def collide_text(answer: CollideResult, width: int = 100, verbose: bool = False) -> str:
    """Return the report of ``negeig collide``, the cast model named first."""
    result = answer.to_json()
    seen = "every term of the state" if result["variant"] == "terms" else "the exact state"
    zero = "+0 and -0 are two values" if result["zero"] == "signed" else "+0 and -0 are one value"
    rows = [
        f"{visible(result['network'])}: {seen} seen in {result['format']}, saturating; {zero} "
        "(cast model)",
        "",
    ]
    found = result["collision"]
    if not result["periodic"]:
        rows.append(line("open", _APERIODIC[result["periodic"]], "", width))
    elif found is None:
        rows.append(
            line(
                "open",
                f"no collision within {result['steps']:,} repetitions of a word; that proves "
                "nothing",
                "",
                width,
            )
        )
    else:
        low, high = found["exponents"]
        rows.append(
            line("collision", "two words with the same last letter and the same cast state")
        )
        for k, output in zip((low, high), found["outputs"], strict=True):
            rows.append(line("", f"{_power(found, k)}   needs output {visible(str(output))}"))
        states = " ".join(found["states"][:8]) + (" ..." if len(found["states"]) > 8 else "")
        same = f"both cast to the bits {states}" if states else "there is no state"
        rows.append(line("", f"{same}: no decoder is right on both"))
        bound = found["bound"]
        if bound is not None:
            rows.append(line("", f"a collision had to come by k = {bound['exponent']:,}",
                             f"negeig explain {bound['theorem']}", width))  # fmt: skip
    if found is None and result["periodic"]:
        for bound in result["bounds"][:3]:
            rows.append(line("bound", f"a collision must come by k = {bound['exponent']:,}",
                             f"negeig explain {bound['theorem']}", width))  # fmt: skip
        if not result["bounds"]:
            rows.append(line("bound", "none: the spectra are not those of Theorems 1 and 2"))
    rows += [line("stopped", visible(reason), "", width) for reason in result["stopped"]]
    for frozen in result["freezing"]:
        word = word_text(frozen["word"])
        if frozen["step"] is None:
            text = f"not decided within {frozen['examined']:,} repetitions"
        else:
            text = f"the cast state never changes from k = {frozen['step']:,} on"
        rows.append(line(f"{word}^k", text))
    return "\n".join(rows)


def _power(found: Mapping[str, Any], k: int) -> str:
    """Write the word u w^k s."""
    parts = [word_text(found["prefix"])] if found["prefix"] else []
    parts.append(f"({word_text(found['word'])})^{k:,}")
    parts += [word_text(found["suffix"])] if found["suffix"] else []
    return " ".join(parts)

"""What ``negeig collide`` shows a person: the pair of words, the bounds, where letters freeze."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from negeig.proofs_checks.layout import line, word_text


def collision_text(result: Mapping[str, Any], width: int = 100) -> str:
    """Return the report of ``negeig collide``, the cast model named first."""
    seen = "every term of the state" if result["variant"] == "terms" else "the exact state"
    rows = [f"{result['network']}: {seen} seen in {result['format']} (cast model)", ""]
    found = result["collision"]
    if found is None:
        rows.append(
            line(
                "open",
                f"no collision within {result['steps']:,} repetitions of a word; that proves "
                "nothing",
            )
        )
    else:
        low, high = found["exponents"]
        rows.append(
            line("collision", "two words with the same last letter and the same cast state")
        )
        for k, output in zip((low, high), found["outputs"], strict=True):
            rows.append(line("", f"{_power(found, k)}   needs output {output}"))
        states = " ".join(found["states"][:8]) + (" ..." if len(found["states"]) > 8 else "")
        rows.append(line("", f"both cast to the bits {states}: no decoder is right on both"))
        bound = found["bound"]
        if bound is not None:
            rows.append(line("", f"a collision had to come by k = {bound['exponent']:,}",
                             f"negeig explain {bound['theorem']}", width))  # fmt: skip
    if found is None:
        for bound in result["bounds"][:3]:
            rows.append(line("bound", f"a collision must come by k = {bound['exponent']:,}",
                             f"negeig explain {bound['theorem']}", width))  # fmt: skip
        if not result["bounds"]:
            rows.append(line("bound", "none: the spectra are not those of Theorems 1 and 2"))
    rows += [line("stopped", reason) for reason in result["stopped"]]
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

"""What ``negeig verify`` shows a person: the same text as ``python checker.py``."""

from __future__ import annotations

from negeig.pipeline.verify import VerifyResult


def verify_text(result: VerifyResult, width: int = 100) -> str:
    """Return the verdicts, and what was verified; lines are not broken, hashes being one word."""
    lines = []
    for one in result.certificates:
        lines.append(f"{one.verdict}: {one.reason}" if one.reason else one.verdict)
        lines += [f"  {label:<11} {text}" for label, text in one.told]
    for other in result.others:
        lines.append(f"{other.checker}, certificate {other.certificate}: {other.verdict}")
        lines += [f"  {line}" for line in other.text.splitlines()]
    return "\n".join(lines)

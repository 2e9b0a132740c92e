"""What ``negeig audit`` shows a person: counts first, then where, then what follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from negeig.automata.labels import visible
from negeig.pipeline.audit import AuditResult
from negeig.pipeline.auditing.audit_limits import tokens_text
from negeig.report.terminal.text_rows import line, notice_lines

SHOWN = 6
"""Tokens of each sort that are shown; the JSON lists more, and all are counted."""

STANDINGS = {"applies": "excluded", "does-not-apply": "outside", "undecided": "undecided"}

MODELS = {
    "cast": "exact states that are read rounded (cast model)",
    "exact-orbit": "exact states, finitely many",
}


def audit_text(answer: AuditResult, width: int = 100, verbose: bool = False) -> str:
    """Return the report of ``negeig audit``; names from the file with control characters shown."""
    result = answer.to_json()
    blocks = [
        [_heading(result), *notice_lines(map(visible, result["notices"]))],
        _spectrum(result, width),
        _limits(result, width),
        [line("stopped", visible(reason), "", width) for reason in result["reasons"]],
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def _heading(result: Mapping[str, Any]) -> str:
    parts = ", ".join(
        f"{visible(t['name'])} {'x'.join(map(str, t['shape']))} {t['format']}"
        for t in result["tensors"]
    )
    steps = f", {result['steps']} steps a token" if result["steps"] > 1 else ""
    return (
        f"{visible(result['source'])}   {result['layer']} layer: {tokens_text(result['tokens'])} "
        f"({result['distinct']:,} distinct), dimension {result['dim']}{steps}; {parts}"
    )


def _spectrum(result: Mapping[str, Any], width: int) -> list[str]:
    rows = []
    if result["range"] is not None:
        what = {"factors": _factor(result), "entries": "eigenvalues"}
        low, high = result["range"]["min"], result["range"]["max"]
        part = "step" if "step" in low else "coordinate"
        rows.append(
            line(
                "range",
                f"{what[result['range']['of']]} from {_value(low)} (token {_place(low['index'])}, "
                f"{part} {low[part]}) to {_value(high)} (token {_place(high['index'])}, "
                f"{part} {high[part]})",
                "",
                width,
            )
        )
    names = {
        "nonnegative": "all eigenvalues real and >= 0",
        "real": "real, some negative",
        "non-real": "some not real",
        "undecided": "not decided",
    }
    counted = [f"{n:,} {names[c]}" for c, n in result["classes"].items() if n]
    rows.append(line("tokens", "; ".join(counted), "", width))
    for label, field in (("negative", "negative"), ("not real", "nonreal")):
        if result[field]["count"]:
            rows.append(line(label, _tokens(result[field]), "", width))
    norm = result["norm"]
    if norm["at_most_one"]:
        rows.append(line("norm", "at most 1 for every token", "", width))
    elif norm["worst"] is not None:
        worst = norm["worst"]
        about = "" if worst["exact"] else "about "
        rows.append(
            line(
                "norm",
                f"above 1 for {tokens_text(norm['above'])}; largest {about}{worst['decimal']} "
                f"at token {_place(worst['index'])}",
                "",
                width,
            )
        )
    return rows


def _factor(result: Mapping[str, Any]) -> str:
    """Name the eigenvalue that a factor adds to the ones."""
    name, _, epsilon = (result["normalise"] or "").partition(":")
    length = " (keys of length 1)" if name == "l2" else ""
    if epsilon:
        length = f" (keys divided by sqrt(|k|^2 + {epsilon}))"
    return f"1 - beta |k|^2{length}"


def _limits(result: Mapping[str, Any], width: int) -> list[str]:
    rows = []
    applying = [limit["class"] for limit in result["limits"] if limit["standing"] == "applies"]
    for limit in result["limits"]:
        if limit["class"] == "real-spectrum" and "nonnegative-spectrum" in applying:
            continue  # weaker
        explain = f"negeig explain {limit['theorem']}; {MODELS[limit['model']]}"
        evidence = explain if limit["standing"] == "applies" else ""
        rows.append(line(STANDINGS[limit["standing"]], limit["statement"], evidence, width))
    rows += [line("left open", text, "", width) for text in result["not_excluded"]]
    return rows


def _tokens(listed: Mapping[str, Any]) -> str:
    shown = [
        _place(row["index"]) + (f" ({row['decimal']})" if "decimal" in row else "")
        for row in listed["listed"][:SHOWN]
    ]
    hidden = listed["count"] - len(shown)
    more = f" and {hidden:,} more" if hidden > 0 else ""
    return f"{tokens_text(listed['count'])}: {', '.join(shown)}{more}"


def _value(entry: Mapping[str, Any]) -> str:
    exact, decimal = entry["value"], entry["decimal"]
    if len(exact) > 24:
        return f"about {decimal}"
    return exact if exact == decimal else f"{exact} = {decimal}"


def _place(index: Sequence[int]) -> str:
    return str(index[0]) if len(index) == 1 else str(list(index))

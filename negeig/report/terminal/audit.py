"""What ``negeig audit`` shows a person: counts first, then where, then what follows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from negeig.automata.labels import visible
from negeig.pipeline.audit import AuditResult
from negeig.pipeline.auditing.audit_limits import tokens_text
from negeig.report.terminal.layout import Heading, Item, Row, report
from negeig.report.terminal.styled import NO, OPEN, Style, Text, styled
from negeig.report.terminal.text_rows import notice_rows

SHOWN = 6
"""Tokens of each sort that are shown; the JSON lists more, and all are counted."""

STANDINGS: dict[str, tuple[str, Style]] = {
    "applies": ("excluded", "no"),
    "does-not-apply": ("outside", "dim"),
    "undecided": ("undecided", "open"),
}

MODELS = {
    "cast": "exact states that are read rounded (cast model)",
    "exact-orbit": "exact states, finitely many",
}


CANNOT: dict[str, str] = {
    "nonnegative-diagonal": "no parity at any depth",
    "nonnegative-symmetric": "no parity at any depth",
    "nonnegative-spectrum": "no parity at any depth",
    "real-diagonal": "no counting modulo 3 at any depth",
    "real-spectrum": "no counting modulo 3 in one layer",
    "no-eigenvalue-minus-one": "aperiodic tasks only, with finitely many exact states",
}
"""The plainest task that each limit excludes, those that exclude most first."""


def audit_text(answer: AuditResult, width: int = 100, verbose: bool = False) -> Text:
    """Return the report of ``negeig audit``; verbose: what does not apply, too."""
    result = answer.to_json()
    blocks: list[Iterable[Item]] = [
        [_heading(result), *notice_rows(result["notices"])],
        _spectrum(result, verbose),
        _limits(result, verbose),
        (Row("stopped", reason) for reason in result["reasons"]),
    ]
    return report(blocks, width)


def excluded_answer(limits: Iterable[Mapping[str, str]]) -> Text:
    """Return the plainest task that is excluded by limits that apply; nothing excluded is open.

    Examples
    --------
    >>> excluded_answer([{"class": "real-spectrum"}])
    'NO, no counting modulo 3 in one layer'
    >>> excluded_answer([])
    'OPEN, counting is not excluded'
    """
    applying = {limit["class"] for limit in limits}
    for class_, text in CANNOT.items():
        if class_ in applying:
            return NO + f", {text}"
    return OPEN + ", counting is not excluded"


def _heading(result: Mapping[str, Any]) -> Heading:
    steps = f", {result['steps']} steps a token" if result["steps"] > 1 else ""
    return Heading(
        visible(result["source"]),
        f"{result['layer']} layer, {tokens_text(result['tokens'])}, "
        f"dimension {result['dim']}{steps}",
        excluded_answer(limit for limit in result["limits"] if limit["standing"] == "applies"),
    )


def _spectrum(result: Mapping[str, Any], verbose: bool) -> Iterator[Item]:
    parts = (
        f"{visible(t['name'])} {'x'.join(map(str, t['shape']))} {t['format']}"
        for t in result["tensors"]
    )
    yield Row("read", ", ".join(parts), f"{result['distinct']:,} distinct tokens" * verbose)
    if result["range"] is not None:
        what = {"factors": _factor(result), "entries": "eigenvalues"}
        low, high = result["range"]["min"], result["range"]["max"]
        part = "step" if "step" in low else "coordinate"
        yield Row(
            "range",
            f"{what[result['range']['of']]} from {_value(low)} (token {_place(low['index'])}, "
            f"{part} {low[part]}) to {_value(high)} (token {_place(high['index'])}, "
            f"{part} {high[part]})",
        )
    names = {
        "nonnegative": "all eigenvalues real and >= 0",
        "real": "real, some negative",
        "non-real": "some not real",
        "undecided": "not decided",
    }
    counted = [f"{n:,} {names[c]}" for c, n in result["classes"].items() if n]
    yield Row("tokens", "; ".join(counted))
    for label, field in (("negative", "negative"), ("not real", "nonreal")):
        if result[field]["count"]:
            yield Row(label, _tokens(result[field]))
    norm = result["norm"]
    if norm["at_most_one"]:
        yield Row("norm", "at most 1 for every token")
    elif norm["worst"] is not None:
        worst = norm["worst"]
        about = "" if worst["exact"] else "about "
        yield Row(
            "norm",
            f"above 1 for {tokens_text(norm['above'])}; largest {about}{worst['decimal']} "
            f"at token {_place(worst['index'])}",
        )


def _factor(result: Mapping[str, Any]) -> str:
    """Name the eigenvalue that a factor adds to the ones."""
    name, _, epsilon = (result["normalise"] or "").partition(":")
    length = " (keys of length 1)" if name == "l2" else ""
    if epsilon:
        length = f" (keys divided by sqrt(|k|^2 + {epsilon}))"
    return f"1 - beta |k|^2{length}"


def _limits(result: Mapping[str, Any], verbose: bool) -> Iterator[Item]:
    applying = [limit["class"] for limit in result["limits"] if limit["standing"] == "applies"]
    for limit in result["limits"]:
        if limit["class"] == "real-spectrum" and "nonnegative-spectrum" in applying:
            continue  # weaker
        label, style = STANDINGS[limit["standing"]]
        if limit["standing"] == "applies":
            explain = f"negeig explain {limit['theorem']}; {MODELS[limit['model']]}"
            yield Row(styled(label, style), limit["statement"], explain)
        elif verbose or limit["standing"] == "undecided":
            yield Row(styled(label, style), limit["statement"])
    yield from (Row("left open", text) for text in result["not_excluded"])


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

"""What ``negeig conform`` shows a person: for each implementation, its tasks by verdict."""

from __future__ import annotations

from collections.abc import Iterator

from negeig.automata.labels import visible
from negeig.kernels.conforming import Conformity
from negeig.kernels.implementation import Implementation
from negeig.kernels.uses import uses
from negeig.pipeline.conform import ConformResult
from negeig.report.terminal.text_rows import LABEL, count, line
from negeig.report.terminal.uses_rows import uses_lines

VERDICTS = ("exact", "right", "wrong", "refused", "missing")

EDGES = {
    "no_letters": "words of no letters",
    "no_rows": "a batch of no rows",
    "nan": "a NaN in one row",
    "views": "tensors that are not contiguous",
    "inputs": "its inputs",
}
"""What :attr:`negeig.kernels.conforming.Conformity.edge_cases` are about."""


def conform_text(result: ConformResult, width: int = 100, verbose: bool = False) -> str:
    """Return the report of ``negeig conform``, or of ``negeig conform --list``."""
    if not result.results and result.stopped is None:
        return "\n".join(_listed(one, width) for one in result.implementations)
    rows: list[str] = []
    for one in result.implementations:
        own = [(i, r) for i, r in enumerate(result.results) if r.impl == one.name]
        rows += ["", f"{one.name}   {one.version or 'not installed'}, {one.device}"]
        for verdict in VERDICTS:
            rows += _verdict(result, [(i, r) for i, r in own if r.verdict == verdict], width)
        rows += _broken([r for _, r in own], width)
        if rounded := [_where(r) for _, r in own if _rounds(r)]:
            text = "the format rounds the numbers of these networks, so that drift is expected"
            rows.append(line("note", f"{text}: {', '.join(rounded)}", width=width))
        rows += _edges([r for _, r in own], width)
        rows += _inputs(result, own, width)
    if result.stopped is not None:
        rows += ["", line("stopped", result.stopped, width=width)]
    return "\n".join(rows[1:])


def _broken(results: list[Conformity], width: int) -> Iterator[str]:
    """Say which results show that a call depends on more than its arguments."""
    if random := [r for r in results if r.assumptions.get("deterministic") is False]:
        given = {r.dtype for r in random}
        model = f"{given.pop()}:acc32:sr" if given in ({"bf16"}, {"fp16"}) else "F:acc32:sr"
        text = (
            "not deterministic: two equal calls gave other bits; judged by its outputs only; a "
            f"proof is of a model: negeig precision --arithmetic {model}"
        )
        yield line("note", f"{', '.join(map(_where, random))}: {text}", width=width)
    if mixed := [_where(r) for r in results if r.assumptions.get("batch_independent") is False]:
        text = f"the bits of a row depend on its batch: {', '.join(mixed)}"
        yield line("note", text, width=width)


def _edges(results: list[Conformity], width: int) -> Iterator[str]:
    """Say what happens at the edges, the first of each kind, and in how many results of those."""
    for case, about in EDGES.items():
        tried = [r.edge_cases[case] for r in results if case in r.edge_cases]
        found: dict[str, list[str]] = {}
        for text in tried:
            if text is not None:  # the sizes in it differ between tasks
                found.setdefault(text.partition(":")[0], []).append(text)
        for first, *others in found.values():
            count = "" if len(others) + 1 == len(tried) else f" ({len(others) + 1} of {len(tried)})"
            yield line("edge", f"{about}: {first}{count}", width=width)


def _inputs(result: ConformResult, own: list[tuple[int, Conformity]], width: int) -> list[str]:
    """Say what networks gave the implementation, unless something went wrong."""
    done = [i for i, row in own if row.verdict in ("exact", "right")]
    if not done or any(row.verdict == "wrong" for _, row in own):
        return []
    networks = {id(result.networks[i]): result.networks[i] for i in done}
    named = result.arguments[done[0]] if len(networks) == 1 else ()
    language = () if {"--suite", "--network"} & set(named) else named
    return uses_lines(uses(*networks.values()), arguments=language, width=width)


def _verdict(
    result: ConformResult, found: list[tuple[int, Conformity]], width: int
) -> Iterator[str]:
    if not found:
        return
    verdict = found[0][1].verdict
    if verdict == "exact":
        names: dict[str, list[str]] = {}
        for _, row in found:
            names.setdefault(row.task, []).append(row.dtype)
        shown = ", ".join(f"{visible(task)} {' '.join(dtypes)}" for task, dtypes in names.items())
        yield line(verdict, shown, width=width)
    elif verdict == "right":
        shown = ", ".join(f"{_where(row)} ({_drift(row)})" for _, row in found)
        yield line(verdict, shown, width=width)
    elif verdict == "wrong":
        for i, row in found:
            wrong = row.first_wrong
            if wrong is not None:
                expected, found_text = visible(wrong.expected), visible(wrong.found)
                text = f"{_where(row)}: expected {expected}, found: {found_text}"
                if wrong.position:
                    after = f"after {count(wrong.position, 'letter')}"
                    text = f"{_where(row)} ({_drift(row)}): {after} expected {expected}, "
                    text += f"found {found_text}"
                text += f"; later {row.reason}" if row.reason else ""
                yield line(verdict, text, width=width)
                yield f"{'':<{LABEL}}{result.replay(i)}"  # in one line, to be copied
    else:
        reasons: dict[str, list[str]] = {}
        for _, row in found:
            reasons.setdefault(row.reason, []).append(_where(row))
        for reason, where in reasons.items():
            yield line(verdict, f"{', '.join(where)}: {reason}", width=width)


def _where(row: Conformity) -> str:
    return f"{visible(row.task)} {row.dtype}"


def _rounds(row: Conformity) -> bool:
    """Whether a result has a drift that even a right implementation has."""
    return row.verdict in ("right", "wrong") and not row.exactly_representable


def _drift(row: Conformity) -> str:
    return "drift unknown" if row.max_error is None else f"drift {row.max_error:.1e}"


def _listed(one: Implementation, width: int) -> str:
    numbers = f"{one.device}; {', '.join(one.dtypes)}; "
    numbers += "one position at a time" if one.chunk is None else f"chunks of {one.chunk}"
    rows = [f"{one.name}   {one.version or 'not installed'}"]
    if one.missing:
        rows.append(line("missing", one.missing, width=width))
    rows.append(line("", numbers, width=width))
    rows += [line("", f"no {need}: {why}", width=width) for need, why in one.cannot.items()]
    return "\n".join(rows)

"""What ``negeig conform`` shows a person: for each implementation, its tasks by verdict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from negeig.automata.labels import visible
from negeig.kernels.conforming import Conformity
from negeig.kernels.implementation import Implementation
from negeig.kernels.trial import EVERY_STATE
from negeig.kernels.uses import uses
from negeig.pipeline.conform import ConformResult
from negeig.report.terminal.layout import Command, Heading, Item, Row, glued, report
from negeig.report.terminal.styled import NO, OPEN, YES, Style, Text, styled
from negeig.report.terminal.text_rows import count, word_text
from negeig.report.terminal.uses_rows import uses_rows

VERDICTS = ("exact", "right", "wrong", "refused", "missing")

EDGES = {
    "no_letters": "words of no letters",
    "no_rows": "a batch of no rows",
    "scale": "the scale 1/2",
    "nan": "a NaN in one row",
    "views": "tensors that are not contiguous",
    "inputs": "its inputs",
}
"""What :attr:`negeig.kernels.conforming.Conformity.edge_cases` are about."""


STYLES: dict[str, Style] = {
    "exact": "yes",
    "right": "yes",
    "wrong": "no",
    "refused": "open",
    "missing": "open",
}


def conform_text(result: ConformResult, width: int = 100, verbose: bool = False) -> Text:
    """Return the report of ``negeig conform``, or of ``negeig conform --list``.

    Verbose: how many letters were compared, and how long that took.
    """
    if not result.results and result.stopped is None:
        return report((_listed(one) for one in result.implementations), width)
    blocks = [_one(result, one, verbose) for one in result.implementations]
    if result.stopped is not None:
        blocks.append(iter([Row("stopped", result.stopped)]))
    return report(blocks, width)


def _one(result: ConformResult, one: Implementation, verbose: bool) -> Iterator[Item]:
    """Yield what was found about one implementation, the answer first."""
    own = [(i, r) for i, r in enumerate(result.results) if r.impl == one.name]
    rows = [row for _, row in own]
    yield Heading(one.name, f"{one.version or 'not installed'}, {one.device}", _answer(rows))
    if one.note:
        yield Row("note", one.note)
    if verbose:
        letters, seconds = sum(row.tokens for row in rows), sum(row.seconds for row in rows)
        yield Row("compared", f"{letters:,} letters in {seconds:.3g} s, seed {result.seed}")
    for verdict in VERDICTS:
        yield from _verdict(result, [(i, r) for i, r in own if r.verdict == verdict])
    yield from _broken(rows)
    if rounded := [_where(row) for row in rows if _rounds(row)]:
        text = "the format rounds the numbers of these networks, so that drift is expected"
        yield Row("note", f"{text}: {', '.join(rounded)}")
    yield from _edges(rows)
    yield from _inputs(result, own)


def _answer(rows: Sequence[Conformity]) -> Text:
    """Say how many of the tasks were right: seen on these words, and proved of no others."""
    counts = {verdict: sum(row.verdict == verdict for row in rows) for verdict in VERDICTS}
    if not rows:
        return Text("")
    done = counts["exact"] + counts["right"] + counts["wrong"]
    if counts["wrong"]:
        return NO + f", {counts['wrong']} of {done} wrong"
    left = ", ".join(f"{counts[v]} {v}" for v in ("refused", "missing") if counts[v])
    if not done:
        return OPEN + f", {left}"
    parts = ", ".join(f"{counts[v]} {v}" for v in ("exact", "right") if counts[v])
    return YES + f", {parts} on these words" + (f"; {left}" if left else "")


def _broken(results: list[Conformity]) -> Iterator[Item]:
    """Say which results show that a call depends on more than its arguments."""
    if random := [r for r in results if r.assumptions.get("deterministic") is False]:
        given = {r.dtype for r in random}
        model = f"{given.pop()}:acc32:sr" if given in ({"bf16"}, {"fp16"}) else "F:acc32:sr"
        text = (
            "not deterministic: two equal calls gave other bits; judged by its outputs only; a "
            f"proof is of a model: negeig precision --arithmetic {model}"
        )
        yield Row("note", f"{', '.join(map(_where, random))}: {text}")
    if mixed := [_where(r) for r in results if r.assumptions.get("batch_independent") is False]:
        text = f"the bits of a row depend on its batch: {', '.join(mixed)}"
        yield Row("note", text)


def _edges(results: list[Conformity]) -> Iterator[Item]:
    """Say what happens at the edges, the first of each kind, and in how many results of those."""
    for case, about in EDGES.items():
        tried = [r.edge_cases[case] for r in results if case in r.edge_cases]
        found: dict[str, list[str]] = {}
        for text in tried:
            if text is not None:  # the sizes in it differ between tasks
                found.setdefault(text.partition(":")[0], []).append(text)
        for first, *others in found.values():
            count = "" if len(others) + 1 == len(tried) else f" ({len(others) + 1} of {len(tried)})"
            yield Row("edge", f"{about}: {first}{count}")


def _inputs(result: ConformResult, own: list[tuple[int, Conformity]]) -> Iterable[Item]:
    """Return what networks gave the implementation, unless something went wrong."""
    done = [i for i, row in own if row.verdict in ("exact", "right")]
    if not done or any(row.verdict == "wrong" for _, row in own):
        return []
    networks = {id(result.networks[i]): result.networks[i] for i in done}
    named = result.arguments[done[0]] if len(networks) == 1 else ()
    language = () if {"--suite", "--network"} & set(named) else named
    return uses_rows(uses(*networks.values()), arguments=language)


def _verdict(result: ConformResult, found: list[tuple[int, Conformity]]) -> Iterator[Item]:
    if not found:
        return
    verdict = found[0][1].verdict
    label = styled(verdict, STYLES[verdict])
    if verdict == "exact":
        names: dict[str, list[str]] = {}
        for _, row in found:
            names.setdefault(row.task, []).append(row.dtype)
        shown = ", ".join(f"{visible(task)} {' '.join(dtypes)}" for task, dtypes in names.items())
        yield Row(label, shown)
    elif verdict == "right":
        shown = ", ".join(f"{_where(row)} ({_drift(row)})" for _, row in found)
        yield Row(label, shown)
    elif verdict == "wrong":
        for i, row in sorted(found, key=_letters_read):
            wrong = row.first_wrong
            if wrong is not None:
                expected, found_text = visible(wrong.expected), _on_one_line(wrong.found)
                text = f"{_where(row)}: expected {expected}, found: {found_text}"
                if wrong.expected == EVERY_STATE:  # what was found says it
                    text = f"{_where(row)}: {found_text}"
                if wrong.position:
                    after = f"after {count(wrong.position, 'letter')}"
                    text = f"{_where(row)} ({_drift(row)}): {after} expected {expected}, "
                    text += f"found {found_text}"
                    if wrong.word:
                        text += "; " + glued(f"the word: {word_text(wrong.word)}")
                text += f"; later {row.reason}" if row.reason else ""
                yield Row(label, text)
                yield Command("", result.replay(i))
    else:
        reasons: dict[str, list[str]] = {}
        for _, row in found:
            reasons.setdefault(row.reason, []).append(_where(row))
        for reason, where in reasons.items():
            yield Row(label, f"{', '.join(where)}: {reason}")


def _on_one_line(text: str) -> str:
    """Return what was found, whose exceptions may have texts of several lines, printable."""
    return " ".join(visible(word) for word in text.split())


def _letters_read(numbered: tuple[int, Conformity]) -> int:
    """Return how many letters a result was wrong after."""
    wrong = numbered[1].first_wrong
    return 0 if wrong is None else wrong.position


def _where(row: Conformity) -> str:
    return f"{visible(row.task)} {row.dtype}"


def _rounds(row: Conformity) -> bool:
    """Whether a result has a drift that even a right implementation has."""
    return row.verdict in ("right", "wrong") and not row.exactly_representable


def _drift(row: Conformity) -> str:
    return "drift unknown" if row.max_error is None else f"drift {row.max_error:.1e}"


def _listed(one: Implementation) -> Iterator[Item]:
    numbers = f"{one.device}; {', '.join(one.dtypes)}; "
    numbers += "one position at a time" if one.chunk is None else f"chunks of {one.chunk}"
    yield Heading(one.name, one.version or "not installed")
    if one.missing:
        yield Row(styled("missing", "open"), one.missing)
    yield Row("", numbers)
    yield from (Row("", f"no {need}: {why}") for need, why in one.cannot.items())

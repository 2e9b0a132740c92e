"""What ``negeig run`` shows a person: the words, how far they were read, and what was wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from negeig.automata.labels import visible
from negeig.claims import output_text
from negeig.kernels.streams.comparing import Mismatch
from negeig.pipeline.run import RunResult
from negeig.report.terminal.layout import Command, Heading, Item, Row, glued, report
from negeig.report.terminal.styled import NO, OPEN, YES, Text, styled
from negeig.report.terminal.text_rows import count, machine_text, source_text, word_text

MOST_ENTRIES = 8
"""Entries of a layer's state that are written out."""


def run_text(result: RunResult, width: int = 100, verbose: bool = False) -> Text:
    """Return the report of ``negeig run``: whether anything was wrong, then what was read.

    Verbose: all entries of the states beside a wrong symbol.
    """
    run, machine = result.run, result.task.machine
    sizes = machine_text(len(machine.alphabet), machine.size)
    where = f"{result.backend}, {result.promises}" if result.promises else result.backend
    fewer = "" if run.mismatch is not None or result.is_stopped else _fewer(result)
    blocks: list[Iterable[Item]] = [
        [Heading(source_text(result.source), sizes, _answer(result))],
        [
            Row("network", result.task.about),
            Row("backend", where, result.notice),
            *_words_rows(result),
            Row("compared", _compared(result), fewer),
            *_end_rows(result, verbose),
        ],
    ]
    return report(blocks, width)


def _answer(result: RunResult) -> Text:
    """Return the answer; a run is no proof."""
    if result.run.mismatch is not None:
        return NO + ", a symbol was wrong"
    if result.run.stopped is not None or result.run.interrupted:
        return OPEN + ", stopped with no symbol wrong"
    return YES + ", no symbol was wrong"


def _words_rows(result: RunResult) -> Iterator[Item]:
    for number, reached in enumerate(result.run.reached):
        part = reached.part
        size = f"{part.rows:,} x {_letters(part.length)}"
        if part.kind == "closure":
            size = _letters(reached.tokens)
        left = reached.tokens < part.tokens and not reached.note
        note = f"{reached.tokens:,} of them read" if left else reached.note
        yield Row("" if number else "words", glued(f"{part.name:<14}") + size, note)


def _end_rows(result: RunResult, verbose: bool) -> Iterator[Item]:
    """Yield how the run ended, and what goes on or runs again."""
    run = result.run
    if run.mismatch is not None:
        yield from _wrong(result, run.mismatch, verbose)
    elif run.stopped is not None or run.interrupted:
        yield Row("stopped", "interrupted" if run.stopped is None else str(run.stopped))
        yield from _command("go on", result.commands.resume())
        if result.commands.begins_again:
            text = "there the rows begin at their initial states, as words of their own; with "
            yield Row("note", f"{text}--checkpoint FILE they go on")
    else:
        yield Row("passed", "no symbol was wrong; of other words it says nothing")
    if run.unsaved:
        yield Row("checkpoint", run.unsaved)


def _letters(number: int) -> str:
    return "1 letter" if number == 1 else f"{number:,} letters"


def _compared(result: RunResult) -> str:
    run = result.run
    now = run.tokens - run.before
    text = _letters(run.tokens)
    if run.before:
        text += f", {now:,} of them now" if now else ", none of them now"
    if now:
        comma = "," if run.before else ""
        text += f"{comma} in {run.seconds:.3g} s, {result.tokens_per_second / 1e6:,.3g} M tokens/s"
    return f"{text} (seed {result.options.seed})"


def _fewer(result: RunResult) -> str:
    """Return why a run to its end compared fewer letters than were asked for, if it did."""
    run, asked = result.run, result.options.tokens
    if asked is None or result.options.word is not None or run.tokens >= asked:
        return ""
    why = []
    if sum(part.tokens for part in run.parts) < asked:
        why.append("words are whole, of one length")
    if any(r.part.kind == "closure" and r.tokens < r.part.tokens for r in run.reached):
        why.append("closure reads no letter twice")
    return f"of {asked:,} at most: {', and '.join(why)}"


def _wrong(result: RunResult, wrong: Mismatch, verbose: bool) -> Iterator[Item]:
    found = "no finite state" if wrong.found is None else visible(output_text(wrong.found))
    after = count(wrong.position, "letter") if wrong.position else "the empty word"
    if result.word:
        after += f", {word_text(result.word, 64)}"
    text = f"{wrong.part.name}, row {wrong.row}, after {after}: expected "
    text += f"{visible(output_text(wrong.expected))}, found {found}"
    yield Row(styled("wrong", "no"), text)
    for i, states in enumerate(wrong.after.states):
        most = states.shape[1] if verbose else MOST_ENTRIES
        shown = ", ".join(f"{x:.9g}" for x in states[0, :most].tolist())
        more = ", ..." if states.shape[1] > most else ""
        yield Row("state" if not i else "", f"layer {i + 1}: {shown}{more}")
    if not wrong.again:
        yield Row("note", "from the states before it the letter alone gave another symbol: what "
                  "ran is not the same for every cut of the words")  # fmt: skip
    yield from _command("again", result.commands.replay(result.word))


def _command(label: str, command: str | None) -> Iterator[Item]:
    """Yield a command to copy, where there is one."""
    if command is not None:
        yield Command(label, command)

"""What ``negeig run`` shows a person: the words, how far they were read, and what was wrong."""

from __future__ import annotations

from collections.abc import Iterator

from negeig.automata.labels import visible
from negeig.claims import output_text
from negeig.kernels.streams.comparing import Mismatch
from negeig.pipeline.run import RunResult
from negeig.report.terminal.text_rows import (
    LABEL,
    alphabet_text,
    count,
    line,
    source_text,
    word_text,
)

MOST_ENTRIES = 8
"""Entries of a layer's state that are written out."""


def run_text(result: RunResult, width: int = 100, verbose: bool = False) -> str:
    """Return the report of ``negeig run``."""
    run, machine = result.run, result.task.machine
    head = f"{source_text(result.source)}   over {alphabet_text(machine.alphabet)}: "
    where = f"{result.backend}, {result.promises}" if result.promises else result.backend
    rows = [
        head + count(machine.size, "state"),
        "",
        line("network", result.task.about, width=width),
        line("backend", where, result.notice, width),
    ]
    for number, reached in enumerate(run.reached):
        part = reached.part
        if part.kind == "closure":
            text = f"{part.name:<14}{_letters(reached.tokens)}"
        else:
            text = f"{part.name:<14}{part.rows:,} x {_letters(part.length)}"
        left = reached.tokens < part.tokens and not reached.note
        note = f"{reached.tokens:,} of them read" if left else reached.note
        rows.append(line("words" if not number else "", text, note, width))
    fewer = "" if run.mismatch is not None or result.is_stopped else _fewer(result)
    rows += ["", line("compared", _compared(result), fewer, width)]
    if run.mismatch is not None:
        rows += _wrong(result, run.mismatch, width)
    elif run.stopped is not None or run.interrupted:
        why = "interrupted" if run.stopped is None else str(run.stopped)
        rows.append(line("stopped", why, width=width))
        rows += _command("go on", result.commands.resume())
        if result.commands.begins_again:
            text = "there the rows begin at their initial states, as words of their own; with "
            rows.append(line("note", f"{text}--checkpoint FILE they go on", width=width))
    else:
        rows.append(line("passed", "no symbol was wrong; of other words it says nothing"))
    if run.unsaved:
        rows.append(line("checkpoint", run.unsaved, width=width))
    return "\n".join(rows)


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


def _wrong(result: RunResult, wrong: Mismatch, width: int) -> Iterator[str]:
    found = "no finite state" if wrong.found is None else visible(output_text(wrong.found))
    after = count(wrong.position, "letter") if wrong.position else "the empty word"
    if result.word:
        after += f", {word_text(result.word, 64)}"
    text = f"{wrong.part.name}, row {wrong.row}, after {after}: expected "
    text += f"{visible(output_text(wrong.expected))}, found {found}"
    yield line("wrong", text, width=width)
    for i, states in enumerate(wrong.after.states):
        shown = ", ".join(f"{x:.9g}" for x in states[0, :MOST_ENTRIES].tolist())
        more = ", ..." if states.shape[1] > MOST_ENTRIES else ""
        yield line("state" if not i else "", f"layer {i + 1}: {shown}{more}", width=width)
    if not wrong.again:
        yield line("note", "from the states before it the letter alone gave another symbol: what "
                   "ran is not the same for every cut of the words", width=width)  # fmt: skip
    yield from _command("again", result.commands.replay(result.word))


def _command(label: str, command: str | None) -> Iterator[str]:
    """Yield a command on one line, so that it can be copied."""
    if command is not None:
        yield f"{label:<{LABEL}}{command}"

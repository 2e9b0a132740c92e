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


def run_text(result: RunResult, width: int = 100) -> str:
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
            text = f"{part.name:<14}{reached.tokens:,} letters"
        else:
            text = f"{part.name:<14}{part.rows:,} x {part.length:,} letters"
        left = reached.tokens < part.tokens and not reached.note
        note = f"{reached.tokens:,} of them read" if left else reached.note
        rows.append(line("words" if not number else "", text, note, width))
    rows += ["", line("compared", _compared(result), width=width)]
    if run.mismatch is not None:
        rows += _wrong(result, run.mismatch, width)
    elif run.stopped is not None or run.interrupted:
        why = "interrupted" if run.stopped is None else str(run.stopped)
        rows.append(line("stopped", why, width=width))
        rows += _command("go on", result.commands.resume())
    else:
        rows.append(line("passed", "no symbol was wrong; of other words it says nothing"))
    return "\n".join(rows)


def _compared(result: RunResult) -> str:
    run = result.run
    before = f", {run.before:,} of them before" if run.before else ""
    speed = ""
    if run.tokens > run.before:
        speed = f" in {run.seconds:.3g} s, {result.tokens_per_second / 1e6:,.3g} M tokens/s"
    return f"{run.tokens:,} letters{before}{speed} (seed {result.options.seed})"


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

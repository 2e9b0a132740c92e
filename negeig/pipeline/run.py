"""``negeig run``: a network on a backend, on as many letters as one likes, compared as it reads."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from negeig import __version__
from negeig.automata.language import Language
from negeig.claims import (
    DEFAULT_RESOURCES,
    Claim,
    InputError,
    Letter,
    Resources,
    StageProgress,
    Verdict,
)
from negeig.claims import Run as Evidence
from negeig.evidence import unknown_letters
from negeig.kernels.backend import BACKENDS
from negeig.kernels.backend import load as load_backend
from negeig.kernels.standard_suite import Task
from negeig.kernels.streams.comparing import Comparison, Mismatch, Reads, Standing
from negeig.kernels.streams.implemented import Implemented
from negeig.kernels.streams.kinds import Part
from negeig.kernels.streams.planning import plan
from negeig.kernels.streams.running import Run
from negeig.kernels.streams.saved import check_place, digest_of, load, standing_of, state_text
from negeig.pipeline.compile import compile as compile_language
from negeig.pipeline.conform import Asked
from negeig.pipeline.parts.budget_not_met import BudgetNotMet
from negeig.pipeline.parts.documents import machine_json
from negeig.pipeline.parts.through import PREFIX, read
from negeig.pipeline.running.commands import Commands
from negeig.pipeline.running.options import RunOptions
from negeig.shown import Shown
from negeig.theory.constructions.budget import Budget
from negeig.theory.networks.network_json import to_json

TOKENS = 10**8
"""Letters, unless a number is given."""

WORK = 2e9
"""Nanoseconds on one slow core that they may take, about; then there are fewer."""


@dataclass(frozen=True, kw_only=True, repr=False)
class RunResult(Shown):
    """How a network did on the letters that were read.

    Attributes
    ----------
    source : str
        The language, or the network file.
    arguments : tuple of str
        What names it on the command line.
    task : Task
        Network, machine and where the network is from.
    options : RunOptions
    backend : str
        What ran it, as an arithmetic has it where that is somebody's implementation.
    device, notice, promises : str
        What it ran on, what a user should know, and the arithmetic that it promises, if any.
    run : Run
        What was read, and the first mismatch.
    """

    source: str
    arguments: tuple[str, ...]
    task: Task
    options: RunOptions
    backend: str
    device: str
    notice: str
    promises: str
    run: Run

    def __repr__(self) -> str:
        return f"RunResult({self.source!r}, {self.verdict.value}, {self.tokens:,} letters)"

    @property
    def verdict(self) -> Verdict:
        """``passed``: nothing was wrong, which proves nothing. ``open``: it was stopped."""
        if self.run.mismatch is not None:
            return Verdict.REFUTED
        return Verdict.OPEN if self.is_stopped else Verdict.PASSED

    @property
    def is_stopped(self) -> bool:
        """Whether letters are left to read."""
        return self.run.stopped is not None or self.run.interrupted

    @property
    def exit_code(self) -> int:
        """0 nothing was wrong; 1 something was; 3 the time was over; 130 interrupted."""
        if self.run.mismatch is not None:
            return 1
        return 130 if self.run.interrupted else 3 if self.run.stopped is not None else 0

    @property
    def tokens(self) -> int:
        """Letters compared, those of a checkpoint too: up to the first wrong symbol."""
        return self.run.tokens

    @property
    def tokens_per_second(self) -> float:
        """Letters compared a second, in this call."""
        read = self.run.tokens - self.run.before
        return read / self.run.seconds if self.run.seconds > 0 else 0.0

    @property
    def word(self) -> tuple[Letter, ...] | None:
        """The wrong word, where it is short."""
        wrong = self.run.mismatch
        return None if wrong is None or wrong.word is None else self._spelt(wrong.word.tolist())

    @property
    def claim(self) -> Claim:
        """The result as a claim, of which ``passed`` is the best."""
        wrong = self.run.mismatch is not None
        return Claim(
            id=f"run:{self.backend}",
            statement="every symbol read was the machine's",
            arithmetic=self.promises or self.backend,
            evidence=Evidence(
                tokens=self.tokens,
                mismatches=int(wrong),
                word=self.word,
                verdict=self.verdict,
                device=self.device,
                detail=", ".join(part.name for part in self.run.parts),
            ),
            seconds=self.run.seconds,
        )

    @property
    def commands(self) -> Commands:
        """The commands that reach the mismatch again, and that go on."""
        return Commands(self.arguments, self.options, self.run)

    def _spelt(self, word: Sequence[int]) -> tuple[Letter, ...]:
        return tuple(self.task.machine.alphabet[a] for a in word)

    def to_json(self) -> dict[str, Any]:
        """Return the object of schema ``negeig.run/1``."""
        run = self.run
        return {
            "schema": "negeig.run/1",
            "version": __version__,
            "source": self.source,
            "alphabet": list(self.task.machine.alphabet),
            "network": self.task.about,
            "backend": {
                "name": self.backend,
                "device": self.device,
                "threads": run.threads,
                "promises": self.promises or None,
                "notice": self.notice or None,
            },
            "verdict": self.verdict.value,
            "planned": sum(part.tokens for part in run.parts),
            "tokens": self.tokens,
            "tokens_before": run.before,
            "seconds": round(run.seconds, 6),
            "tokens_per_second": round(self.tokens_per_second),
            "seed": self.options.seed,
            "offset": self.options.offset,
            "words": [
                {
                    "kind": reached.part.name,
                    "rows": reached.part.rows,
                    "length": reached.part.length,
                    "tokens": reached.tokens,
                    "note": reached.note or None,
                }
                for reached in run.reached
            ],
            "mismatch": None if run.mismatch is None else self._mismatch(run.mismatch),
            "stopped": None if run.stopped is None else str(run.stopped),
            "interrupted": run.interrupted,
            "checkpoint": self.options.checkpoint,
            "unsaved": run.unsaved or None,
            "resume": self.commands.resume(),
            "claims": [self.claim.to_json()],
        }

    def _mismatch(self, wrong: Mismatch) -> dict[str, Any]:
        alphabet = self.task.machine.alphabet
        return {
            "kind": wrong.part.name,
            "seed": self.options.seed,
            "row": wrong.row,
            "position": wrong.position,
            "letter": None if wrong.letter is None else alphabet[wrong.letter],
            "expected": wrong.expected,
            "found": wrong.found,
            "word": None if self.word is None else list(self.word),
            "machine_state": int(wrong.after.machine[0]),
            "states": [[_number(x) for x in s[0].tolist()] for s in wrong.after.states],
            "state_before": state_text(wrong.before),
            "again": wrong.again,
            "replay": self.commands.replay(self.word),
        }


def _cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _number(value: float) -> float | str:
    """Return a number; as text what is none in JSON: infinity and NaN."""
    return value if abs(value) < float("inf") else str(value)


def language_task(
    language: Language,
    options: RunOptions,
    *,
    resources: Resources = DEFAULT_RESOURCES,
    progress: StageProgress | None = None,
) -> Asked:
    """Return a language with the cheapest network that is proved in the format of the backend.

    Where there is none, with the cheapest one. Raises as :func:`run` does, and as
    :func:`negeig.pipeline.compile.compile`.
    """
    _check_word(language.machine.alphabet, options)  # before any network is searched for
    if options.impl is not None:
        format = read([PREFIX + options.impl])[0].dtype
    else:
        stored = BACKENDS[options.backend].promises.parameters
        format = "fp32" if stored is None else stored.name
    try:
        made = compile_language(
            language, Budget(format=format), resources=resources, progress=progress
        )
    except BudgetNotMet:
        made = compile_language(language, resources=resources, progress=progress)
    layers, steps, dim = made.construction.cost
    about = f"{made.route}: layers {layers}, steps a token {steps}, dimension {dim}"
    task = Task(name=language.source, network=made.network, machine=made.machine, about=about)
    return Asked(task=task, arguments=language.arguments)


def run(
    asked: Asked,
    options: RunOptions | None = None,
    *,
    progress: StageProgress | None = None,
) -> RunResult:
    """Run a network on words and compare every symbol with the machine as it is read.

    Memory does not grow with the number of letters. What was found does not depend on pieces or
    threads: the mismatch is the first one of the first kind of words that has any, by position,
    then by row; of ``all`` and ``closure`` a shortest wrong word.

    Parameters
    ----------
    asked : Asked
        From :func:`language_task` or :func:`negeig.pipeline.conform.network_task`.
    progress : callable, optional
        Called with what is read and how fast, and the letters done. Where it raises Stopped or
        KeyboardInterrupt the run ends there, and can be gone on with.

    Raises
    ------
    InputError
        For alphabets that differ, parameters that overflow, words that do not fit, and a
        checkpoint that is damaged or of another run.
    Unavailable
        When packages are missing or the network is none for the backend.

    Examples
    --------
    >>> from negeig.automata.language import Source
    >>> options = RunOptions(tokens=10_000)
    >>> found = run(language_task(Source("regex", "(11)*").read(), options), options)
    >>> found.verdict.value, found.tokens
    ('passed', 9377)
    """
    options = RunOptions() if options is None else options
    task, backend, promises = asked.task, options.backend, ""
    machine = task.machine
    reads: Reads
    if options.impl is not None:
        through = read([PREFIX + options.impl])
        if len(through) != 1:
            names = ", ".join(one.name.removeprefix(PREFIX) for one in through)
            raise InputError("--impl", f"expected one implementation, found {names}")
        backend = through[0].name
        reads = Implemented(through[0].implementation, task, through[0].dtype)
    else:
        loaded = load_backend(backend, task.network, machine.alphabet)
        loaded.prepare()
        reads, promises = loaded, loaded.promises.name
    comparison = Comparison(task.network, machine, reads)
    running = _planned(comparison, options)
    running.about = {
        "network": digest_of(to_json(task.network)),
        "machine": digest_of([list(machine.alphabet), machine_json(machine)]),
        "backend": backend, "seed": options.seed, "offset": options.offset, "row": options.row,
        "state": options.state,
    }  # fmt: skip
    if options.checkpoint is not None:
        check_place(options.checkpoint)
        if os.path.exists(options.checkpoint):
            like = comparison.standing(1)
            running.go_on(load(options.checkpoint, running.about, like, machine.size))
    running.run(progress)
    return RunResult(
        source=task.name,
        arguments=asked.arguments,
        task=task,
        options=options,
        backend=backend,
        device=reads.device.removesuffix(", one thread"),  # of each stream; they are several
        notice=reads.notice,
        promises=promises,
        run=running,
    )


def _check_word(alphabet: Sequence[Letter], options: RunOptions) -> None:
    if options.word is not None and (problems := unknown_letters(alphabet, options.word)):
        raise InputError("--word", problems)


def _planned(comparison: Comparison, options: RunOptions) -> Run:
    """Return the run that the options ask for, with nothing read."""
    machine = comparison.machine
    # Only the compiled loop runs beside itself: torch has threads of its own, the interpreters one.
    compiled = options.impl is None and options.backend == "cpu"
    threads = (options.threads or _cores()) if compiled else 1
    if options.word is not None:
        _check_word(machine.alphabet, options)
        part = Part("word", 1, len(options.word), word=options.word)
        return Run(comparison=comparison, parts=[part], seed=options.seed)
    cost = comparison.backend.nanoseconds_per_token()
    tokens = options.tokens or max(options.rows, min(TOKENS, int(WORK / cost)))
    if options.row is None:
        parts = plan(options.words, machine, tokens, options.rows)
    else:
        parts = plan(options.words, machine, tokens * options.rows, options.rows)
    rows = None if options.row is None else range(options.row, options.row + 1)
    start: Standing | None = None
    if options.offset or options.state is not None or rows is not None:
        (part,) = parts
        parts = (replace(part, length=options.offset + part.length),)
        start = comparison.standing(1 if rows else part.rows, options.offset)
        if options.state is not None:
            start = standing_of([options.state], options.offset, start, machine.size)
    return Run(
        comparison=comparison,
        parts=parts,
        seed=options.seed,
        rows=rows,
        start=start,
        fresh=options.state is None,
        threads=threads,
        checkpoint=options.checkpoint,
    )

"""``negeig conform``: other people's implementations on tasks, every position decoded."""

from __future__ import annotations

import difflib
import shlex
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from negeig.automata.language import Language
from negeig.claims import (
    DEFAULT_RESOURCES,
    InputError,
    LimitReached,
    Resources,
    StageProgress,
)
from negeig.kernels.apart import Pair, Processes, Settings
from negeig.kernels.batch import BYTES
from negeig.kernels.conforming import Conformity
from negeig.kernels.exact_states import machine_of
from negeig.kernels.implementation import DTYPES, Implementation, format_of
from negeig.kernels.registry import find
from negeig.kernels.standard_suite import TASKS, Task
from negeig.kernels.uses import uses
from negeig.pipeline.parts.documents import versions
from negeig.theory.networks.network import LinearRNN
from negeig.work import CountedStage

SUITES = {"standard": TASKS}

DEFAULT_TOKENS = 420
"""Letters of one batch: two chunks and a bit in each of three words."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A task, and what names it on the command line."""

    task: Task
    arguments: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ConformResult:
    """The implementations asked for, and how each did every task in every format.

    ``arguments`` names the task of each result on the command line, and ``networks`` has its
    network: nothing is said of inputs that it does not use. ``stopped`` says what was running when
    it was interrupted; its result is not there, nor others that were not done.
    """

    implementations: tuple[Implementation, ...]
    results: tuple[Conformity, ...]
    arguments: tuple[tuple[str, ...], ...]
    networks: tuple[LinearRNN, ...]
    tokens: int
    seed: int
    stopped: str | None = None

    @property
    def exit_code(self) -> int:
        """0 all exact, right or refused; 1 something is wrong; 3 something is missing.

        130 where it was interrupted.
        """
        verdicts = {result.verdict for result in self.results}
        if self.stopped is not None:
            return 130
        return 1 if "wrong" in verdicts else 3 if "missing" in verdicts else 0

    def replay(self, number: int) -> str:
        """Return the command that runs one result again."""
        result, named = self.results[number], self.arguments[number]
        words = ["negeig", "conform", *named, "--impl", result.impl, "--dtype", result.dtype]
        return shlex.join([*words, "--tokens", str(self.tokens), "--seed", str(self.seed)])

    def to_json(self) -> dict[str, Any]:
        """Return the object of schema ``negeig.conform/1``."""
        used = {id(network): uses(network) for network in self.networks}
        return {
            "schema": "negeig.conform/1",
            "implementations": [_implementation_json(one) for one in self.implementations],
            "results": [
                _result_json(result, self.replay(i)) | {"uses": used[id(network)].to_json()}
                for i, (result, network) in enumerate(zip(self.results, self.networks, strict=True))
            ],
            "tokens": self.tokens,
            "seed": self.seed,
            "stopped": self.stopped,
            "versions": versions(),
        }


def _implementation_json(one: Implementation) -> dict[str, Any]:
    return {
        "name": one.name,
        "version": one.version,
        "device": one.device,
        "dtypes": list(one.dtypes),
        "chunk": one.chunk,
        "normalises": one.normalises,
        "cannot": dict(one.cannot),
        "note": one.note or None,
        "install": one.remedy or None,
        "missing": one.missing or None,
    }


def _result_json(result: Conformity, replay: str) -> dict[str, Any]:
    wrong = result.first_wrong
    return {
        "impl": result.impl,
        "version": result.version,
        "device": result.device,
        "task": result.task,
        "network": result.network,
        "dtype": result.dtype,
        "exactly_representable": result.exactly_representable,
        "tokens": result.tokens,
        "verdict": result.verdict,
        "first_wrong": None if wrong is None else {**wrong._asdict(), "replay": replay},
        "max_error": result.max_error,
        "assumptions": result.assumptions,
        "edge_cases": result.edge_cases,
        "reason": result.reason,
        "seconds": round(result.seconds, 6),
    }


def _near(name: str, tasks: Collection[str]) -> str:
    near = [task for task in tasks if task.startswith(name)]
    near = near or difflib.get_close_matches(name, tasks, n=2)
    return f"did you mean {' or '.join(near)}? " * bool(near) + f"there are {', '.join(tasks)}"


def suite_tasks(suite: str, names: Sequence[str] = ()) -> tuple[Asked, ...]:
    """Return the tasks of a suite, or those named. Raises InputError for unknown names.

    Examples
    --------
    >>> [asked.arguments for asked in suite_tasks("standard", ["parity"])]
    [('--suite', 'standard', '--task', 'parity')]
    """
    if suite not in SUITES:
        raise InputError("--suite", f"{suite!r} is unknown; there is {', '.join(SUITES)}")
    tasks = SUITES[suite]
    unknown = [name for name in names if name not in tasks]
    if unknown:
        raise InputError(
            "--task",
            [f"{name!r} is not in the suite; {_near(name, tasks)}" for name in unknown],
        )
    return tuple(
        Asked(task=tasks[name], arguments=("--suite", suite, "--task", name))
        for name in names or tasks
    )


def language_task(
    language: Language,
    *,
    resources: Resources = DEFAULT_RESOURCES,
    progress: StageProgress | None = None,
) -> Asked:
    """Return the task of a language with the network that ``compile`` chooses.

    Raises as :func:`negeig.pipeline.compile.compile` does.
    """
    from negeig.pipeline.compile import compile

    made = compile(language, resources=resources, progress=progress)
    task = Task(name=language.source, network=made.network, machine=made.machine, about=made.idea)
    return Asked(task=task, arguments=language.arguments)


def network_task(
    network: LinearRNN,
    source: str,
    language: Language | None = None,
    *,
    resources: Resources = DEFAULT_RESOURCES,
) -> Asked:
    """Return the task of a network: a language's, or what it computes itself in exact arithmetic.

    Raises LimitReached where no language is named and the network has too many exact states.
    """
    if language is None:
        machine = machine_of(network, resources.max_states)
    else:
        machine = language.machine.minimal()
    named = () if language is None else language.arguments
    return Asked(
        task=Task(name=source, network=network, machine=machine, about="a network file"),
        arguments=("--network", source, *named),
    )


def _unknown(impl: Sequence[str]) -> list[str]:
    """Say which names are unknown, but for functions of one's own, which would be imported."""
    try:
        find(tuple(dict.fromkeys(name for name in impl if ":" not in name)))
    except InputError as error:
        return [f"--impl: {problem}" for problem in error.problems]
    return []


def conform(
    tasks: Sequence[Asked],
    impl: Sequence[str],
    *,
    dtypes: Sequence[str] = ("fp32", "bf16"),
    tokens: int = DEFAULT_TOKENS,
    seed: int = 0,
    jobs: int = 1,
    seconds: float | None = None,
    resources: Resources = DEFAULT_RESOURCES,
    progress: StageProgress | None = None,
) -> ConformResult:
    """Run implementations on tasks and compare every position with the machine.

    Each package runs in a process of its own. Interrupted, it returns what is done.

    Parameters
    ----------
    impl : sequence of str
        Names, packages, ``found``, ``all`` or ``file.py:function``. With no task they are listed.
    dtypes : sequence of str
        Formats of the inputs: fp32, bf16, fp16.
    tokens : int
        Letters of one batch of three words; it is run about ten times in different ways.
    jobs : int
        Processes at a time.
    seconds : float or None
        Time of one result; one that takes longer is ``missing``, and the others go on.
    resources : Resources
        ``max_memory`` are the bytes of one call, about.

    Raises
    ------
    InputError
        For unknown implementations and formats, a function of one's own that cannot be called,
        numbers out of range, and a network that errs in exact arithmetic.
    LimitReached
        Where the words alone need more than ``max_memory``.

    Examples
    --------
    >>> found = conform(suite_tasks("standard", ["parity"]), ["negeig.cpu"], dtypes=["fp32"])
    >>> found.results[0].verdict, found.results[0].max_error, found.exit_code
    ('exact', 0.0, 0)
    """
    dtypes = [format_of(dtype) for dtype in dtypes]
    problems = [
        f"--dtype: {dtype!r} is unknown; known are {', '.join(DTYPES)}"
        for dtype in dtypes
        if dtype not in DTYPES
    ]
    if not dtypes:
        problems.append(f"--dtype: at least one of {', '.join(DTYPES)}")
    for name, number, least in (("tokens", tokens, 1), ("seed", seed, 0), ("jobs", jobs, 1)):
        if number < least:
            problems.append(f"--{name}: {least} or more, not {number}")
    if not impl:
        problems.append("--impl: at least one name, such as found; --list shows them")
    if problems:  # before anything of one's own is imported
        problems += _unknown(impl)
        raise InputError("", problems)
    most = resources.max_memory // BYTES
    if tokens > most:
        raise LimitReached("letters of a batch", most, reached=tokens, option="--max-memory")
    results, stopped, at = dict[int, Conformity](), None, "the start"
    with Processes(seconds, jobs) as processes:
        try:
            implementations = find(tuple(dict.fromkeys(impl)), processes.own)
        except InputError as error:
            raise InputError("", [f"--impl: {problem}" for problem in error.problems]) from None
        rows = [(one, asked, dtype) for one in implementations for asked in tasks
                for dtype in dict.fromkeys(dtypes)]  # fmt: skip
        pairs = [Pair(i, one, asked.task, dtype) for i, (one, asked, dtype) in enumerate(rows)]
        settings = Settings(tokens=tokens, seed=seed, max_memory=resources.max_memory)
        try:
            for pair, message in processes.run(pairs, settings):
                if isinstance(message, Conformity):
                    results[pair.number] = message
                at = f"{pair.one.name}, {pair.task.name}, {pair.dtype}"
                if progress is not None:
                    stage = f"{at}; {len(pairs) - len(results)} left, done"
                    progress(CountedStage(stage, len(pairs)), len(results))
        except KeyboardInterrupt:
            stopped = f"interrupted; it was at {at}"
    return ConformResult(
        implementations=implementations,
        results=tuple(results[number] for number in sorted(results)),
        arguments=tuple(rows[number][1].arguments for number in sorted(results)),
        networks=tuple(rows[number][1].task.network for number in sorted(results)),
        tokens=tokens,
        seed=seed,
        stopped=stopped,
    )

"""``negeig conform``: other people's implementations on tasks, every position decoded."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from negeig.automata.language import Language
from negeig.claims import (
    DEFAULT_RESOURCES,
    InputError,
    Resources,
    StageProgress,
    Stopped,
    Unavailable,
)
from negeig.kernels.conforming import Conformity
from negeig.kernels.conforming import conform as run
from negeig.kernels.exact_states import machine_of
from negeig.kernels.implementation import DTYPES, Implementation, Kernel
from negeig.kernels.registry import find
from negeig.kernels.standard_suite import TASKS, Task
from negeig.pipeline.parts.documents import versions
from negeig.theory.networks.network import LinearRNN

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

    ``arguments`` names the task of each result on the command line. ``stopped`` says what was
    running when the time was over; its result and those after it are not there.
    """

    implementations: tuple[Implementation, ...]
    results: tuple[Conformity, ...]
    arguments: tuple[tuple[str, ...], ...]
    tokens: int
    seed: int
    stopped: Stopped | None = None

    @property
    def exit_code(self) -> int:
        """0 all exact, right or refused; 1 something is wrong; 3 something is missing."""
        verdicts = {result.verdict for result in self.results}
        if "wrong" in verdicts:
            return 1
        return 3 if "missing" in verdicts or self.stopped is not None else 0

    def replay(self, number: int) -> str:
        """Return the command that runs one result again."""
        result, named = self.results[number], self.arguments[number]
        words = ["negeig", "conform", *named, "--impl", result.impl, "--dtype", result.dtype]
        return shlex.join([*words, "--tokens", str(self.tokens), "--seed", str(self.seed)])

    def to_json(self) -> dict[str, Any]:
        """Return the object of schema ``negeig.conform/1``."""
        return {
            "schema": "negeig.conform/1",
            "implementations": [_implementation_json(one) for one in self.implementations],
            "results": [
                _result_json(result, self.replay(i)) for i, result in enumerate(self.results)
            ],
            "tokens": self.tokens,
            "seed": self.seed,
            "stopped": None if self.stopped is None else str(self.stopped),
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
        "install": None if one.version else one.remedy,
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
        "reason": result.reason,
        "seconds": round(result.seconds, 6),
    }


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
            [f"{name!r} is not in the suite; there are {', '.join(tasks)}" for name in unknown],
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


def conform(
    tasks: Sequence[Asked],
    impl: Sequence[str],
    *,
    dtypes: Sequence[str] = ("fp32", "bf16"),
    tokens: int = DEFAULT_TOKENS,
    seed: int = 0,
    progress: StageProgress | None = None,
) -> ConformResult:
    """Run implementations on tasks and compare every position with the machine.

    Parameters
    ----------
    impl : sequence of str
        Names, packages, ``found``, ``all`` or ``file.py:function``. With no task they are listed.
    dtypes : sequence of str
        Formats of the inputs: fp32, bf16, fp16.
    tokens : int
        Letters of one batch of three words; it is run about ten times in different ways.

    Raises
    ------
    InputError
        For unknown implementations and formats, a function of one's own that cannot be called,
        numbers out of range, and a network that errs in exact arithmetic.

    Examples
    --------
    >>> found = conform(suite_tasks("standard", ["parity"]), ["negeig.cpu"], dtypes=["fp32"])
    >>> found.results[0].verdict, found.results[0].max_error, found.exit_code
    ('exact', 0.0, 0)
    """
    problems = [
        f"--dtype: {dtype!r} is unknown; known are {', '.join(DTYPES)}"
        for dtype in dtypes
        if dtype not in DTYPES
    ]
    if not dtypes:
        problems.append(f"--dtype: at least one of {', '.join(DTYPES)}")
    if tokens < 1:
        problems.append(f"--tokens: at least 1 token, not {tokens}")
    if seed < 0:
        problems.append(f"--seed: 0 or more, not {seed}")
    if not impl:
        problems.append("--impl: at least one name, such as found; --list shows them")
    implementations: tuple[Implementation, ...] = ()
    try:
        implementations = find(tuple(dict.fromkeys(impl)))
    except InputError as error:
        problems += [f"--impl: {problem}" for problem in error.problems]
    if problems:
        raise InputError("", problems)

    def report(stage: str) -> None:
        if progress is not None:
            progress(stage, len(results))

    results, arguments = list[Conformity](), list[tuple[str, ...]]()
    stopped = None
    try:
        for one in implementations if tasks else ():
            report(one.name)
            kernel, missing = _loaded(one)
            for asked in tasks:
                for dtype in dict.fromkeys(dtypes):
                    report(f"{one.name}, {asked.task.name}, {dtype}")
                    results.append(run(one, kernel, asked.task, dtype, tokens, seed, missing))
                    arguments.append(asked.arguments)
    except Stopped as stop:
        stopped = stop
    return ConformResult(
        implementations=implementations,
        results=tuple(results),
        arguments=tuple(arguments),
        tokens=tokens,
        seed=seed,
        stopped=stopped,
    )


def _loaded(one: Implementation) -> tuple[Kernel | None, str]:
    """Return the kernel, or why there is none."""
    try:
        return one.kernel(), ""
    except Unavailable as error:
        return None, str(error)

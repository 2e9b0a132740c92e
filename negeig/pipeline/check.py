"""The way of the data, one readable function for each command.

A language becomes a minimal machine and its transition monoid; from them follow the limits, the
candidates for a network, and the claims about it. Every function here returns the object that the
command line prints.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeAlias

from negeig.automata.language import Language, resolve
from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.monoid import transition_monoid
from negeig.automata.zoo import find
from negeig.claims import (
    DEFAULT_RESOURCES,
    InputError,
    LimitReached,
    Resources,
    StageProgress,
    Verdict,
)
from negeig.pipeline.asking import ask
from negeig.pipeline.compile import BOUND_ELEMENTS
from negeig.pipeline.listings import compare, explain, theorems, zoo
from negeig.pipeline.monoid import (
    describe,
    describe_group,
    summary_of,
    summary_unlisted,
)
from negeig.pipeline.proving import choose, kernel_claim
from negeig.pipeline.result import CheckResult, PrecisionResult
from negeig.precision.closure.escapes import certified_escapes
from negeig.theory.architectures import find as find_architecture
from negeig.theory.architectures import verdicts
from negeig.theory.bounds.limits import limits
from negeig.theory.bounds.lower_bounds import lower_bounds
from negeig.theory.bounds.periods import periods
from negeig.theory.closure.explore import Exploration
from negeig.theory.networks.network import LinearRNN
from negeig.writing import write_whole

if TYPE_CHECKING:
    from negeig.pipeline.compile import Compilation
    from negeig.theory.constructions.budget import Budget


AnyMachine: TypeAlias = Machine | Any
"""A machine, or an automaton of automata-lib or pyformlang, which is converted."""

CHECK_ARITHMETIC = ("bf16", "fp32")

ONE_LAYER = "one-contractive-layer"
"""Class of limits beside which the layers that escape it are shown."""

MOST_NOTICES = 10
"""Rounded parameters that are listed for each arithmetic; the rest is counted."""

__all__ = [
    "audit",
    "budget",
    "check",
    "collide",
    "compare",
    "compile",
    "convert",
    "explain",
    "language",
    "monoid",
    "precision",
    "theorems",
    "zoo",
]


def language(
    regex: str | None = None,
    *,
    zoo: str | None = None,
    file: str | None = None,
    machine: AnyMachine | None = None,
    alphabet: Sequence[str] = (),
    resources: Resources = DEFAULT_RESOURCES,
) -> Language:
    """Return the language named by exactly one of a regex, a zoo name, a file or a machine.

    A machine may also be an automaton of automata-lib or pyformlang.
    """
    if machine is not None:
        if regex is not None or zoo is not None or file is not None:
            raise InputError("", "give a machine, or a language, not both")
        if isinstance(machine, Machine):
            return Language(source="machine", machine=machine, notices=())
        from negeig.automata.formats.interop import from_object

        read, notices = from_object(machine, resources.max_states)
        return Language(source="machine", machine=read, notices=notices)
    return resolve(
        regex,
        zoo,
        file,
        alphabet=alphabet,
        max_states=resources.max_states,
        max_bytes=resources.max_bytes,
    )


def check(
    regex: str | None = None,
    *,
    zoo: str | None = None,
    file: str | None = None,
    machine: AnyMachine | None = None,
    alphabet: Sequence[str] = (),
    arithmetic: Sequence[str] = CHECK_ARITHMETIC,
    backends: Sequence[str] = ("cpu",),
    dimension: int = 64,
    format: str = "bf16",
    seed: int = 0,
    architecture: str | None = None,
    resources: Resources = DEFAULT_RESOURCES,
    progress: StageProgress | None = None,
) -> CheckResult:
    """Check one language, end to end.

    Finds the minimal machine, its transition monoid, what linear RNNs provably cannot do, the
    cheapest network that the routes at hand build, exact and floating-point proofs of it for all
    lengths, and runs it.

    Parameters
    ----------
    regex, zoo, file, machine
        The language, exactly one of them.
    alphabet : sequence of str
        Letters beyond those that occur in the regex.
    arithmetic : sequence of str
        Arithmetic models in which closure is attempted, beside exact arithmetic.
    backends : sequence of str
        Kernels that run the network; empty for none.
    dimension, format
        Head dimension and number format for which the length bounds of the limits are stated.
    seed : int
        Seed of the random words.
    architecture : str, optional
        An architecture to ask about: the verdict then says whether it can do the task.

    Raises
    ------
    InputError
        When the language cannot be read.
    LimitReached
        When the machine itself exceeds a limit; later limits only leave the verdict undecided.

    Examples
    --------
    >>> result = check("(11)*", backends=())
    >>> result.verdict, [claim.id for claim in result.claims]
    ('holds', ['exact', 'bf16', 'fp32'])
    """
    from negeig.precision.numbers.arithmetic import parse
    from negeig.precision.numbers.formats import FORMATS

    arithmetic = tuple({parse(name).name: name for name in reversed(arithmetic)}.values())[::-1]
    _check_backends(backends)
    asked = None if architecture is None else find_architecture(architecture)
    if format not in FORMATS:
        raise InputError("", f"unknown number format {format!r}; known: {', '.join(FORMATS)}")
    if dimension < 1:
        raise InputError("", f"the dimension of a head must be at least 1, found {dimension}")
    read = language(
        regex, zoo=zoo, file=file, machine=machine, alphabet=alphabet, resources=resources
    )
    minimal = read.machine.minimal()
    undecided: list[str] = []

    monoid, summary = None, None
    try:
        monoid = transition_monoid(
            minimal, max_elements=resources.max_elements, max_memory=resources.max_memory
        )
        summary = summary_of(monoid)
    except LimitReached as limit:
        undecided.append(str(limit))
        summary = summary_unlisted(minimal, resources)

    with _deadline("construction", resources.construction_seconds, progress) as report:
        chosen, reason, alternatives, claims = choose(
            minimal, arithmetic, resources=resources, progress=report
        )
    if chosen is None:
        undecided.append(f"no construction: {reason}")
    proved_exactly = bool(claims) and claims[0].verdict is Verdict.PROVED

    rows = limits(
        minimal,
        monoid,
        dimension=dimension,
        format=format,
        format_values=FORMATS[format].finite_values,
        network=chosen.network if chosen is not None and proved_exactly else None,
    )
    device = None
    if chosen is not None:
        for backend in backends:
            claim, device = kernel_claim(chosen.network, minimal, backend, seed, resources)
            claims.append(claim)
    undecided += [
        f"{claim.id}: {claim.detail}" for claim in claims if claim.verdict is Verdict.OPEN
    ]
    in_hand = chosen.network if proved_exactly and chosen else None
    excluded = any(r.verdict == "impossible" and r.class_ == ONE_LAYER for r in rows)
    small = monoid is not None and monoid.size <= BOUND_ELEMENTS
    requested = None
    if asked is not None:
        with _deadline("construction", resources.construction_seconds, progress) as report:
            requested = ask(asked, minimal, rows, in_hand, resources, report)
    return CheckResult(
        source=read.source,
        machine=minimal,
        notices=read.notices,
        monoid=summary,
        limits=rows,
        architectures=verdicts(rows, in_hand),
        periods=periods(minimal, monoid),
        lower_bounds=lower_bounds(minimal, monoid if small else None),
        escapes=certified_escapes(minimal) if excluded else (),
        requested=requested,
        construction=chosen,
        construction_reason=reason,
        alternatives=tuple(alternatives),
        claims=tuple(claims),
        undecided_because=tuple(undecided),
        device=device,
    )


def budget(**quantities: Any) -> Budget:
    """Return a :class:`~negeig.theory.constructions.budget.Budget`, its format checked too.

    Raises InputError with every contradiction and every unknown name, and what is allowed.

    Examples
    --------
    >>> budget(layers=1, format="bf16").format
    'bf16'
    """
    from negeig.theory.constructions.budget import Budget

    problems = _unknown_format(quantities.get("format"))
    try:
        made = Budget(**quantities)
    except InputError as error:
        raise InputError("budget", error.problems + problems) from None
    if problems:
        raise InputError("budget", problems)
    return made


def compile(
    regex: str | None = None,
    *,
    zoo: str | None = None,
    file: str | None = None,
    machine: AnyMachine | None = None,
    alphabet: Sequence[str] = (),
    budget: Budget | None = None,
    held_by: str | None = None,
    resources: Resources = DEFAULT_RESOURCES,
    progress: StageProgress | None = None,
) -> Compilation:
    """Return the cheapest network for a language within a budget, proved right for all lengths.

    With ``held_by`` only networks whose parameters are all values of that number format count.
    Proved in exact arithmetic, and in the budget's format too where it names one.

    Raises
    ------
    BudgetNotMet
        When no route gives a network within the budget: exit code 1 where a lower bound shows
        that there is none, otherwise 3.

    Examples
    --------
    >>> compile("(11)*").network.run("111")
    (1, 0, 1, 0)
    """
    from negeig.pipeline.compile import optimise
    from negeig.theory.constructions.budget import Budget

    budget = Budget() if budget is None else budget
    unknown = _unknown_format(budget.format)
    if unknown:
        raise InputError("budget", unknown)
    read = language(
        regex, zoo=zoo, file=file, machine=machine, alphabet=alphabet, resources=resources
    )
    with _deadline("construction", resources.construction_seconds, progress) as report:
        return optimise(
            read.machine.minimal(),
            budget,
            source=read.source,
            held_by=held_by,
            resources=resources,
            progress=report,
        )


def precision(
    network: LinearRNN,
    machine: Machine,
    arithmetic: Sequence[str],
    *,
    source: str = "network",
    round_parameters: bool = False,
    resources: Resources = DEFAULT_RESOURCES,
    progress: StageProgress | None = None,
) -> PrecisionResult:
    """Explore a network's closure in several arithmetics against a machine.

    Raises InputError for an unknown arithmetic, alphabets that differ, or a parameter that a
    format cannot hold when ``round_parameters`` is not set.
    """
    from negeig.precision.closure.rounded_closure import closure
    from negeig.precision.numbers.arithmetic import parse
    from negeig.precision.stored import round_parameters as store

    results: list[tuple[str, Exploration]] = []
    notices: list[str] = []
    for name, model in [(name, parse(name)) for name in dict.fromkeys(arithmetic)]:
        report = None if progress is None else _stage(progress, name)
        if not model.is_exact:
            _, rounded = store(network, model, round_parameters=round_parameters)
            notices += [f"{name}: {entry}, which is used" for entry in rounded[:MOST_NOTICES]]
            if len(rounded) > MOST_NOTICES:
                notices.append(f"{name}: {len(rounded)} parameters rounded in all")
        result = closure(
            network,
            machine,
            model,
            max_states=resources.max_closure,
            max_memory=resources.max_memory,
            round_parameters=round_parameters,
            progress=report,
        )
        results.append((name, result))
    return PrecisionResult(source, tuple(results), tuple(notices))


def collide(
    network: LinearRNN,
    machine: Machine,
    *,
    source: str = "network",
    format: str = "bf16",
    variant: str = "state",
    zero: str = "signed",
    max_steps: int = 20_000,
) -> dict[str, Any]:
    """Look for two words on which no decoder of a network is right, ``negeig.collide/1``.

    In the cast model: exact states that decoders see rounded to a format, to nearest even and
    saturating: there is no infinity. With ``zero="signed"`` the format's two zeros are told apart,
    as their bits are; with ``"one"`` they are one value. The hypotheses of Theorems 1 and 2 are
    tested exactly, and bounds say when a collision must come. For a single layer it is also said
    from where on the cast state never changes on the powers of a letter. Where no word of the task
    has a period above 1 nothing has to collide, and nothing is followed.

    Raises InputError for an unknown format, variant or zero, for ``"terms"`` of several layers, and
    for a network with irrational entries.
    """
    from negeig.precision.cast.cast import FormatCast
    from negeig.precision.cast.collisions import examine
    from negeig.precision.numbers.formats import FORMATS

    problems = _unknown_format(format)
    if variant not in ("state", "terms"):
        problems.append(f"unknown variant {variant!r}; known: state, terms")
    if zero not in ("signed", "one"):
        problems.append(f"unknown zero {zero!r}; known: signed, one")
    if problems:
        raise InputError("", problems)
    report = examine(
        network,
        machine,
        FormatCast(FORMATS[format], signed_zero=zero == "signed"),
        variant="terms" if variant == "terms" else "state",
        max_steps=max_steps,
        freeze_steps=max_steps if len(network.layers) == 1 else 0,
    )
    return {
        "schema": "negeig.collide/1",
        "network": source,
        "format": format,
        "variant": variant,
        "zero": zero,
        **report.to_json(),
    }


def audit(path: str, **options: Any) -> dict[str, Any]:
    """Audit the matrices of a stored layer: see :func:`negeig.pipeline.audit.audit`."""
    from negeig.pipeline.audit import audit as audit_tensors

    return audit_tensors(path, **options)


def read_network(path: str, resources: Resources = DEFAULT_RESOURCES) -> LinearRNN:
    """Read a network file in the format of docs/network-format.md; ``-`` is standard input."""
    from negeig.theory.networks.network_json import read

    return read(path, max_bytes=resources.max_bytes)


def monoid(
    regex: str | None = None,
    *,
    zoo: str | None = None,
    file: str | None = None,
    machine: AnyMachine | None = None,
    alphabet: Sequence[str] = (),
    elements: bool = False,
    resources: Resources = DEFAULT_RESOURCES,
) -> dict[str, Any]:
    """Return what a language's transition monoid is, ``negeig.monoid/1``.

    Structure, varieties with witnesses, circuit class and a verified Krohn-Rhodes decomposition;
    with ``elements``, every element with a shortest word, its map and both Cayley graphs. A monoid
    too large to list is described by its structure alone, and so is the group of a zoo word problem
    whose machine is too large to build.

    Examples
    --------
    >>> monoid("(ab)*")["monoid"]["size"]
    6
    """
    try:
        read = language(
            regex, zoo=zoo, file=file, machine=machine, alphabet=alphabet, resources=resources
        )
    except LimitReached:
        entry, parameters = (None, ()) if zoo is None else find(zoo)
        if entry is None or entry.generators is None or elements:
            raise
        return describe_group(f"zoo:{zoo}", entry.generators(*parameters), resources)
    minimal = read.machine.minimal()
    return describe(
        read.source,
        minimal,
        read.notices,
        elements=elements,
        resources=resources,
    )


def convert(
    path: str,
    regex: str | None = None,
    *,
    zoo: str | None = None,
    file: str | None = None,
    machine: AnyMachine | None = None,
    alphabet: Sequence[str] = (),
    format: str | None = None,
    minimize: bool = False,
    resources: Resources = DEFAULT_RESOURCES,
) -> tuple[str, ...]:
    """Write a language's machine to a file in another format; return the notices of reading it.

    The format is that of the extension unless named; ``-`` is standard output. Nothing is written
    when the format cannot hold the machine.
    """
    from negeig.automata.formats.files import write

    read = language(
        regex, zoo=zoo, file=file, machine=machine, alphabet=alphabet, resources=resources
    )
    write(read.machine.minimal() if minimize else read.machine, path, format)
    return read.notices


def write_network(
    path: str, made: Compilation, *, dtype: str = "float32", round_parameters: bool = False
) -> None:
    """Write a compiled network: tensors where the name ends in ``.safetensors``, otherwise JSON.

    ``-`` is standard output, for JSON. Raises InputError when the file cannot be written, or a
    number is no value of ``dtype`` and ``round_parameters`` is not set.
    """
    problems = _no_file(path)
    if problems:
        raise InputError("output", problems)
    if _is_tensors(path):
        from negeig.kernels.tensors import save

        save(path, made.network, dtype=dtype, round_parameters=round_parameters, about=made.about())
    else:
        from negeig.theory.networks.network_json import dumps

        text = dumps(made.network, about=made.about())
        if path == "-":
            print(text)
        else:
            write_text(path, text + "\n")


def check_outputs(
    paths: Sequence[str], *, dtype: str | None = None, round_parameters: bool = False
) -> None:
    """Refuse what :func:`write_network` would not write, before any work is done.

    Raises InputError with every problem: a path that names no file, an unknown type, and a type
    or rounding where no tensors are written.
    """
    from negeig.kernels.tensors import DTYPES

    problems = [problem for path in paths for problem in _no_file(path)]
    if dtype is not None and dtype not in DTYPES:
        problems.append(f"unknown dtype {dtype!r}; known: {', '.join(DTYPES)}")
    if not any(map(_is_tensors, paths)):
        options = {"--dtype": dtype is not None, "--round-parameters": round_parameters}
        problems += [
            f"{name} is about tensors: give -o with a name that ends in .safetensors too"
            for name, given in options.items()
            if given
        ]
    if problems:
        raise InputError("output", problems)


def storage_format(
    paths: Sequence[str], *, dtype: str | None = None, round_parameters: bool = False
) -> str | None:
    """Return the number format that must hold a network to be written to these files, if any."""
    from negeig.kernels.tensors import DTYPES

    if round_parameters or not any(map(_is_tensors, paths)):
        return None
    return DTYPES[dtype or "float32"]


def _is_tensors(path: str) -> bool:
    return path.lower().endswith(".safetensors")


def _no_file(path: str) -> list[str]:
    """Return why a path names no file that could be written, if it does not."""
    if not path:
        return ["the name of the file to write is empty"]
    if path.endswith("/") or os.path.isdir(path):
        return [f"{path!r} names a folder; give the name of a file"]
    return []


def write_text(path: str, text: str) -> None:
    """Write a file whole or not at all; InputError when it cannot be written."""
    try:
        write_whole(path, text.encode())
    except OSError as error:
        raise InputError(path, f"cannot be written: {error.strerror}", "output") from error


def _check_backends(backends: Sequence[str]) -> None:
    """Refuse an unknown backend before any work is done."""
    from negeig.kernels.conformance import BACKENDS

    unknown = [backend for backend in backends if backend not in BACKENDS]
    if unknown:
        raise InputError("", f"unknown backend {unknown[0]!r}; known: {', '.join(BACKENDS)}")


def _unknown_format(name: str | None) -> list[str]:
    """Return the problem with the name of a number format, if there is one."""
    from negeig.precision.numbers.formats import FORMATS

    if name is None or name in FORMATS:
        return []
    return [f"unknown number format {name!r}; known: {', '.join(FORMATS)}"]


def _stage(progress: StageProgress, name: str) -> Callable[[int], None]:
    def report(done: int) -> None:
        progress(name, done)

    return report


@contextmanager
def _deadline(
    name: str, seconds: float, progress: StageProgress | None
) -> Iterator[Callable[[int], None]]:
    """Yield a progress callback that raises LimitReached once the time is over."""
    start = time.perf_counter()

    def report(done: int) -> None:
        passed = time.perf_counter() - start
        if passed > seconds:
            raise LimitReached(
                f"seconds for the {name}",
                seconds,
                reached=round(passed, 1),
                option=f"--{name}-seconds",
                detail=f"{done:,} network states were explored",
            )
        if progress is not None:
            progress(name, done)

    yield report

"""The Python interface: the functions that the command line calls, from a language's name.

A language is a regular expression, a machine or an automaton of another library, or one of the
keywords ``zoo``, ``file`` and ``machine`` of :func:`negeig.automata.language.language`, which every
function here takes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from difflib import get_close_matches
from inspect import signature
from os import PathLike, fspath
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from negeig.automata.expressions.dialects import Syntax
from negeig.automata.language import AnyMachine, Language, language
from negeig.automata.machines.machine import Machine
from negeig.claims import DEFAULT_RESOURCES, InputError, Letter, Resources, StageProgress
from negeig.pipeline import check as checking
from negeig.pipeline import compile as compiling
from negeig.pipeline import monoid as structure
from negeig.pipeline import precision as proving
from negeig.pipeline.check import CheckResult
from negeig.pipeline.compile import Compilation
from negeig.pipeline.monoid import MonoidResult
from negeig.pipeline.parts.check_options import CheckOptions
from negeig.pipeline.precision import PrecisionResult
from negeig.theory.constructions.budget import Budget
from negeig.theory.networks.network import LinearRNN

if TYPE_CHECKING:
    import torch

    from negeig.kernels.torch_module import NetworkModule
    from negeig.pipeline.run import RunResult
    from negeig.theory.architectures.layer_reading import Source

__all__ = [
    "check",
    "compile",
    "compile_layer",
    "language",
    "load_module",
    "monoid",
    "prove",
    "run",
]


class Named(TypedDict, total=False):
    """The keywords that name a language beside, or instead of, a regular expression."""

    zoo: str | None
    file: str | PathLike[str] | None
    machine: AnyMachine | None
    alphabet: Sequence[str]
    syntax: Syntax
    accepting: Sequence[str] | None


def _read(
    function: Callable[..., Any], regex: str | AnyMachine | None, resources: Resources, named: Named
) -> Language:
    """Return the language that keywords of a function name.

    Raises InputError for a keyword that the function does not have, with what was probably meant.
    """
    own = [name for name in signature(function).parameters if name != "named"]
    there = [*own, *Named.__annotations__]
    problems = []
    for name in (name for name in named if name not in Named.__annotations__):
        begun = [one for one in there if one.startswith(name)]
        near = begun or get_close_matches(name, there, n=1)
        hint = f"; did you mean {near[0]}?" if near else f"; it takes {', '.join(there)}"
        if "budget" in there and name in {field.name for field in fields(Budget)}:
            hint = f"; a budget is one object: budget=negeig.Budget({name}=...)"
        problems.append(f"{function.__name__} takes no {name!r}{hint}")
    if problems:
        raise InputError("", problems, code="usage")
    return language(regex, resources=resources, **named)


def _check_budget(budget: object) -> None:
    """Raise InputError for what is no budget."""
    if not isinstance(budget, Budget | None):
        raise InputError("budget", f"expected one, such as Budget(layers=1), found {budget!r}")


def check(
    regex: str | AnyMachine | None = None,
    *,
    arithmetic: Sequence[str] = ("bf16", "fp32"),
    backends: Sequence[str] = ("cpu",),
    dimension: int | None = None,
    format: str | None = None,
    seed: int = 0,
    architecture: str | Sequence[str] | None = None,
    layer: Source | Sequence[Source] | None = None,
    depth: int | None = None,
    heads: int | None = None,
    resources: Resources = DEFAULT_RESOURCES,
    progress: StageProgress | None = None,
    **named: Unpack[Named],
) -> CheckResult:
    """Check one language, end to end, as ``negeig check`` does.

    What cannot recognise it, the cheapest network that does, proofs of it for words of every
    length in exact and in floating-point arithmetic, and a run on words.

    Parameters
    ----------
    regex : str, optional
        The language; or a machine, an automaton of automata-lib or pyformlang, a graph of networkx;
        or else one of ``zoo``, ``file`` and ``machine``.
    arithmetic : sequence of str
        Arithmetic models in which closure is attempted, beside exact arithmetic.
    backends : sequence of str
        Kernels that run the network; empty for none.
    dimension, format
        Head dimension and number format for which the length bounds of the limits are stated, 64
        and bf16 unless given; those of the layers asked about, where they are given.
    seed : int
        Seed of the random words.
    architecture : str or sequence of str, optional
        An architecture to ask about: the verdict then says whether it can do the task.
    layer : str, LayerSpec or mapping, or a list of them, optional
        A layer to ask about, such as ``"family=delta,beta=0..2,steps=2"``, or several; likewise.
    depth, heads : int, optional
        Most layers, and heads of each, of the layer or the architectures asked about.
    alphabet : sequence of str
        Letters beyond those in the regex.
    syntax : "negeig" or "python"
        Of the regex.
    accepting : sequence of str, optional
        Names of the accepting states of a file that does not say which accept.

    Raises
    ------
    InputError
        When the language cannot be read, or an option is wrong.
    LimitReached
        When the machine itself exceeds a limit; later limits only leave the verdict undecided.

    Examples
    --------
    >>> result = check("(11)*", backends=())
    >>> result.verdict, [claim.id for claim in result.claims]
    ('holds', ['exact', 'bf16', 'fp32'])
    """
    options = CheckOptions(
        arithmetic=arithmetic,
        backends=backends,
        dimension=dimension,
        format=format,
        seed=seed,
        architecture=architecture,
        layer=layer,
        depth=depth,
        heads=heads,
    )
    read = _read(check, regex, resources, named)
    return checking.check(read, options, resources=resources, progress=progress)


def compile(
    regex: str | AnyMachine | None = None,
    *,
    budget: Budget | None = None,
    resources: Resources = DEFAULT_RESOURCES,
    progress: StageProgress | None = None,
    **named: Unpack[Named],
) -> Compilation:
    """Return the cheapest network for a language within a budget, proved right for all lengths.

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
    _check_budget(budget)
    read = _read(compile, regex, resources, named)
    return compiling.compile(read, budget, resources=resources, progress=progress)


def compile_layer(
    regex: str | AnyMachine | None = None,
    *,
    layer: str,
    dtype: str = "float32",
    budget: Budget | None = None,
    resources: Resources = DEFAULT_RESOURCES,
    progress: StageProgress | None = None,
    **named: Unpack[Named],
) -> Compilation:
    """Return the cheapest network that a released layer can be, its weights as ``.layer``.

    As ``negeig compile --for LAYER`` does; ``negeig.testing.run_layer`` runs the layer.

    Raises
    ------
    InputError
        For an unknown layer or type, and as :func:`compile` does.
    BudgetNotMet
        When no network found can be the layer, with the reasons.

    Examples
    --------
    >>> made = compile_layer("(11)*", layer="transformers.olmo_hybrid")
    >>> made.layer.layers[0].parameters["b_proj.weight"][0, :2].tolist()
    [64.0, 0.0]
    """
    _check_budget(budget)
    read = _read(compile_layer, regex, resources, named)
    return compiling.compile_layer(
        read, layer, dtype, budget, resources=resources, progress=progress
    )


def monoid(
    regex: str | AnyMachine | None = None,
    *,
    elements: bool = False,
    resources: Resources = DEFAULT_RESOURCES,
    **named: Unpack[Named],
) -> MonoidResult:
    """Return everything about a task's transition monoid, as ``negeig monoid`` does.

    Raises InputError for what is no language, LimitReached as
    :func:`negeig.pipeline.monoid.monoid` does.

    Examples
    --------
    >>> monoid("(ab)*").monoid["size"]
    6
    """
    read = _read(monoid, regex, resources, named)
    return structure.monoid(read, elements=elements, resources=resources)


def prove(
    network: LinearRNN,
    machine: Machine,
    arithmetic: Sequence[str],
    *,
    round_parameters: bool = False,
    resources: Resources = DEFAULT_RESOURCES,
    progress: StageProgress | None = None,
) -> PrecisionResult:
    """Prove or refute a network in several arithmetics, as ``negeig precision`` does.

    Raises InputError for an unknown arithmetic or none, what is no network, alphabets that differ,
    or a parameter that a format cannot hold when ``round_parameters`` is not set.

    Examples
    --------
    >>> made = compile("(11)*")
    >>> [(name, found.verdict) for name, found in
    ...  prove(made.network, made.machine, ["exact", "bf16"]).results]
    [('exact', 'proved'), ('bf16', 'proved')]
    """
    problems = []
    if not isinstance(network, LinearRNN):
        found = type(network).__name__
        problems.append(f"network: expected one, such as compile(...).network, found a {found}")
    if not isinstance(machine, Machine):
        found = type(machine).__name__
        problems.append(f"machine: expected one, such as compile(...).machine, found a {found}")
    if isinstance(arithmetic, str) or not arithmetic:
        problems.append(f"arithmetic: expected names, as ['bf16', 'fp32'], found {arithmetic!r}")
    if problems:
        raise InputError("prove", problems)
    return proving.precision(
        network,
        machine,
        arithmetic,
        round_parameters=round_parameters,
        resources=resources,
        progress=progress,
    )


def run(
    regex: str | AnyMachine | None = None,
    *,
    network: LinearRNN | str | PathLike[str] | None = None,
    backend: str = "cpu",
    impl: str | None = None,
    tokens: int | None = None,
    words: str = "mix",
    word: Sequence[Letter] | None = None,
    seed: int = 0,
    rows: int = 64,
    row: int | None = None,
    offset: int = 0,
    state: str | None = None,
    checkpoint: str | PathLike[str] | None = None,
    threads: int | None = None,
    resources: Resources = DEFAULT_RESOURCES,
    progress: StageProgress | None = None,
    **named: Unpack[Named],
) -> RunResult:
    """Run a network on words and compare every symbol with the machine, as ``negeig run`` does.

    Parameters
    ----------
    regex : str, optional
        The language, as :func:`check` takes it.
    network : LinearRNN or path of a network file, optional
        What is run; the cheapest that is proved in the backend's format unless it is given. Without
        a language it is compared with what it computes itself in exact arithmetic.
    backend, impl, tokens, words, word, seed, rows, row, offset, state, checkpoint, threads
        As :class:`negeig.pipeline.running.options.RunOptions` has them.
    progress : callable, optional
        Where it raises KeyboardInterrupt the run ends with what it has.

    Raises
    ------
    InputError
        For a language or options that are wrong, letters that differ, or a checkpoint that is
        damaged or of another run.
    Unavailable
        When packages of the backend are missing, or it cannot take the network.

    Examples
    --------
    >>> found = run("(11)*", tokens=1_000)
    >>> found.verdict.value, found.tokens
    ('passed', 940)
    """
    from negeig.pipeline import run as running
    from negeig.pipeline.conform import network_task
    from negeig.pipeline.running.options import RunOptions
    from negeig.theory.networks.network_json import read as read_network

    options = RunOptions(
        backend=backend,
        impl=impl,
        tokens=tokens,
        words=words,
        word=tuple(word) if isinstance(word, Sequence) else word,
        seed=seed,
        rows=rows,
        row=row,
        offset=offset,
        state=state,
        checkpoint=fspath(checkpoint) if isinstance(checkpoint, PathLike) else checkpoint,
        threads=threads,
    )
    if network is None:
        read = _read(run, regex, resources, named)
        asked = running.language_task(read, options, resources=resources, progress=progress)
        return running.run(asked, options, progress=progress)
    path = "network.json"
    if isinstance(network, str | PathLike):
        path = fspath(network)
        network = read_network(path, resources.max_bytes)
    if not isinstance(network, LinearRNN):
        kind = type(network).__name__
        raise InputError("network", f"expected a LinearRNN or the path of its file, found {kind}")
    is_named = any(value is not None for value in (regex, *named.values()))
    spoken = _read(run, regex, resources, named) if is_named else None
    asked = network_task(network, path, spoken, resources=resources)
    return running.run(asked, options, progress=progress)


def load_module(
    path: str,
    dtype: torch.dtype | None = None,
    *,
    trainable: bool = False,
    max_bytes: int = 64_000_000,
) -> NetworkModule:
    """Read a network file, JSON or ``*.safetensors``, and return its torch module.

    Both hold the exact network, so ``dtype``, float32 unless given, need not be the one that the
    tensors were saved in. Raises as :func:`negeig.kernels.torch_module.module` does, as the reader
    of the file does, and Unavailable where torch is missing, which is imported here.
    """
    from negeig.kernels import torch_module  # which says so where there is no torch

    options = {} if dtype is None else {"dtype": dtype}
    return torch_module.load_module(path, **options, trainable=trainable, max_bytes=max_bytes)

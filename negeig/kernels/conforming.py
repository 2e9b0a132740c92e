"""Whether an implementation does a task: every position decoded and compared with the machine.

What comes out is empirical: it says that nothing went wrong on these words.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Literal, TypeAlias

import numpy as np

from negeig.claims import DEFAULT_RESOURCES, InputError
from negeig.kernels.batch import batch_of
from negeig.kernels.edge_cases import edge_cases
from negeig.kernels.implementation import (
    Implementation,
    Kernel,
    Misbehaved,
    Undetermined,
    held,
)
from negeig.kernels.positions import Positions, inexpressible, needs
from negeig.kernels.raised import NoDevice
from negeig.kernels.runnable import runnable
from negeig.kernels.standard_suite import Task
from negeig.kernels.trial import FirstWrong, Trial
from negeig.precision.numbers.formats import FORMATS, FP32
from negeig.precision.stored import Rounded, store
from negeig.theory.networks.network import LinearRNN

Verdict: TypeAlias = Literal["exact", "right", "wrong", "refused", "missing"]


@dataclass(frozen=True, kw_only=True)
class Conformity:
    """How one implementation did one task in one number format.

    Parameters
    ----------
    verdict : str
        ``exact``: every state that was read or handed on is the exact one, as far as the format
        it comes in holds it. ``right``: every output is the machine's. ``wrong``: one is not.
        ``refused``: the interface cannot express the task. ``missing``: there is no result; it is
        not installed, or gave no answer in the time that it had.
    exactly_representable : bool
        Whether the format holds every parameter of the network.
    tokens : int
        Positions compared with the machine.
    max_error : float or None
        Largest distance of a coordinate from its exact value, the drift: of states handed on and of
        those read in float32; where there are none, of those read. None where none was finite.
    assumptions : dict
        What holds of the calls: ``deterministic``, the same bits twice; ``batch_independent``, the
        same bits alone and in another order; ``split_is_whole``, the same bits in pieces. None
        where it was not tested, or says nothing because two equal calls gave other bits.
    edge_cases : dict
        What it does at the edges (:func:`negeig.kernels.edge_cases.edge_cases`), None for what it
        should. Empty where it was not run to the end.
    reason : str
        Why it is refused or missing; where it is wrong and gave no answer later, that.
    seconds : float
    """

    impl: str
    version: str | None
    device: str
    task: str
    network: str
    dtype: str
    exactly_representable: bool
    verdict: Verdict
    tokens: int = 0
    first_wrong: FirstWrong | None = None
    max_error: float | None = None
    assumptions: dict[str, bool | None] = field(default_factory=dict)
    edge_cases: dict[str, str | None] = field(default_factory=dict)
    reason: str = ""
    seconds: float = 0.0


def conform(
    one: Implementation,
    kernel: Kernel | None,
    task: Task,
    dtype: str,
    tokens: int,
    seed: int,
    *,
    missing: str = "",
    max_memory: int = DEFAULT_RESOURCES.max_memory,
    report: Callable[[str, FirstWrong | None], None] = lambda *_: None,
) -> Conformity:
    """Run a task through an implementation and compare every position with the machine.

    Parameters
    ----------
    kernel : Kernel or None
        Of the implementation; None where it cannot run here.
    tokens : int
        Letters of the batch, all rows together.
    seed : int
        Of the words, and of what the implementation draws: the generators of Python, numpy and
        torch are set to it.
    missing : str
        Why there is no kernel, where the implementation itself does not say so.
    max_memory : int
        Bytes of one call, about.
    report : callable
        Told before each call what it is, and what was wrong until then.

    Raises InputError when the network itself, in exact arithmetic, errs on the words.
    """
    started = time.perf_counter()
    if kernel is None:
        return unanswered(one, task, dtype, "missing", missing or one.missing)
    if reason := refusal(one, task, dtype):
        return unanswered(one, task, dtype, "refused", reason)
    _seed(seed)
    trial = Trial(one, kernel, task, batch_of(task, tokens, seed), dtype, max_memory, report)
    cases: dict[str, str | None] = {}
    try:
        trial.run()
        cases = edge_cases(trial)
    except Misbehaved as error:
        if isinstance(error, Undetermined) and trial.first is None:
            none = isinstance(error, NoDevice)
            return unanswered(one, task, dtype, "missing" if none else "refused", str(error))
        trial.failed(str(error))
    verdict: Verdict = "wrong" if trial.first else "exact" if trial.exact else "right"
    return replace(
        unanswered(one, task, dtype, verdict),
        tokens=trial.tokens,
        first_wrong=trial.first,
        max_error=trial.error,
        assumptions=trial.assumptions,
        edge_cases=cases,
        seconds=time.perf_counter() - started,
    )


def _seed(seed: int) -> None:
    """Let an implementation that rounds stochastically draw the same when it is run again."""
    random.seed(seed)
    np.random.seed(seed % 2**32)
    if torch := sys.modules.get("torch"):
        torch.manual_seed(seed % 2**32)


def unanswered(
    one: Implementation, task: Task, dtype: str, verdict: Verdict, reason: str = ""
) -> Conformity:
    """Return a result of which nothing is known but its verdict and the reason."""
    return Conformity(
        impl=one.name,
        version=one.version,
        device=one.device,
        task=task.name,
        network=task.about,
        dtype=dtype,
        exactly_representable=representable(task.network, dtype),
        verdict=verdict,
        reason=reason,
    )


def representable(network: LinearRNN, dtype: str) -> bool:
    """Whether a format holds every number of the steps, and float32 the initial states.

    Examples
    --------
    >>> from negeig.kernels.standard_suite import TASKS
    >>> [representable(TASKS[name].network, "bf16") for name in ("near", "s5-root")]
    [True, False]
    """
    return not unheld(network, dtype)


def unheld(network: LinearRNN, dtype: str) -> list[Rounded]:
    """Return the numbers of the steps that a format does not hold, of initial states float32."""
    layers = network.layers
    starts = tuple(replace(layer, steps=dict.fromkeys(layer.alphabet, ())) for layer in layers)
    steps = tuple(replace(layer, initial=(Fraction(0),) * layer.dim) for layer in layers)
    return [
        *store(replace(network, layers=starts), FP32)[1],
        *store(replace(network, layers=steps), FORMATS[dtype])[1],
    ]


def refusal(one: Implementation, task: Task, dtype: str) -> str | None:
    """Say why an implementation cannot be given a task in a format, or None where it can."""
    if dtype not in one.dtypes:
        return f"it does not take {dtype}, only {', '.join(one.dtypes)}"
    if reason := inexpressible(task.network):
        return reason
    for need in needs(task.network):
        if need in one.cannot:
            return f"{need}: {one.cannot[need]}"
    if task.key_scale != 1 and not one.normalises:
        return "the keys are to be normalised, which it does not do"
    try:
        ready = runnable(task.network, task.machine.alphabet, FORMATS[dtype])
        for layer, stored in zip(task.network.layers, ready.stored.layers, strict=True):
            initial = Positions.of(layer, stored).initial
            if not one.resumes and (initial != held(initial, dtype)).any():
                return f"it takes no initial state, and {dtype} does not hold this one"
    except InputError as error:
        return "; ".join(error.problems[:2])
    return None

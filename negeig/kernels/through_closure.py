"""Closure through an implementation: a proof for words of every length of what others wrote.

Let F(state bits, letter) be what an implementation returns for one token. It has finitely many
states, so exploring F proves or refutes as exploring an arithmetic does, of that implementation,
version, device and format of inputs, as far as the assumptions go that are tested with it. What an
implementation in chunks does to a token depends on its chunk; it is proved in another way.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from negeig.automata.machines.machine import Machine
from negeig.claims import Assumption, LimitReached, Progress, Unavailable
from negeig.kernels.assumptions import Trials
from negeig.kernels.conforming import refusal
from negeig.kernels.implementation import Implementation, Misbehaved
from negeig.kernels.layers.other_commands import kinds_of
from negeig.kernels.standard_suite import Task as SuiteTask
from negeig.kernels.through import Through
from negeig.kernels.through_chunks import through_chunks
from negeig.theory.closure.explore import Exploration, Task, explore
from negeig.theory.networks.network import LinearRNN


def close_through(
    one: Implementation,
    network: LinearRNN,
    machine: Machine,
    dtype: str = "fp32",
    *,
    max_states: int = 2_000_000,
    max_memory: int = 4 << 30,
    progress: Progress | None = None,
) -> Exploration:
    """Explore every state that an implementation reaches on a network, compared with a machine.

    Parameters
    ----------
    one : Implementation
    network : LinearRNN
        Its steps are rounded to ``dtype``, its initial states to float32, to nearest even.
    machine : Machine
        Over the same set of letters; minimised first.
    dtype : str
        Format of the inputs, of ``negeig.kernels.implementation.DTYPES``.
    max_states : int
        Most states of the whole network to hold.
    max_memory : int
        Bytes that one call may take, about.
    progress : callable, optional
        Called before each call with the number of states met; may raise LimitReached.

    Returns
    -------
    Exploration
        With its ``assumptions``. ``proved`` only where all of them held. ``wrong`` and
        ``collision`` only where a word errs in one call of all its tokens. ``open``, with the
        reason, where the implementation is missing, cannot be given the network, hands on no state,
        raises, returns another shape, or fails a test. One that works in chunks is not explored: it
        is proved where its form rounds nothing in any order
        (:mod:`negeig.kernels.through_chunks`).

    Raises
    ------
    InputError
        When the alphabets differ as sets.

    Notes
    -----
    Time: one row of a call for each state and letter of a layer, and for the assumptions some
    120,000 tokens a layer in 150 calls, fewer where a token is many positions.

    Examples
    --------
    >>> from negeig.kernels.registry import find
    >>> from negeig.kernels.standard_suite import TASKS
    >>> task = TASKS["s3-swaps"]
    >>> found = close_through(*find(("negeig.cpu",)), task.network, task.machine)
    >>> found.verdict, found.states, [(a.name, a.held) for a in found.assumptions]
    ... # doctest: +NORMALIZE_WHITESPACE
    ('proved', 6, [('deterministic', True), ('batch_independent', True),
                   ('split_is_whole', True)])
    """
    return walk_through(
        one, network, machine, dtype,
        max_states=max_states, max_memory=max_memory, progress=progress,
    )[0]  # fmt: skip


def walk_through(
    one: Implementation,
    network: LinearRNN,
    machine: Machine,
    dtype: str = "fp32",
    *,
    max_states: int = 2_000_000,
    max_memory: int = 4 << 30,
    progress: Progress | None = None,
) -> tuple[Exploration, Through | None]:
    """Return what :func:`close_through` does, and the moves that were recorded of it.

    None where it was not called.

    Examples
    --------
    >>> from negeig.kernels.registry import find
    >>> from negeig.kernels.standard_suite import TASKS
    >>> task = TASKS["parity"]
    >>> found, run = walk_through(*find(("negeig.cpu",)), task.network, task.machine)
    >>> found.verdict, len(run.layers[0].moves)
    ('proved', 4)
    """
    started = time.perf_counter()
    minimal = machine.minimal()
    task = Task(network, minimal)
    try:
        kernel = one.kernel()
        reason = _refusal(one, network, minimal, dtype)
    except Unavailable as error:
        reason = str(error)
    if reason:
        return Exploration.unexplored(reason), None
    run = Through(one, kernel, network, dtype, max_memory, progress)
    found = Exploration("open", states=0, depth=0)
    try:
        if one.chunk is not None:
            found = through_chunks(run, task, minimal, max_states=max_states, progress=progress)
        else:
            found = explore(run, network, minimal, max_states=max_states)
            if run.stopped is not None:
                raise run.stopped
            found = _concluded(run, task, found)
    except (LimitReached, Misbehaved) as error:  # what it showed rests on what was not tested
        found = Exploration("open", states=run.met, depth=found.depth, reason=str(error))
    if found.verdict == "open" and one.normalises:
        found = replace(found, reason=f"{found.reason}; {_normalised(one)}")
    return replace(found, seconds=time.perf_counter() - started), run


def _normalised(one: Implementation) -> str:
    """Say why one that divides keys is seldom proved, and what can be asked instead."""
    layers = [kind.name for kind in kinds_of(function=one.name)]
    weights = "" if not layers else (
        f"; negeig compile LANGUAGE --for {layers[0]} writes weights with keys so long that the "
        "epsilon is lost"
    )  # fmt: skip
    return (
        "it divides keys by sqrt(|k|^2 + epsilon), which is not their length, so that states drift "
        f"from the exact ones: negeig run --network FILE --impl {one.name} runs long words{weights}"
    )


def _refusal(one: Implementation, network: LinearRNN, machine: Machine, dtype: str) -> str:
    """Say why nothing can be explored, or nothing."""
    reason = refusal(
        one, SuiteTask(name="network", network=network, machine=machine, about=""), dtype
    )
    if reason:
        return f"{one.name} cannot be given the network: {reason}"
    if not one.resumes and dtype != "fp32":
        return f"{one.name} takes no initial state, and {dtype} inputs would round it"
    return ""


def _concluded(run: Through, task: Task, found: Exploration) -> Exploration:
    """Test the assumptions, run the words that err in one call, and say what that leaves."""
    words = [word for word in (found.wrong_word, *found.words) if word is not None]
    trials = Trials(run, task, [word for word in dict.fromkeys(words) if word])
    failed = [assumed for assumed in trials.assumptions if not assumed.held]
    erring = trials.erring if task.empty_is_right else ()
    found = replace(found, assumptions=trials.assumptions)
    if erring is not None:
        if found.verdict == "collision" and not failed:
            return replace(found, wrong_word=found.wrong_word or erring)
        decoder = found.decoder_exists if not failed else None
        return replace(
            found, verdict="wrong", words=(erring,), wrong_word=erring, decoder_exists=decoder
        )
    if not failed:
        return found
    return replace(
        found, verdict="open", words=(), wrong_word=None, decoder_exists=None,
        reason=_failure(failed, found),
    )  # fmt: skip


def _failure(failed: Sequence[Assumption], found: Exploration) -> str:
    """Say which assumptions failed, and what the exploration alone would have said.

    Of one that is not deterministic it says nothing, and the assumption itself says what failed.
    """
    if any(a.name == "deterministic" for a in failed):
        return (
            "what is not deterministic has no proof of its own; one that rounds its state to F "
            "stochastically is proved as a model: --arithmetic F:acc32:sr"
        )
    texts = "; ".join(f"not so that {a.statement} ({a.tested})" for a in failed)
    return f"{texts}; one token a call, {found.states:,} states, it would be {found.verdict}"

"""A proof for words of every length of an implementation that works in chunks.

What it does to a token depends on its chunk, so one token a call says nothing about more. But where
its form is known, and nothing is rounded in any order of any sum of that form, it returns the exact
states on every word, however long and however it is cut. See the page on exactness in any order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from negeig.automata.machines.machine import Machine
from negeig.claims import Progress
from negeig.kernels.chunk_trials import ChunkTrials
from negeig.kernels.conforming import unheld
from negeig.kernels.implementation import Implementation
from negeig.kernels.through import Through
from negeig.precision.closure.any_order_closure import any_order_closure
from negeig.precision.numbers.formats import FORMATS
from negeig.theory.closure.explore import Exploration, Task


def through_chunks(
    run: Through,
    task: Task,
    machine: Machine,
    *,
    max_states: int = 2_000_000,
    progress: Progress | None = None,
) -> Exploration:
    """Prove a chunked implementation by its form, and run it on words of many lengths.

    Parameters
    ----------
    run : Through
        The network as the implementation computes it.
    task : Task
    machine : Machine
        Minimal.
    max_states : int
        Most states of the exact closure, and most vectors of orbits.
    progress : callable, optional
        Called now and then with a count; may raise LimitReached.

    Returns
    -------
    Exploration
        ``proved``, with its ``exactness``, where nothing is rounded in any order and every state of
        the words that were run is the exact one. ``wrong`` where a word errs in one call. Else
        ``open``: what may be rounded, or what was different, and what the words showed.

    Raises
    ------
    Misbehaved, LimitReached
        As the calls do.
    """
    one, network = run.one, run.network
    assert one.chunk is not None
    problem = _unknown(one, run)
    found = Exploration.unexplored(problem)
    if not problem:
        form = one.form
        assert form is not None
        found = any_order_closure(
            network,
            machine,
            chunk=one.chunk,
            operands=FORMATS[form.operands or run.dtype],
            sums=FORMATS[form.sums],
            read=FORMATS[run.dtype],
            columns=form.columns,
            first_position=not one.resumes,
            max_states=max_states,
            progress=None if progress is None else lambda _, count: progress(count),
        )
    trials = ChunkTrials(run, task, one.chunk, _words(found))
    erring = trials.erring if task.empty_is_right else ()
    ran = _ran(trials)
    if erring is not None:
        return Exploration(
            "wrong", found.states, found.depth, words=(erring,), wrong_word=erring,
            assumptions=trials.assumptions,
        )  # fmt: skip
    if found.verdict != "proved":
        said = found.reason or f"in exact arithmetic it is {found.verdict}"
        return Exploration("open", found.states, found.depth, reason=f"{said}; {ran}")
    failed = [assumed for assumed in trials.assumptions if not assumed.held]
    if failed:
        texts = "; ".join(f"not so that {a.statement} ({a.tested})" for a in failed)
        return Exploration(
            "open", found.states, found.depth, assumptions=trials.assumptions,
            reason=f"{texts}; by its form nothing would be rounded in any order",
        )  # fmt: skip
    return replace(found, assumptions=trials.assumptions)


def _unknown(one: Implementation, run: Through) -> str:
    """Say why nothing follows from the form, or nothing."""
    about = f"{one.name} works in chunks of {one.chunk} positions"
    if one.form is None:
        return f"{about}, and how it computes one is not recorded"
    if one.form.read_in != one.version:
        return f"{about}, read in the code of {one.form.read_in}; this is {one.version}"
    rounded = unheld(run.network, run.dtype)
    if rounded:
        return (
            f"{about}, and the network that runs is not the exact one: {run.dtype} rounds "
            f"{len(rounded):,} of its parameters, the first is {rounded[0].place}"
        )
    return ""


def _words(found: Exploration) -> Sequence[tuple[str, ...]]:
    """Return the words on which the exact network errs."""
    words = [word for word in (found.wrong_word, *found.words) if word]
    return list(dict.fromkeys(words))


def _ran(trials: ChunkTrials) -> str:
    shown = ", ".join(map(str, trials.lengths))
    drift = "" if trials.drift is None else f", states off by up to {trials.drift:.3g}"
    return f"run on words of {shown} letters every output is right{drift}"

"""One layer explored, wherever its states are kept."""

from __future__ import annotations

import hashlib
import json
from contextlib import ExitStack
from dataclasses import replace
from time import perf_counter

from negeig.claims import Progress
from negeig.precision.closure.scale.folder import Folder
from negeig.precision.closure.scale.in_memory import MemorySearch
from negeig.precision.closure.scale.in_passes import PassSearch
from negeig.precision.closure.scale.layer_problem import LayerProblem
from negeig.precision.closure.scale.options import DEFAULT_SCALE, Scale
from negeig.precision.closure.scale.team import Team
from negeig.precision.numbers.models import Arithmetic
from negeig.precision.stored import StoredNetwork
from negeig.theory.closure.explore import Exploration, Task
from negeig.theory.networks.network import LinearRNN
from negeig.theory.networks.network_json import dumps


def explore_layer(
    network: LinearRNN,
    task: Task,
    arithmetic: Arithmetic,
    stored: StoredNetwork,
    max_states: int,
    max_memory: int,
    scale: Scale = DEFAULT_SCALE,
    progress: Progress | None = None,
) -> Exploration:
    """Explore one layer as :func:`negeig.theory.closure.explore.explore` does; the same result.

    Arguments as for :func:`negeig.precision.closure.rounded_closure.compiled_closure`. The layer
    reads every letter of the task, and the arithmetic is one that compiled code computes. With a
    folder the search goes on from what that holds, and beyond the limit on memory in passes, which
    a machine two of whose states differ in their outputs only cannot have.

    Raises
    ------
    InputError
        Where the folder cannot be used or written to.
    """
    started = perf_counter()
    problem = LayerProblem(network, task, arithmetic, stored)
    threads = scale.used_threads
    with ExitStack() as stack:
        team = stack.enter_context(Team(threads))
        if not scale.folder:
            search = MemorySearch(problem, max_states, max_memory, threads)
            return search.result(search.run(team, progress), perf_counter() - started)
        folder = stack.enter_context(
            Folder(
                scale.folder,
                _identity(network, task, arithmetic, stored),
                problem.width,
                problem.word_type,
            )
        )
        search = MemorySearch(problem, max_states, max_memory, threads, folder)
        reason = search.run(team, progress)
        if search.is_out_of_memory and not task.has_twins:
            del search  # and its memory
            passes = PassSearch(problem, folder, max_states, max_memory, threads, progress)
            reason = passes.run(team)
            result = passes.result(reason, perf_counter() - started)
        else:
            result = search.result(reason, perf_counter() - started)
        return _resumable(result, folder) if reason else result


def _identity(
    network: LinearRNN, task: Task, arithmetic: Arithmetic, stored: StoredNetwork
) -> dict[str, str]:
    """Return what a folder that keeps the search has to be about."""
    steps = repr([array.tolist() for array in stored.layers[0].steps])
    return {
        "arithmetic": arithmetic.name,
        "network": _digest(dumps(network), steps),
        "machine": _digest(repr((task.alphabet, task.initial, task.delta, task.wanted))),
    }


def _digest(*texts: str) -> str:
    return hashlib.sha256(json.dumps(texts).encode()).hexdigest()[:32]


def _resumable(result: Exploration, folder: Folder) -> Exploration:
    """Say where to go on from, and how long the words are that were all looked at."""
    length = len(folder.levels) - 2
    kept = f"{folder.path} holds the search, to be resumed with --work-folder"
    text = f"{result.reason}; {kept}: all words up to length {length:,} were looked at"
    return replace(result, reason=text)

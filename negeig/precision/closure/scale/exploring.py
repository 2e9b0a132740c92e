"""One layer explored, wherever its states are kept."""

from __future__ import annotations

import hashlib
import json
from contextlib import ExitStack
from dataclasses import replace
from time import perf_counter

from negeig.claims import InputError, Progress
from negeig.precision.closure.scale.folder import WorkFolder
from negeig.precision.closure.scale.in_cluster import (
    LOCAL,
    ClusterSearch,
    RemotePart,
    connected,
)
from negeig.precision.closure.scale.in_memory import MemorySearch, fitting
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
        Where the folder cannot be used or written to, or the cluster cannot do this.
    Unavailable
        Where dask.distributed is missing, or there are no workers.
    """
    started = perf_counter()
    problem = LayerProblem(network, task, arithmetic, stored)
    threads = scale.used_threads
    if scale.scheduler:
        return _on_cluster(
            problem, (dumps(network), task, arithmetic, stored), max_states, max_memory, scale,
            progress,
        )  # fmt: skip
    with ExitStack() as stack:
        team = stack.enter_context(Team(threads))
        if not scale.folder:
            search = MemorySearch(problem, max_states, max_memory, threads)
            return search.result(search.run(team, progress), perf_counter() - started)
        folder = stack.enter_context(
            WorkFolder(
                scale.folder,
                _identity(network, task, arithmetic, stored),
                problem.width,
                problem.word_type,
            )
        )
        # What a folder holds beyond memory goes on in passes, unless fewer states are asked for.
        is_large = fitting(problem, max_memory) < folder.states <= max_states
        if is_large and not task.has_twins:
            result = None
        else:
            search = MemorySearch(problem, max_states, max_memory, threads, folder)
            reason = search.run(team, progress)
            out_of_memory = search.is_out_of_memory and not task.has_twins
            result = None if out_of_memory else search.result(reason, perf_counter() - started)
            del search  # and its memory
        if result is None:
            passes = PassSearch(problem, folder, max_states, max_memory, threads, progress)
            result = passes.result(passes.run(team), perf_counter() - started)
        return _resumable(result, folder) if result.reason else result


def _on_cluster(
    problem: LayerProblem,
    sent: tuple[str, Task, Arithmetic, StoredNetwork],
    max_states: int,
    max_memory: int,
    scale: Scale,
    progress: Progress | None,
) -> Exploration:
    """Explore on a cluster; ``max_memory`` is a worker's, or that of all in this process."""
    started = perf_counter()
    if scale.folder:
        raise InputError(scale.folder, "a cluster keeps no folder; leave out --scheduler")
    search = ClusterSearch(problem, max_states)
    with connected(scale.scheduler, scale.used_threads) as client:
        workers = sorted(client.scheduler_info(n_workers=-1)["workers"])
        each = max_memory // len(workers) if scale.scheduler == LOCAL else max_memory
        made = []
        for part, worker in enumerate(workers):
            where = {"actor": True, "workers": [worker], "pure": False}
            made.append(client.submit(RemotePart, *sent, part, len(workers), each, **where))
        reason = search.run([future.result() for future in made], each, progress)
    return search.result(reason, perf_counter() - started)


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


def _resumable(result: Exploration, folder: WorkFolder) -> Exploration:
    """Say where to go on from, and how long the words are that were all looked at."""
    length = len(folder.levels) - 2
    kept = f"{folder.path} holds the search, to be resumed with --work-folder"
    text = f"{result.reason}; {kept}: all words up to length {length:,} were looked at"
    return replace(result, reason=text)

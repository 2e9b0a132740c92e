"""One layer explored, wherever its states are kept."""

from __future__ import annotations

from time import perf_counter

from negeig.claims import Progress
from negeig.precision.closure.scale.in_memory import MemorySearch
from negeig.precision.closure.scale.layer_problem import LayerProblem
from negeig.precision.closure.scale.options import DEFAULT_SCALE, Scale
from negeig.precision.closure.scale.team import Team
from negeig.precision.numbers.models import Arithmetic
from negeig.precision.stored import StoredNetwork
from negeig.theory.closure.explore import Exploration, Task
from negeig.theory.networks.network import LinearRNN


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
    reads every letter of the task, and the arithmetic is one that compiled code computes.
    """
    started = perf_counter()
    problem = LayerProblem(network, task, arithmetic, stored)
    search = MemorySearch(problem, max_states, max_memory, scale.used_threads)
    with Team(scale.used_threads) as team:
        reason = search.run(team, progress)
    return search.result(reason, perf_counter() - started)

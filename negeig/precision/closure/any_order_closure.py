"""The proof that a network is right for all lengths wherever nothing is rounded, in any order.

The exact closure says that the exact states are right on every word; exactness in any order says
that every way of adding reaches those states. Together they are a proof for every implementation of
the form, whatever its order of summation, tiling, fused multiply-adds and length of chunks.
"""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial

from negeig.automata.machines.machine import Machine
from negeig.claims import Exactness, LimitReached, StageProgress
from negeig.precision.closure.exactness import AnyOrder, any_order
from negeig.precision.closure.moved_keys import NoOrbit
from negeig.precision.closure.spans import NotDyadic
from negeig.precision.numbers.formats import FP32, Format
from negeig.theory.closure.exact_search import exact_closure
from negeig.theory.closure.explore import Exploration
from negeig.theory.networks.network import LinearRNN


def any_order_closure(
    network: LinearRNN,
    machine: Machine,
    *,
    chunk: int = 0,
    operands: Format = FP32,
    sums: Format = FP32,
    read: Format = FP32,
    columns: bool = False,
    first_position: bool = False,
    max_states: int = 2_000_000,
    progress: StageProgress | None = None,
) -> Exploration:
    """Prove a network for all lengths, in whatever order its sums are added. Exact.

    Parameters
    ----------
    network : LinearRNN
        Its parameters are those that run.
    machine : Machine
    chunk : int
        Positions of a chunk, 0 for one position at a time. Up to which length of chunks it holds is
        found in either case.
    operands, sums, read, columns, first_position
        As in :func:`negeig.precision.closure.exactness.any_order`.
    max_states : int
        Most states of the exact closure, and most vectors of the orbits of a layer.
    progress : callable, optional
        Called now and then with ``exact`` or ``orbits`` and a count; may raise LimitReached.

    Returns
    -------
    Exploration
        ``proved`` with its ``exactness``; ``wrong`` or ``collision`` as in exact arithmetic, where
        nothing is rounded; else ``open``, with what is rounded first.

    Raises
    ------
    InputError
        When the alphabets differ as sets.

    Examples
    --------
    >>> import negeig
    >>> made = negeig.compile(zoo="sym:4:adjacent")
    >>> found = any_order_closure(made.network, made.machine, chunk=64)
    >>> found.verdict, found.states, found.exactness.largest_chunk
    ('proved', 24, 2796203)
    """
    started = time.perf_counter()
    of_stage = {
        name: None if progress is None else partial(progress, name) for name in ("exact", "orbits")
    }
    exact = exact_closure(network, machine, max_states=max_states, progress=of_stage["exact"])

    def ended(verdict: Exploration) -> Exploration:
        return replace(verdict, seconds=time.perf_counter() - started)

    try:
        known = any_order(
            network,
            operands=operands,
            sums=sums,
            read=read,
            columns=columns,
            first_position=first_position,
            max_vectors=max_states,
            progress=of_stage["orbits"],
        )
        problem = known.problem(chunk)
    except (NotDyadic, NoOrbit, LimitReached) as error:
        problem = str(error)
    if problem:
        reason = f"some order of some sum may round: {problem}"
        return ended(Exploration("open", exact.states, exact.depth, reason=reason))
    if exact.verdict != "proved":
        return ended(exact)
    evidence = _evidence(known, exact, chunk)
    return ended(replace(exact, reason=evidence.detail, exactness=evidence))


def _evidence(known: AnyOrder, exact: Exploration, chunk: int) -> Exactness:
    most = known.largest_chunk
    what = f"a chunk of {chunk:,} positions" if chunk else "one position"
    chunks = f"chunks may have up to {most:,} positions" if most else "nothing is said of chunks"
    detail = (
        f"nothing is rounded in any order: the sums of {what} take {known.bits(chunk)} of the "
        f"{known.sums.precision} bits of {known.sums.name}, operands are values of "
        f"{known.operands.name}; {chunks}"
    )
    return Exactness(
        states=exact.states,
        operands=known.operands.name,
        sums=known.sums.name,
        chunk=chunk,
        largest_chunk=most,
        bounds=tuple(bound.to_json() for bound in known.bounds(1)),
        detail=detail,
    )

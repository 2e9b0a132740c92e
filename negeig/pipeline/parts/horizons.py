"""Up to which length a network is surely right in several arithmetics, and where it errs."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from typing import Any

from negeig.automata.machines.machine import Machine
from negeig.claims import (
    Horizon,
    LimitReached,
    Open,
    Progress,
    StageProgress,
    Stopped,
    Unavailable,
    Word,
)
from negeig.kernels.streams.failing import LETTERS, Failing, find_failing
from negeig.pipeline.parts.through import is_implementation
from negeig.precision.closure.error_recursion import MAX_LENGTH
from negeig.precision.closure.horizon import MAX_ORBIT, horizon
from negeig.precision.closure.rounded_closure import closure
from negeig.precision.numbers.arithmetic import Arithmetic, parse
from negeig.precision.numbers.models import is_any_order
from negeig.theory.closure.exact_search import exact_closure
from negeig.theory.closure.explore import Exploration
from negeig.theory.networks.network import LinearRNN

CLOSURE_STATES = 20_000
"""States that a closure may have, which is tried first."""

CLOSURE = "closure"
"""Kind of a word that errs and that no shorter one does."""


@dataclass(frozen=True, kw_only=True)
class HorizonRow:
    """What is known of the words up to a length in one arithmetic.

    Parameters
    ----------
    arithmetic : str
        Its name.
    bits : int
        Significant bits of its state.
    closed : bool
        Whether words of every length are proved.
    found : Horizon or Open
        Up to which length a bound of the errors proves them; ``word`` is the one that errs.
    kind : str
        What kind of word that is; ``CLOSURE`` for a shortest one, from an exploration.
    letters, longest : int
        Letters that were read to find it, in all and of one word.
    """

    arithmetic: str
    bits: int
    closed: bool
    found: Horizon | Open
    kind: str = ""
    letters: int = 0
    longest: int = 0

    @property
    def certified(self) -> int | None:
        """Words of at most so many letters are right; None where every length is proved."""
        if self.closed:
            return None
        if self.kind == CLOSURE and self.word is not None:  # a shortest one
            return max(len(self.word) - 1, 0)
        return self.found.length if isinstance(self.found, Horizon) else 0

    @property
    def word(self) -> Word | None:
        """A word that errs, where one was found."""
        return self.found.word if isinstance(self.found, Horizon) else None

    def to_json(self) -> dict[str, Any]:
        """Return it as a row of JSON."""
        is_horizon = isinstance(self.found, Horizon)
        return {
            "arithmetic": self.arithmetic,
            "bits": self.bits,
            "closed": self.closed,
            "horizon": self.found.to_json() if isinstance(self.found, Horizon) else None,
            "reason": "" if is_horizon else self.found.detail,
            "kind": self.kind,
            "letters": self.letters,
            "longest": self.longest,
        }


def rows_of(results: Sequence[tuple[str, Exploration]]) -> tuple[HorizonRow, ...]:
    """Return what is known in each rounded arithmetic, by name, as it was explored.

    Exact arithmetic, implementations and proofs for any order have no bits, and are left out.

    Examples
    --------
    >>> found = Exploration("wrong", states=7, depth=3, words=(("1",) * 4,), wrong_word=("1",) * 4)
    >>> [(row.arithmetic, row.certified) for row in rows_of([("bf16", found), ("exact", found)])]
    [('bf16', 3)]
    """
    rows = []
    for name, found in results:
        if is_implementation(name) or is_any_order(name) or (state := parse(name).state) is None:
            continue
        known: Horizon | Open = Open(detail=found.reason)
        if found.horizon is not None:
            known = found.horizon
        elif found.wrong_word is not None:
            some = Fraction(0)
            length = 0 if found.wrong_is_shortest else explored(found)
            known = Horizon(length=length, error=some, limit=some, word=found.wrong_word)
        rows.append(
            HorizonRow(
                arithmetic=name,
                bits=state.precision,
                closed=found.verdict == "proved",
                found=known,
                kind=CLOSURE if found.horizon is None and found.wrong_is_shortest else "",
            )
        )
    return tuple(rows)


def horizons(
    network: LinearRNN,
    machine: Machine,
    arithmetics: Sequence[str | Arithmetic],
    *,
    letters: int = LETTERS,
    max_states: int = CLOSURE_STATES,
    seed: int = 0,
    progress: StageProgress | None = None,
) -> tuple[HorizonRow, ...]:
    """Return what is known in each arithmetic: proved up to a length, seen to err at another.

    Parameters are rounded. Where a closure of few states proves every length, nothing else is done.

    Parameters
    ----------
    network : LinearRNN
    machine : Machine
        Over the same set of letters.
    arithmetics : sequence of str or Arithmetic
        Not exact.
    letters : int
        Letters that are read in each, at most, to find a word that errs.
    max_states : int
        States of a closure, at most.
    seed : int
        Of the words that are drawn.
    progress : callable, optional
        Called with the arithmetic and a count.

    Raises
    ------
    InputError
        For an unknown arithmetic, alphabets that differ, or parameters beyond a format's range.

    Examples
    --------
    >>> from negeig.kernels.standard_suite import TASKS
    >>> task = TASKS["mod3-rotations"]
    >>> for row in horizons(task.network, task.machine, ["bf16:acc32"], letters=600_000):
    ...     print(row.arithmetic, row.certified < len(row.word), len(row.word), row.kind)
    bf16:acc32 True 892 closure
    """
    models = [parse(each) for each in arithmetics]
    exact = exact_closure(network, machine) if models else None
    return tuple(
        _row(network, machine, model, exact, letters, max_states, seed, progress)
        for model in models
    )


def _row(
    network: LinearRNN,
    machine: Machine,
    model: Arithmetic,
    exact: Exploration | None,
    letters: int,
    max_states: int,
    seed: int,
    progress: StageProgress | None,
) -> HorizonRow:
    tell = None if progress is None else partial(progress, model.short_name)
    bits = 0 if model.state is None else model.state.precision
    closed = closure(
        network, machine, model, max_states=max_states, round_parameters=True, progress=tell
    )
    row = HorizonRow(
        arithmetic=model.name,
        bits=bits,
        closed=closed.verdict == "proved",
        found=Open(detail=closed.reason),
    )
    if row.closed:
        return row
    bound = horizon(network, machine, model, round_parameters=True, exact=exact, progress=tell)
    found = _or_explored(bound, explored(closed))
    if isinstance(found, Open) or found.length == MAX_LENGTH:
        return replace(row, found=found)
    if closed.wrong_word is not None:
        kind = CLOSURE if closed.wrong_is_shortest else ""
        return replace(row, found=replace(found, word=closed.wrong_word), kind=kind)
    failing = _failing(network, machine, model, letters, found.length, seed, tell)
    return replace(
        row,
        found=replace(found, word=failing.word),
        kind=failing.kind,
        letters=failing.letters,
        longest=failing.longest,
    )


def with_horizon(
    found: Exploration,
    network: LinearRNN,
    machine: Machine,
    model: Arithmetic,
    *,
    round_parameters: bool = False,
    exact: Exploration | None = None,
    letters: int = LETTERS,
    seed: int = 0,
    progress: Progress | None = None,
) -> Exploration:
    """Return an open exploration with the length that is proved all the same, and why not if none.

    Others are returned as they are, and so is what is exact. Words that err are searched. ``exact``
    is how exact arithmetic ended, where that is known: see :func:`exactly`.

    Examples
    --------
    >>> from negeig.kernels.standard_suite import TASKS
    >>> task, model = TASKS["mod3-rotations"], parse("bf16:acc32")
    >>> limited = closure(task.network, task.machine, model, max_states=40, round_parameters=True)
    >>> known = with_horizon(limited, task.network, task.machine, model, round_parameters=True,
    ...                      letters=600_000)
    >>> known.verdict, known.horizon.length < len(known.horizon.word)
    ('open', True)
    """
    if found.verdict != "open" or model.is_exact:
        return found
    started = time.perf_counter()
    try:
        told, known = _told(
            network, machine, model, explored(found), round_parameters, exact, letters, seed,
            progress,
        )  # fmt: skip
    except LimitReached as limit:
        told, known = f"no length is proved by a bound of the errors: {limit}", None
    return replace(
        found,
        horizon=known,
        reason=f"{found.reason}. {told[0].upper()}{told[1:]}",
        seconds=found.seconds + time.perf_counter() - started,
    )


def exactly(network: LinearRNN, machine: Machine, progress: Progress | None = None) -> Exploration:
    """Return how exact arithmetic ends, once for the horizons of all others.

    ``open`` where ``progress`` told it to stop at a limit.
    """
    try:
        return exact_closure(network, machine, max_states=MAX_ORBIT, progress=progress)
    except Stopped:
        raise
    except LimitReached as limit:
        return Exploration.unexplored(str(limit))


def explored(found: Exploration) -> int:
    """Return up to which length all words were explored and are right.

    Breadth first, a word of n letters leads over states of shorter words only. Those found last
    are not expanded; before them all are, but for the words as long as the longest one.

    Examples
    --------
    >>> explored(Exploration("open", states=50, depth=9)), explored(Exploration.unexplored("no"))
    (8, 0)
    >>> explored(Exploration("wrong", 50, 9, words=(("a",) * 5,), wrong_word=("a",) * 5))
    4
    """
    if found.wrong_word is not None and found.wrong_is_shortest:
        return max(len(found.wrong_word) - 1, 0)
    return 0 if found.layerwise else max(found.depth - 1, 0)


def _or_explored(known: Horizon | Open, length: int) -> Horizon | Open:
    """Return what a bound of the errors proves, or that all words up to a greater length are."""
    if length <= (known.length if isinstance(known, Horizon) else 0):
        return known
    detail = "all of them were explored"
    return Horizon(length=length, error=None, limit=None, detail=detail)


def _told(
    network: LinearRNN,
    machine: Machine,
    model: Arithmetic,
    length: int,
    round_parameters: bool,
    exact: Exploration | None,
    letters: int,
    seed: int,
    progress: Progress | None,
) -> tuple[str, Horizon | None]:
    """Say up to which length words are right and what errs, beside the evidence."""
    bound = horizon(
        network, machine, model, round_parameters=round_parameters, exact=exact, progress=progress
    )
    known = _or_explored(bound, length)
    if isinstance(known, Open):
        return f"no length is proved: {known.detail}", None
    told = f"words of up to {known.length:,} letters are right: {known.detail}"
    if isinstance(bound, Open):
        told += f"; no bound of the errors proves more: {bound.detail}"
    if known.length == MAX_LENGTH:
        return told, known
    failing = _failing(network, machine, model, letters, known.length, seed, progress)
    if failing.word is not None:
        return f"{told}; one of {len(failing.word):,} errs", replace(known, word=failing.word)
    if failing.letters:
        told += f"; of {failing.letters:,} letters that were read, {failing.longest:,} of one word"
        return f"{told}, none was wrong", known
    return f"{told}; longer words were not read", known


def _failing(
    network: LinearRNN,
    machine: Machine,
    model: Arithmetic,
    letters: int,
    beyond: int,
    seed: int,
    progress: Progress | None,
) -> Failing:
    """Search for a word that errs, where the arithmetic is compiled."""
    try:
        return find_failing(
            network, machine, model, letters=letters, beyond=beyond, seed=seed, progress=progress
        )
    except Unavailable:
        return Failing(None, 0, 0)

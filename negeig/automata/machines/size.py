"""How large a machine may become, decided before its table is allocated."""

from __future__ import annotations

from collections.abc import Iterable

from negeig.claims import LimitReached

COUNT_CAP = 10**30
"""Sizes are counted up to here; nobody needs the exact number of what cannot be built."""


CELLS_PER_STATE = 300
"""Members of subsets plus entries of the table that one unit of ``max_states`` pays for."""


def cell_limit(max_states: int) -> int:
    """Bound on the memory of a machine under construction, in cells of four bytes.

    States alone do not bound memory: each costs one table entry for every letter and one member
    for every state in its subset. Raising ``max_states`` raises this bound with it.
    """
    return CELLS_PER_STATE * max(max_states, 10_000)


def check_size(states: int, letters: int, max_states: int, what: str) -> None:
    """Raise LimitReached unless a table of this shape stays within the limit on states.

    The number of entries, states times letters, is bounded too, so that a machine with few states
    and a huge alphabet cannot exhaust the memory.

    Examples
    --------
    >>> check_size(120, 2, 1000, "sym:5")
    >>> check_size(720, 2, 500, "sym:6")
    Traceback (most recent call last):
    negeig.claims.LimitReached: machine states: stopped at 720, the limit is 500; raise it with \
--max-states. sym:6 was not built
    """
    if states > max_states:
        is_beyond = states >= COUNT_CAP
        raise LimitReached(
            "machine states",
            max_states,
            reached=min(states, COUNT_CAP),
            option="" if is_beyond else "--max-states",
            detail=f"{what} was not built" + ": no limit is high enough" * is_beyond,
        )
    most_entries = cell_limit(max_states)
    if states * letters > most_entries:
        raise LimitReached(
            "machine table entries",
            most_entries,
            reached=states * letters,
            option="--max-states",
            detail=f"{what} was not built: {states:,} states times {letters:,} letters",
        )


def capped_product(factors: Iterable[int]) -> int:
    """Return the product, or COUNT_CAP as soon as it is known to be at least that.

    Examples
    --------
    >>> capped_product(range(2, 6)), capped_product(range(2, 10**9)) == COUNT_CAP
    (120, True)
    """
    product = 1
    for factor in factors:
        product *= factor
        if product >= COUNT_CAP:
            return COUNT_CAP
    return product

"""The chain route: one layer of projections alone, for monoids that are L-trivial.

With all eigenvalues in (-1, 1] one layer recognises a task only where idempotents satisfy
``efe = fe`` and the transition monoid is L-trivial (docs/theory/one-layer.md). For these machines
chains of registers are searched, whose contents move on and are overwritten, by steps of eigenvalue
0 alone. That such chains always exist is a conjecture; every network is verified.
"""

from __future__ import annotations

from collections.abc import Iterator

from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.green import green
from negeig.theory.constructions.pieces.acting_letters import acting_letters
from negeig.theory.constructions.pieces.chain_search import ChainSearch
from negeig.theory.constructions.pieces.chains import HALF, chain_steps, halvings, rows_of
from negeig.theory.constructions.pieces.covering import register_network, with_few_values
from negeig.theory.constructions.route import Construction, Route
from negeig.theory.theorems import ids
from negeig.work import Work

UNITS, COUNTS = 400_000, "pairs of words tried on registers, contents of chains explored"
"""Work at effort 1: about a second where all of it is used."""


def construct(machine: Machine, *, work: Work | None = None) -> Iterator[Construction]:
    """Yield chains for a minimal machine, none beaten by another in steps a token and registers.

    Nothing where idempotents violate ``efe = fe`` or the transition monoid is not L-trivial.

    Raises
    ------
    LimitReached
        At the end, where the search was not complete: there may be chains that none found beats.

    Notes
    -----
    Exact. A function of the machine and the work, which is ``UNITS`` where none is given.

    Examples
    --------
    >>> machine = Machine(alphabet="ab", transitions=[[0, 1], [0, 2], [0, 3], [0, 3]], initial=0,
    ...                   outputs=[0, 0, 0, 1])  # ends with bbb
    >>> (found,) = construct(machine)
    >>> found.cost, {str(x) for layer in found.network.layers for x in layer.eigenvalues}
    ((1, 5, 3), {'0'})
    """
    work = Work(COUNTS, UNITS) if work is None else work
    letters = acting_letters(machine, work, "chains of registers")
    if letters is None or not green(letters.monoid).is_l_trivial:
        return
    search = ChainSearch(letters.products, work)
    count = letters.table.shape[1]
    for forest in search.forests():
        cover = with_few_values(
            search.explorer, rows_of(forest, count), letters.table, machine.initial
        )
        steps = [chain_steps(forest, a, cover.writes[a]) for a in range(count)]
        scale = [HALF**times for times in halvings(forest)]
        network = register_network(machine, cover, letters.of_all(steps, ()), scale)
        longest = max(map(len, forest))
        idea = (
            f"{len(forest)} registers in chains of at most {longest}, along which projections move "
            f"contents, determine the state; they take {len(cover.vectors)} values for "
            f"{machine.size} states"
        )
        yield Construction(ROUTE.name, network, idea, ids.CHAIN)


ROUTE = Route(
    name="chain",
    kind="search",
    rank=25,
    least_layers=1,
    summary="chains of registers along which projections move contents",
    construct=construct,
    work=UNITS,
    counts=COUNTS,
)

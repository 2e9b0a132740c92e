"""Lower bounds on networks and escapes from a limit, as rows of the report of ``negeig check``."""

from __future__ import annotations

from collections.abc import Sequence

from negeig.pipeline.parts.budget_not_met import is_beaten
from negeig.pipeline.parts.front import Point
from negeig.precision.closure.escapes import CertifiedEscape
from negeig.report.terminal.text_rows import line
from negeig.theory.bounds.lower_bound import LowerBound

QUANTITIES = {"layers": "layers", "steps": "steps a token", "dim": "dimension"}


def bound_lines(
    bounds: Sequence[LowerBound], front: Sequence[Point] = (), width: int = 100
) -> list[str]:
    """Return a row for each quantity with its strongest bound above 1, any depth before one layer.

    One that a network of the front is below, as it does not meet the assumption, is left out. A
    bound that assumes more of the network than another one is shown only where it says more.

    Examples
    --------
    >>> from negeig.automata.monoids.monoid import transition_monoid
    >>> from negeig.automata.zoo import get
    >>> from negeig.theory.bounds.lower_bounds import lower_bounds
    >>> machine = get("quaternion").minimal()
    >>> rows = bound_lines(lower_bounds(machine, transition_monoid(machine)))
    >>> for row in rows:
    ...     print(row)
    at least     steps a token >= 2, one layer                     negeig explain period-steps
                   assuming finitely many exact states
                 dimension >= 4, one layer                         negeig explain group-dimension
                   assuming finitely many exact states
                 steps a token >= 4, one layer                     negeig explain own-representations
                   assuming the letters that permute act on the finite orbit as their own group, not as
                 a larger one; finitely many exact states
    """  # noqa: E501
    strongest: dict[tuple[str, int | None, bool], LowerBound] = {}
    for bound in bounds:
        if bound.on_eigenvalues or bound.value < 2 or is_beaten(bound, front):
            continue
        key = bound.quantity, bound.layers, bound.own_group
        if key not in strongest or bound.value > strongest[key].value:
            strongest[key] = bound
    rows: list[str] = []
    for (quantity, layers, _), bound in strongest.items():
        depth = {None: "any depth", 1: "one layer"}.get(layers, f"{layers} layers")
        text = f"{QUANTITIES[quantity]} >= {bound.value}, {depth}"
        rows.append(
            line("" if rows else "at least", text, f"negeig explain {bound.theorem}", width)
        )
        rows.append(line("", f"  assuming {bound.assumption}"))
    return rows


def escape_lines(found: Sequence[CertifiedEscape]) -> list[str]:
    """Return rows that say which layer escapes the limit on one contractive layer, and where.

    Examples
    --------
    >>> from negeig.automata.zoo import get
    >>> from negeig.precision.closure.escapes import certified_escapes
    >>> for row in escape_lines(certified_escapes(get("starts-with:a").minimal())):
    ...     print(row)
    but          one layer of norm below 1 does it where states may shrink for ever: decaying-sign,
                 dimension 2, proved for every length in bf16 (363 states). The first letter decides the
                 sign of the state; every letter keeps it and shrinks the state towards 0
    """  # noqa: E501
    if not found:
        return []
    escape = found[0].escape
    (layer,) = escape.network.layers
    proofs = ", ".join(
        f"{one.arithmetic.removesuffix(':all-ops')} ({one.result.states:,} states)" for one in found
    )
    return [
        line(
            "but",
            f"one layer of norm below 1 does it where states may shrink for ever: {escape.name}, "
            f"dimension {layer.dim}, proved for every length in {proofs}. "
            f"{escape.idea[0].upper()}{escape.idea[1:]}",
        )
    ]

"""A proposal as the budget wants it: with keys of length 1, where it asks for them."""

from __future__ import annotations

from dataclasses import replace

from negeig.theory.constructions.budget import Budget, has_unit_keys
from negeig.theory.constructions.route import Construction


def variants(
    construction: Construction, budget: Budget, *, stored: bool = True
) -> list[Construction]:
    """Rewrite a network with unit keys where the budget asks for them, in every way there is.

    With a format only dyadic keys keep their length when they are ``stored``.
    """
    if not budget.unit_keys or has_unit_keys(construction.network):
        return [construction]
    from negeig.theory.factors.unit_keys import has_dyadic_unit_keys, unit_key_networks

    idea = f"{construction.idea}; rewritten with keys of length 1"
    rewritten = [
        replace(construction, network=network, idea=idea)
        for network in unit_key_networks(construction.network)
        if budget.format is None or not stored or has_dyadic_unit_keys(network)
    ]
    return rewritten or [construction]

"""One network in one rounded arithmetic: the kinds of proof, tried one after the other."""

from __future__ import annotations

from dataclasses import replace

from negeig.automata.machines.machine import Machine
from negeig.claims import Progress, Resources
from negeig.precision.closure.rounded_closure import closure
from negeig.precision.closure.scale.options import DEFAULT_SCALE, Scale
from negeig.precision.numbers.models import Arithmetic
from negeig.theory.closure.explore import Exploration
from negeig.theory.networks.network import LinearRNN


def explore_rounded(
    network: LinearRNN,
    machine: Machine,
    model: Arithmetic,
    *,
    round_parameters: bool = False,
    resources: Resources,
    scale: Scale = DEFAULT_SCALE,
    both: bool = False,
    progress: Progress | None = None,
) -> Exploration:
    """Explore a network's states in one arithmetic; where they do not end, prove it by a margin.

    A closure decides alone whatever it decides. Where it stays open, regions of states are tried
    that no rounding of this arithmetic leaves, in any order of the sums: they need letters that
    contract. That nothing is rounded is no third way here: then the states are the exact ones, and
    the closure ends. With ``both`` regions are tried beside a closure that proves, since they say
    more: what holds in every order of the sums is the ``region`` of what is returned.

    Raises InputError as :func:`negeig.precision.closure.rounded_closure.closure` does.

    Examples
    --------
    >>> from negeig.automata.zoo import get
    >>> from negeig.precision.numbers.arithmetic import parse
    >>> from negeig.theory.constructions.direct.scalar import construct
    >>> parity = get("parity")
    >>> network = construct(parity.minimal())[0].network
    >>> explore_rounded(network, parity, parse("bf16"), resources=Resources()).states
    2
    """
    from negeig.theory.closure.regions import contracts

    found = closure(
        network,
        machine,
        model,
        max_states=resources.max_closure,
        max_memory=resources.max_memory,
        round_parameters=round_parameters,
        scale=scale,
        progress=progress,
    )
    tries = found.verdict == "open" or (both and found.verdict == "proved")
    if not tries or model.is_exact or not contracts(network):
        return found
    from negeig.precision.closure.margins import proved_by_margin

    by_margin = proved_by_margin(
        network, machine, model, round_parameters=round_parameters, progress=progress
    )
    seconds = found.seconds + by_margin.seconds
    if found.verdict == "proved":
        return replace(found, region=by_margin.region, seconds=seconds)
    if by_margin.verdict == "proved":
        return replace(by_margin, seconds=seconds)
    reason = f"{found.reason}. No proof by a margin: {by_margin.reason}"
    return replace(found, reason=reason, seconds=seconds)

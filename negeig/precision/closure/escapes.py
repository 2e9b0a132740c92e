"""Escapes from the limit on one contractive layer, certified by closure where they run.

The layers are those of :mod:`.bounds.counterexamples`. A limit of the exact-orbit model that
is shown without them would be read as a statement about hardware, which it is not.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from negeig.automata.machines.machine import Machine
from negeig.precision.closure.decode import Decoder
from negeig.precision.closure.native_operations import reference_of
from negeig.precision.numbers.arithmetic import parse
from negeig.precision.stored import round_parameters
from negeig.theory.bounds.counterexamples import Escape, escapes
from negeig.theory.closure.explore import Exploration, explore

MAX_WORK = 25_000
"""Multiplications, about, up to which a layer is explored: two tenths of a second."""

LENGTHS = 180
"""About as many lengths of a shrinking state as a format tells apart, fp32 the most of those."""


@dataclass(frozen=True, kw_only=True)
class CertifiedEscape:
    """A layer that escapes, and how its exploration in one arithmetic ended.

    ``result.verdict`` is ``proved`` where the layer with its decoder is right on every word, and
    ``collision`` or ``wrong`` where the arithmetic refutes it.
    """

    escape: Escape
    arithmetic: str
    result: Exploration

    @property
    def holds(self) -> bool:
        """Whether the layer does the task on words of every length in this arithmetic."""
        return self.result.verdict == "proved"

    def to_json(self) -> dict[str, Any]:
        """Return the escape as a JSON object."""
        (layer,) = self.escape.network.layers
        return {
            "name": self.escape.name,
            "idea": self.escape.idea,
            "dim": layer.dim,
            "norm_squared": str(self.escape.norm_squared),
            "decoder": self.escape.decoder,
            "arithmetic": self.arithmetic,
            "verdict": self.result.verdict,
            "states": self.result.states,
        }


def certify(escape: Escape, machine: Machine, arithmetic: str = "bf16") -> CertifiedEscape:
    """Explore every state of an escaping layer in one rounded arithmetic.

    Parameters that the format does not hold are rounded to nearest even. The plain program is
    used: states x letters x dimension^2 rounded operations. Proved means: right on words of every
    length.

    Examples
    --------
    >>> first = Machine(alphabet="ab", transitions=[[1, 2], [1, 1], [2, 2]], initial=0,
    ...                 outputs=[0, 1, 0])
    >>> for escape in escapes(first):
    ...     found = certify(escape, first, "e4m3fn")
    ...     print(escape.name, found.result.verdict, found.result.states)
    decaying-sign proved 25
    decaying-state proved 23
    """
    model = parse(arithmetic)
    stored, _ = round_parameters(escape.network, model, round_parameters=True)
    semantics = reference_of(escape.network, stored, model)
    if escape.decoder == "sign":
        semantics.decoders = [_BySign(layer.codes) for layer in escape.network.layers]
    return CertifiedEscape(
        escape=escape, arithmetic=model.name, result=explore(semantics, escape.network, machine)
    )


def certified_escapes(
    machine: Machine, arithmetic: Sequence[str] = ("bf16",)
) -> tuple[CertifiedEscape, ...]:
    """Return, for the first escape that holds in all these arithmetics, one result for each.

    Empty where none does, or where exploring would exceed :data:`MAX_WORK`.
    """
    for escape in escapes(machine):
        (layer,) = escape.network.layers
        work = LENGTHS * machine.size * len(machine.alphabet) * layer.dim**2
        if work > MAX_WORK:
            continue
        found = tuple(certify(escape, machine, name) for name in arithmetic)
        if all(one.holds for one in found):
            return found
    return ()


class _BySign(Decoder):
    """Decodes by the sign bit of the first coordinate, which a comparison with 0 would miss."""

    def nearest(self, state: Sequence[float]) -> int:
        return 0 if math.copysign(1.0, state[0]) > 0 else 1

"""``negeig collide``: two words on which no decoder of a network is right, in the cast model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from negeig.automata.machines.machine import Machine
from negeig.claims import InputError
from negeig.evidence import letters_text
from negeig.precision.cast.cast import FormatCast
from negeig.precision.cast.collisions import CastReport, examine
from negeig.precision.numbers.formats import FORMATS, unknown_format
from negeig.theory.networks.network import LinearRNN


@dataclass(frozen=True, kw_only=True)
class CollideResult:
    """What was asked of which network, and what was found."""

    network: str
    format: str
    variant: str
    zero: str
    report: CastReport

    @property
    def exit_code(self) -> int:
        """1 with a collision; 3 without, which proves nothing."""
        return 3 if self.report.collision is None else 1

    def to_json(self) -> dict[str, Any]:
        """Return the object of schema ``negeig.collide/1``."""
        return {
            "schema": "negeig.collide/1",
            "network": self.network,
            "format": self.format,
            "variant": self.variant,
            "zero": self.zero,
            **self.report.to_json(),
        }


def collide(
    network: LinearRNN,
    machine: Machine,
    *,
    source: str = "network",
    format: str = "bf16",
    variant: str = "state",
    zero: str = "signed",
    max_steps: int = 20_000,
) -> CollideResult:
    """Look for two words on which no decoder of a network is right.

    In the cast model: exact states that decoders see rounded to a format, to nearest even and
    saturating: there is no infinity. With ``zero="signed"`` the format's two zeros are told apart,
    as their bits are; with ``"one"``, or where the format has one zero, they are one value. The
    hypotheses of Theorems 1 and 2 are tested exactly, and bounds say when a collision must come.
    For a single layer it is also said from where on the cast state never changes on the powers of
    a letter. Where no word of the task has a period above 1 nothing has to collide, and nothing is
    followed.

    Raises InputError for an unknown format, variant or zero, for ``"terms"`` of several layers,
    letters that the network does not read, and a network with irrational entries.
    """
    problems = unknown_format(format)
    if variant not in ("state", "terms"):
        problems.append(f"unknown variant {variant!r}; known: state, terms")
    if zero not in ("signed", "one"):
        problems.append(f"unknown zero {zero!r}; known: signed, one")
    if problems:
        raise InputError("", problems)
    if missing := [letter for letter in machine.alphabet if letter not in network.alphabet]:
        known = letters_text(network.alphabet)
        raise InputError(
            source,
            f"the network does not read {letters_text(missing)}; its letters are {known}",
        )
    cast = FormatCast(FORMATS[format], signed_zero=zero == "signed")
    report = examine(
        network,
        machine,
        cast,
        variant="terms" if variant == "terms" else "state",
        max_steps=max_steps,
        freeze_steps=max_steps if len(network.layers) == 1 else 0,
    )
    return CollideResult(
        network=source,
        format=format,
        variant=variant,
        zero="signed" if cast.signed_zero else "one",
        report=report,
    )

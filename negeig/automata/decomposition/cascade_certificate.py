"""The part of a cascade that proves what it computes: maps, contexts and the homomorphism."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from operator import index
from typing import Any

from negeig.automata.decomposition.cascade import Cascade, Level
from negeig.automata.decomposition.cascade_check import verify
from negeig.automata.machines.machine import Machine
from negeig.claims import InputError, LimitReached, Verdict, output_text
from negeig.evidence import Evidence


@dataclass(frozen=True, eq=False)
class CascadeCertificate(Evidence[Machine]):
    """Proof that a cascade of permutation-reset machines computes a machine (Krohn and Rhodes).

    Its JSON has the levels' points, maps, contexts and choices, the initial coordinates and the
    map onto the machine's states. Alphabet and outputs are those of the machine; what describes a
    cascade and proves nothing (groups, tiles, height) is left out.

    Examples
    --------
    >>> from negeig.automata.decomposition.holonomy import holonomy
    >>> machine = Machine(alphabet="ab", transitions=[[1, 0], [2, 0], [2, 2]], initial=0,
    ...                   outputs=[0, 0, 1])
    >>> certificate = CascadeCertificate(holonomy(machine))
    >>> certificate.verify(machine)
    True
    >>> certificate.to_json()["initial"]
    [0, 0]
    """

    cascade: Cascade

    def problems(self, machine: Machine, /) -> list[str]:
        """Return why the cascade does not prove itself to compute the machine.

        Every tuple of coordinates is replayed with every letter, by
        :func:`negeig.automata.decomposition.cascade_check.verify`; and every map and context is
        used. Exact. O(tuples x letters x depth).
        """
        cascade = self.cascade
        if cascade.alphabet != machine.alphabet:
            return ["the alphabets differ"]
        if output_text(cascade.outputs) != output_text(machine.outputs):
            return ["the outputs are not the machine's"]
        for i, level in enumerate(cascade.levels):
            if problem := _shape_problem(cascade, i, level):
                return [f"level {i}: {problem}"]
        try:
            claim = verify(cascade, machine, max_tuples=len(cascade.states))
        except LimitReached as limit:
            return [str(limit)]
        return [] if claim.verdict is Verdict.PROVED else [claim.detail]

    def to_json(self) -> dict[str, Any]:
        """Return the certificate as a JSON object."""
        whole = self.cascade.to_json()
        keys = ("points", "maps", "contexts", "choice")
        return {
            "initial": whole["initial"],
            "levels": [{key: level[key] for key in keys} for level in whole["levels"]],
            "states": whole["states"],
        }

    @staticmethod
    def from_json(data: Mapping[str, Any], machine: Machine) -> CascadeCertificate:
        """Read a certificate about a machine, to be verified.

        Raises InputError where the form is wrong.
        """
        try:
            levels = tuple(
                Level(
                    points=_number(level["points"]),
                    maps=_table(level["maps"]),
                    contexts=_table(level["contexts"]),
                    choice=_table(level["choice"]),
                    active=(),
                    components=(),
                )
                for level in data["levels"]
            )
            cascade = Cascade(
                alphabet=machine.alphabet,
                levels=levels,
                initial=_row(data["initial"]),
                states={_row(coordinates): _number(state) for coordinates, state in data["states"]},
                outputs=machine.outputs,
                height=len(levels),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise InputError("certificate", f"no cascade: {error!r:.200}") from None
        return CascadeCertificate(cascade)


def _shape_problem(cascade: Cascade, i: int, level: Level) -> str | None:
    """Say what is wrong with the tables of a level, whatever the machine is."""
    letters = len(cascade.alphabet)
    if len(level.choice) != len(level.contexts) or any(len(r) != letters for r in level.choice):
        return "not one choice for each context and letter"
    if len(set(level.contexts)) < len(level.contexts) or len(set(level.maps)) < len(level.maps):
        return "a context or a map occurs twice"
    if set(level.contexts) != {coordinates[:i] for coordinates in cascade.states}:
        return "its contexts are not the coordinates above it"
    if set(chain(*level.choice)) != set(range(len(level.maps))):
        return "the choices are not its maps, all of them"
    return None


def _number(value: Any) -> int:
    return index(value)


def _row(value: Any) -> tuple[int, ...]:
    return tuple(map(_number, value))


def _table(value: Any) -> tuple[tuple[int, ...], ...]:
    return tuple(map(_row, value))

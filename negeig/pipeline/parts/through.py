"""Arithmetics that are somebody's implementation: ``impl:NAME``, and ``impl:NAME@bf16``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from negeig.automata.machines.machine import Machine
from negeig.claims import (
    DEFAULT_RESOURCES,
    Claim,
    InputError,
    LimitReached,
    Resources,
    StageProgress,
    Stopped,
)
from negeig.pipeline.parts.proving import parameters_text, through_claim
from negeig.theory.closure.explore import Exploration
from negeig.theory.networks.network import LinearRNN

if TYPE_CHECKING:
    from negeig.kernels.implementation import Implementation

PREFIX = "impl:"

DEFAULT_DTYPE = "fp32"


@dataclass(frozen=True, eq=False)
class ThroughOne:
    """An implementation, and the format of the inputs that it is given.

    Examples
    --------
    >>> (one,) = read(["impl:negeig.cpu"])
    >>> one.name, one.dtype
    ('impl:negeig.cpu', 'fp32')
    """

    implementation: Implementation
    dtype: str

    @property
    def name(self) -> str:
        """What names it among arithmetics; the format where it is not float32."""
        given = "" if self.dtype == DEFAULT_DTYPE else f"@{self.dtype}"
        return f"{PREFIX}{self.implementation.name}{given}"

    @property
    def about(self) -> str:
        """The implementation with version, device, format of the inputs, and its note."""
        one = self.implementation
        version = one.version or "not installed"
        note = f"; {one.note}" if one.note else ""
        return f"{one.name} ({version}, {one.device}, {self.dtype} inputs{note})"

    def explore(
        self,
        network: LinearRNN,
        machine: Machine,
        resources: Resources = DEFAULT_RESOURCES,
        progress: StageProgress | None = None,
    ) -> Exploration:
        """Explore the network as it computes it; open where the time is over."""
        from negeig.kernels.through_closure import close_through

        try:
            return close_through(
                self.implementation,
                network,
                machine,
                self.dtype,
                max_states=resources.max_closure,
                max_memory=resources.max_memory,
                progress=None if progress is None else partial(progress, self.name),
            )
        except LimitReached as limit:
            return Exploration.unexplored(str(limit))

    def claim(
        self,
        network: LinearRNN,
        machine: Machine,
        resources: Resources = DEFAULT_RESOURCES,
        progress: StageProgress | None = None,
        stopped: Stopped | None = None,
    ) -> Claim:
        """Return the claim that it computes the machine for all lengths; open once stopped."""
        from negeig.kernels.conforming import unheld
        from negeig.kernels.uses import uses

        if stopped is not None:
            found = Exploration.unexplored(str(stopped))
        else:
            found = self.explore(network, machine, resources, progress)
        changed = len(unheld(network, self.dtype))
        note = f"; {parameters_text(changed)} rounded to nearest even" if changed else ""
        return through_claim(self.name, self.about, found, note, uses(network))

    def to_json(self) -> dict[str, Any]:
        """Return it as the ``implementation`` of a row of ``negeig.precision/1``."""
        one = self.implementation
        return {
            "name": one.name, "version": one.version, "device": one.device, "dtype": self.dtype,
        }  # fmt: skip


def is_implementation(name: str) -> bool:
    """Whether a name among arithmetics is an implementation's."""
    return name.strip().lower().startswith(PREFIX)


def read(names: Iterable[str]) -> tuple[ThroughOne, ...]:
    """Return the implementations of names; a package's name stands for all that it has.

    Raises InputError for unknown names, and functions of one's own that cannot be called.
    """
    found: dict[str, ThroughOne] = {}
    problems: list[str] = []
    for name in names:
        try:
            found |= {one.name: one for one in _read(name.strip()[len(PREFIX) :])}
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError("arithmetic", problems, "unknown-arithmetic")
    return tuple(found.values())


def _read(name: str) -> Sequence[ThroughOne]:
    from negeig.kernels.implementation import DTYPES, format_of
    from negeig.kernels.registry import find

    before, _, typed = name.rpartition("@")
    dtype = format_of(typed)
    if dtype not in DTYPES or not before:  # a path may have an @
        before, dtype = name, ""
    return [ThroughOne(one, dtype or _usual(one)) for one in find((before,))]


def _usual(one: Implementation) -> str:
    """Return the format of inputs where none is asked for: float32, where it takes that."""
    return DEFAULT_DTYPE if DEFAULT_DTYPE in one.dtypes else one.dtypes[0]

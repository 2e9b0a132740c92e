"""One entry of the zoo: a family of tasks, described, built, and defined a second time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from negeig.claims import Letter, Output, Word

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from negeig.automata.machines.machine import Machine

Predicate = Callable[[Word], Output]
"""A task as a plain function of the whole word, written without the machine."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A named family of tasks.

    Parameters
    ----------
    pattern : str
        How the name is written, such as ``"mod:M"``: a head, then a parameter (``W`` stands for a
        word, any other for a whole number), then a fixed suffix, such as in ``"sym:N:swaps"``.
    sentence, alphabet, outputs, source : str
        What the task is, its letters, what it outputs, and where it comes from.
    examples : tuple of str
        Names that can be given to :func:`negeig.automata.zoo.get`.
    size : callable
        Parameter to (states, letters) of the machine built; cheap, whatever the parameter.
    build : callable
        Parameter to machine.
    predicate : callable
        Parameter to a function computing the task's output on a word directly.
    generators : callable, optional
        Of the word problem of a permutation group: parameter to the points' images under each
        letter. The group can be classified from them where the machine is too large to build.
    least, most : int
        Bounds of a whole-number parameter; ``most`` None is unbounded.
    """

    pattern: str
    sentence: str
    alphabet: str
    outputs: str
    source: str
    examples: tuple[str, ...]
    size: Callable[..., tuple[int, int]]
    build: Callable[..., Machine]
    predicate: Callable[..., Predicate]
    generators: Callable[..., Mapping[Letter, Sequence[int]]] | None = None
    least: int = 1
    most: int | None = None

    @property
    def head(self) -> str:
        """The part of the name before the first colon."""
        return self.pattern.partition(":")[0]

    @property
    def kind(self) -> Literal["none", "number", "word"]:
        """What the parameter is."""
        parameter = self.pattern.split(":")[1:2]
        if not parameter:
            return "none"
        return "word" if parameter == ["W"] else "number"

    @property
    def suffix(self) -> str:
        """What follows the parameter, with its colon; empty for most entries."""
        return "".join(":" + part for part in self.pattern.split(":")[2:])


def machine(
    *,
    alphabet: Sequence[Letter],
    transitions: Sequence[Sequence[int]] | NDArray[np.integer],
    initial: int = 0,
    outputs: Sequence[Output],
    points: Sequence[Sequence[int]] | None = None,
) -> Machine:
    """Build a machine. Imported here, as NumPy is by the builders: listing the zoo needs neither.

    Examples
    --------
    >>> machine(alphabet="1", transitions=[[1], [0]], outputs=[1, 0])
    Machine(2 states over 1)
    """
    from negeig.automata.machines.machine import Machine

    return Machine(
        alphabet=alphabet, transitions=transitions, initial=initial, outputs=outputs, points=points
    )

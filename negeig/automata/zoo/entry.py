"""One entry of the zoo: a family of tasks, described, built, and defined a second time."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from negeig.claims import Letter, Output, Word

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from negeig.automata.machines.machine import Machine

Kind = Literal["number", "word", "fixed"]
"""What a part of a name is, between its colons: a whole number, a free text, or always the same."""

Predicate = Callable[[Word], Output]
"""A task as a plain function of the whole word, written without the machine."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A named family of tasks.

    Parameters
    ----------
    pattern : str
        How the name is written, such as ``"recall:K:V"`` or ``"sym:N:swaps"``: a head, then parts
        after colons. A capital, or a range such as ``1..7``, stands for a whole number, ``W`` for
        a word and ``G,H`` for a list; any other part is written as it is.
    sentence, alphabet, outputs, source : str
        What the task is, its letters, what it outputs, and where it comes from.
    examples : tuple of str
        Names that can be given to :func:`negeig.automata.zoo.get`.
    size : callable
        Parameters to (states, letters) of the machine built; cheap, whatever the parameters.
    build : callable
        Parameters to machine.
    predicate : callable
        Parameters to a function computing the task's output on a word directly.
    generators : callable, optional
        Of the word problem of a permutation group: parameter to the points' images under each
        letter. The group can be classified from them where the machine is too large to build.
    problem : callable, optional
        A word or list to what is wrong with it, None if nothing.
    least, most : int
        Bounds of whole-number parameters; ``most`` None is unbounded.
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
    problem: Callable[[str], str | None] | None = None
    least: int = 1
    most: int | None = None

    @property
    def head(self) -> str:
        """The part of the name before the first colon."""
        return self.pattern.partition(":")[0]

    @property
    def parts(self) -> tuple[tuple[str, Kind], ...]:
        """The parts of the name after its head, each with what it is."""
        return tuple((part, _kind(part)) for part in self.pattern.split(":")[1:])

    def texts(self, name: str) -> tuple[tuple[str, Kind], ...] | None:
        """Return what stands for each parameter in a name, None if the name has other parts.

        Examples
        --------
        >>> from negeig.automata.zoo import entries
        >>> recall = next(entry for entry in entries() if entry.head == "recall")
        >>> recall.texts("recall:2:x"), recall.texts("recall:2")
        ((('2', 'number'), ('x', 'number')), None)
        """
        forms = {"number": "([^:]+)", "word": "(.+)"}
        expression = re.escape(self.head) + "".join(
            ":" + forms.get(kind, re.escape(part)) for part, kind in self.parts
        )
        found = re.fullmatch(expression, name, re.DOTALL)
        kinds = (kind for _, kind in self.parts if kind != "fixed")
        return None if found is None else tuple(zip(found.groups(), kinds, strict=True))


def _kind(part: str) -> Kind:
    if part in ("W", "G,H"):
        return "word"
    return "number" if part.isupper() or ".." in part else "fixed"


def shown(text: str) -> str:
    """Return the text in quotes, cut to a length that fits a message.

    Examples
    --------
    >>> shown("mod:3"), len(shown("x" * 1000))
    ("'mod:3'", 62)
    """
    return repr(text if len(text) <= 60 else text[:57] + "...")


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

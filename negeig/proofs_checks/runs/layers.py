"""A certificate that a stack is right, layer by layer: what its layers do, and no tuples of states.

Each layer is closed over its own letters. States of it that do the same for ever are one class, and
so are pairs of classes of what lies below the last layer; see
:mod:`negeig.theory.closure.layerwise`. A layer that contracts may be closed by regions instead.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol

import numpy as np

from negeig.automata.machines.machine import Machine
from negeig.automata.machines.minimize import colours, partition
from negeig.claims import InputError, Letter, LimitReached, Progress
from negeig.precision.numbers.arithmetic import Arithmetic
from negeig.proofs_checks.certificate import Certificate
from negeig.proofs_checks.runs.closure import CLAIM
from negeig.proofs_checks.runs.regions import RegionRows, believed, one_layer_of
from negeig.proofs_checks.runs.subject import Subject
from negeig.proofs_checks.runs.tables import Row, Walk, walks_of
from negeig.theory.closure.exact_search import numbers_of
from negeig.theory.closure.explore import Task
from negeig.theory.closure.regions import contracts
from negeig.theory.networks.network import LinearRNN

MAX_ROWS = 200_000
"""Rows that are listed in the reference's arithmetic, of a layer or of what is composed."""

LONGEST = 1_000
"""Characters of a coordinate of an exact state: where there is no end of them each is longer."""

Step = Callable[[Any, Letter], tuple[Any, Letter | None]]


class Transducer(Protocol):
    """What reads letters, goes from row to row, and hands symbols on."""

    def step(self, state: int, letter: Letter) -> tuple[int, Letter | None]:
        """Read a letter: the row after it, and the symbol that comes out, if any."""
        ...


@dataclass
class Classes:
    """Rows that are taken as one where they do the same for ever.

    ``rows`` has the class of each row, then the row; ``after`` and ``symbols`` have a list for each
    class. The start is in class 0.
    """

    letters: dict[Letter, int]
    rows: list[Row]
    after: list[list[int]]
    symbols: list[list[Letter]]

    def step(self, state: int, letter: Letter) -> tuple[int, Letter | None]:
        """Read a letter; one that is not among the letters is read by no class."""
        column = self.letters.get(letter)
        if column is None:
            raise InputError("certificate", "a layer emits what the next one does not read")
        return self.after[state][column], self.symbols[state][column]


def layers_certificate(
    network: LinearRNN,
    machine: Machine,
    arithmetic: str | Arithmetic,
    *,
    regions: bool = True,
    max_states: int = MAX_ROWS,
    progress: Progress | None = None,
) -> Certificate:
    """Close the layers of a network one by one, and return their states and classes.

    Layers that contract are closed by regions where they may be, and then the kind is ``regions``;
    else it is ``layers``.

    Parameters
    ----------
    regions : bool
        Whether layers may be closed by regions.
    max_states : int
        Most states of a layer over its own letters, and most rows of what is composed.

    Raises
    ------
    InputError
        Where some word errs, a layer has no regions, or for an arithmetic that certificates do not
        have.
    LimitReached
        Beyond ``max_states``.

    Notes
    -----
    O(rows x letters) steps for each layer, and the refinement of classes.

    Examples
    --------
    >>> import negeig
    >>> made = negeig.compile(zoo="dyck1:3")
    >>> certificate = layers_certificate(made.network, made.machine, "exact")
    >>> certificate.kind, certificate.evidence["classes"]
    ('layers', [5])
    """
    subject = Subject.of(network, machine, arithmetic)
    layers = subject.network.layers
    tables: list[Any] = walks_of(subject)
    for i, layer in enumerate(layers):
        alone = one_layer_of(layer)
        rational = all(isinstance(x, Fraction) for x in numbers_of(layer))
        if regions and rational and contracts(alone):
            with suppress(InputError):  # then its states may be few all the same
                tables[i] = RegionRows.of(alone, subject.arithmetic)
    by_regions = [isinstance(table, RegionRows) for table in tables]
    classes: list[list[Row]] = []

    def listed(count: int) -> None:
        """See that the exact states that are listed do not become longer and longer."""
        for table in tables:
            if subject.stored is None and isinstance(table, Walk):
                texts = map(str, table.meaning.text(table.states[-1]))
                longest = max(map(len, texts), default=0)
                if longest > LONGEST:
                    problem = f"the states of a layer have numbers of {longest:,} characters"
                    raise InputError("certificate", f"{problem}, and no regions are found")
        if progress is not None:
            progress(count)

    def classed(parts: Sequence[Transducer], letters: Sequence[Letter]) -> Classes:
        found = _classes(parts, letters, max_states, listed)
        classes.append(found.rows)
        return found

    alphabets = [subject.machine.alphabet, *(layer.alphabet for layer in layers[1:])]
    parts = [classed([table], own) for table, own in zip(tables, alphabets, strict=True)]
    while len(parts) > 2:
        parts[:2] = [classed(parts[:2], alphabets[0])]
    rows = [table.rows() for table in tables]
    states = _states(Task(subject.network, subject.machine), parts, max_states)
    evidence: dict[str, Any] = {"layers": list(map(len, rows)), "states": len(states)}
    evidence["classes"] = list(map(len, classes))
    if any(by_regions):
        evidence["regions"] = by_regions
    made = Certificate(
        kind="regions" if any(by_regions) else "layers",
        claim=CLAIM,
        about=subject.to_json(),
        evidence=evidence,
        rows=(*rows, *classes, states),
    )
    return believed(made) if any(by_regions) and subject.stored is not None else made


def _walked(
    start: tuple[int, ...], letters: Sequence[Letter], step: Step, most: int,
    progress: Progress | None = None,
) -> tuple[list[Any], list[list[int]], list[list[Letter]]]:  # fmt: skip
    """List all rows from a start, breadth first, with where letters lead and what comes out."""
    number, queue = {start: 0}, [start]
    after: list[list[int]] = []
    symbols: list[list[Letter]] = []
    for row in queue:  # grows while it is read
        if progress is not None and len(after) % 1024 == 0:
            progress(len(queue))
        reached, read = [], []
        for letter in letters:
            target, symbol = step(row, letter)
            if symbol is None:
                raise InputError("certificate", "a layer has a state that is no code")
            if number.setdefault(target, len(queue)) == len(queue):
                if len(queue) >= most:
                    raise LimitReached(
                        "rows of a certificate", most, reached=len(queue), option="--max-closure"
                    )
                queue.append(target)
            reached.append(number[target])
            read.append(symbol)
        after.append(reached)
        symbols.append(read)
    return queue, after, symbols


def _through(parts: Sequence[Transducer]) -> Step:
    """Return the step of what lies one above the other."""

    def step(row: Any, letter: Letter) -> tuple[Any, Letter | None]:
        after, symbol = [], letter
        for part, own in zip(parts, row, strict=True):
            target, found = part.step(own, symbol)
            if found is None:
                return row, None
            after.append(target)
            symbol = found
        return tuple(after), symbol

    return step


def _classes(
    parts: Sequence[Transducer], letters: Sequence[Letter], most: int, progress: Progress | None
) -> Classes:
    start = (0,) * len(parts)
    rows, after, symbols = _walked(start, letters, _through(parts), most, progress)
    blocks = partition(np.array(after, np.int32), colours(symbols))
    _, firsts, numbers = np.unique(blocks, return_index=True, return_inverse=True)
    order = np.argsort(np.argsort(firsts))  # the first row is in the first class
    own = order[numbers].tolist()
    chosen = sorted(firsts.tolist())
    return Classes(
        letters={letter: column for column, letter in enumerate(letters)},
        rows=[[own[i], *row] for i, row in enumerate(rows)],
        after=[[own[i] for i in after[first]] for first in chosen],
        symbols=[symbols[first] for first in chosen],
    )


def _states(task: Task, parts: Sequence[Transducer], most: int) -> list[Row]:
    """List the states of the machine with the classes that the same words lead to."""
    through = _through(parts)

    def step(row: Any, letter: Letter) -> tuple[Any, Letter | None]:
        goal = task.delta[row[0]][task.alphabet.index(letter)]
        after, symbol = through(row[1:], letter)
        if not task.is_right(symbol, goal):
            raise InputError("certificate", "the network errs: no closure to certify")
        return (goal, *after), symbol

    start = (task.initial, *[0] * len(parts))
    if not task.empty_is_right:
        raise InputError("certificate", "the network errs: no closure to certify")
    return [list(row) for row in _walked(start, task.alphabet, step, most)[0]]

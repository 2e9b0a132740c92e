"""What a page says of one layer: each letter's steps as matrices, and what they do together."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from negeig.report.html.stepper import shown
from negeig.report.html.tables import Cell, Content, Table
from negeig.theory.exact.number_text import value_text
from negeig.theory.exact.numbers import Matrix, Vector
from negeig.theory.networks.network import DenseStep, Layer, Step

MOST_DIMENSIONS = 8
"""Dimensions of a layer whose matrices are shown."""

MOST_BY_STEP = 4
"""Dimensions of a layer each of whose steps is shown as a matrix too."""

MOST_LETTERS = 24
"""Letters of a layer that are shown."""


def layer_context(layer: Layer) -> dict[str, Any]:
    """Return what is shown of a layer: small ones with the steps and the matrix of each letter."""
    steps = layer.steps_per_token
    summary = (
        f"dimension {layer.dim}, at most {steps} step{'s' * (steps != 1)} a letter, "
        f"{len(layer.codes):,} code{'s' * (len(layer.codes) != 1)}"
    )
    small = layer.dim <= MOST_DIMENSIONS
    note = ""
    if not small:
        note = f"Its weights are not shown: more than {MOST_DIMENSIONS} dimensions."
    elif len(layer.alphabet) > MOST_LETTERS:
        note = f"The first {MOST_LETTERS} of {len(layer.alphabet):,} letters."
    return {"summary": summary, "note": note, "weights": _weights(layer) if small else None}


def _weights(layer: Layer) -> Table:
    letters = layer.alphabet[:MOST_LETTERS]
    shifts = [layer.apply(letter, _zeros(layer.dim)) for letter in letters]
    shifted = any(any(x != 0 for x in shift) for shift in shifts)
    rows: list[tuple[Content, ...]] = []
    for letter, shift in zip(letters, shifts, strict=True):
        own = layer.steps[letter]
        together: tuple[Content, ...] = (_matrix(layer.letter_matrix(letter)),)
        if shifted:
            together += (_column(shift),)
        rows.append((Cell("key", shown(letter)), _steps(layer, own), *together))
    start = f"({', '.join(map(value_text, layer.initial))})"
    columns = ("letter", "its steps, in order: h ← h + β k (w − k·h)", "together: A")
    return Table(
        f"What each letter does to the state, h ← A h{' + b' if shifted else ''}. It starts as "
        f"{start}.",
        columns + (("and b",) if shifted else ()),
        tuple(rows),
    )


def _steps(layer: Layer, steps: tuple[Step, ...]) -> Content:
    """Return each step as its numbers, of few dimensions as a matrix too."""
    if not steps:
        return "no step: the state is kept"
    found: list[str | Cell] = []
    for step in steps:
        found.append(step_text(step))
        if layer.dim <= MOST_BY_STEP and len(steps) > 1:
            found.append(_matrix(_of_step(step, layer.dim)))
    return found


def _of_step(step: Step, dim: int) -> Matrix:
    """Return the linear part of one step. Exact."""
    shift = step.apply(_zeros(dim))
    columns = []
    for j in range(dim):
        unit = tuple(Fraction(int(i == j)) for i in range(dim))
        columns.append([x - b for x, b in zip(step.apply(unit), shift, strict=True)])
    return tuple(tuple(column[i] for column in columns) for i in range(dim))


def _zeros(dim: int) -> Vector:
    return tuple(Fraction(0) for _ in range(dim))


def step_text(step: Step) -> str:
    """Return a step as its numbers, and the eigenvalue on the line of its key.

    Examples
    --------
    >>> from negeig.theory.networks.network import DeltaStep
    >>> step_text(DeltaStep(Fraction(1), (Fraction(1), Fraction(-1)), Fraction(0)))
    'β = 1, k = (1, -1): eigenvalue -1'
    """
    if isinstance(step, DenseStep):
        return "h ← A h + b, A and b beside"
    key = ", ".join(map(value_text, step.key))
    write = "" if step.write == 0 else f", w = {value_text(step.write)}"
    eigenvalue = value_text(step.eigenvalue)
    return f"β = {value_text(step.beta)}, k = ({key}){write}: eigenvalue {eigenvalue}"


def _matrix(rows: Matrix) -> Cell:
    return Cell("matrix", rows=tuple(tuple(map(value_text, row)) for row in rows))


def _column(vector: Vector) -> Cell:
    return Cell("matrix", rows=tuple((value_text(x),) for x in vector))

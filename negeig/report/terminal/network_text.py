"""A network for a reader: every step as a sentence about named coordinates, with its eigenvalues.

Numbers are exact. Coordinates go by the names that the construction gave them, otherwise h0, h1
and so on.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from negeig.automata.labels import shortened, visible
from negeig.claims import Letter, LimitReached
from negeig.report.terminal.layout import Item, Row, glued, report
from negeig.theory.exact.number_text import number_text, polynomial_text
from negeig.theory.exact.numbers import Number, Vector
from negeig.theory.networks.network import DeltaStep, Layer, LinearRNN, Step
from negeig.theory.spectra.eigenvalues import letter_eigenvalues

"""Width of the column of labels."""

LONGEST_LETTER = 40
MOST_TERMS = 8
"""Terms of a sum, or entries of a vector, that are written out."""

MAX_ENTRIES = 20_000
"""Largest matrix of a letter, in entries, whose eigenvalues are worth computing for a text."""


def network_text(network: LinearRNN, *, width: int = 100, max_rows: int = 12) -> str:
    """Return a network in words: for each layer its start, the steps of its letters, its decoder.

    Parameters
    ----------
    network : LinearRNN
    width : int
        Columns.
    max_rows : int
        Letters of a layer, steps of a letter and rows of a table that are listed; the rest are
        counted.

    Examples
    --------
    >>> from negeig.automata import zoo
    >>> from negeig.theory.constructions.direct.scalar import construct
    >>> print(network_text(construct(zoo.get("parity").minimal())[0].network))
    layer 1      dimension 1, at most 1 step a token
      start      position = 1
      0          nothing
      1          negate position (eigenvalue -1)
      decoder    position = 1   output 1
                 position = -1  output 0
    empty word   output 1
    """
    return str(report([weight_rows(network, max_rows)], width))


def weight_rows(network: LinearRNN, max_rows: int = 12) -> Iterator[Item]:
    """Yield the rows of :func:`network_text`."""
    return (Row(label, text) for label, text in _rows(network, max_rows))


def step_text(step: Step, names: Sequence[str]) -> str:
    """Return one step as a sentence about the coordinates of these names.

    Examples
    --------
    >>> from fractions import Fraction
    >>> one, zero = Fraction(1), Fraction(0)
    >>> step_text(DeltaStep(one, (one, -one), zero), ("x", "y"))
    'swap x and y (eigenvalue -1)'
    >>> step_text(DeltaStep(one, (one, zero), 5 * one), ("x", "y"))
    'x <- 5 (eigenvalue 0)'
    >>> step_text(DeltaStep(one / 2, (one, one), zero), ("x", "y"))
    'set x + y to 0 (eigenvalue 0)'
    """
    if not isinstance(step, DeltaStep):
        return f"multiply by a {len(step.bias)} x {len(step.bias)} matrix and add a vector"
    if step.beta == 0 or not any(step.key):
        return "nothing (eigenvalue 1)"
    return f"{_sentence(step, names)} (eigenvalue {number_text(step.eigenvalue)})"


def _sentence(step: DeltaStep, names: Sequence[str]) -> str:
    value = step.eigenvalue
    support = [j for j, k in enumerate(step.key) if k != 0]
    if len(support) == 1:
        name, k = names[support[0]], step.key[support[0]]
        constant = step.beta * k * step.write
        if value == 0:
            return f"{name} <- {number_text(constant)}"
        if value == -1 and constant == 0:
            return f"negate {name}"
        if value == -1:
            return f"mirror {name} about {number_text(constant / 2)}"
        return f"{name} <- {_sum([(value, name), (constant, '')])}"
    if value == -1 and step.write == 0 and len(support) == 2:
        one, two = support
        if step.key[one] == -step.key[two]:
            return f"swap {names[one]} and {names[two]}"
        if step.key[one] == step.key[two]:
            return f"swap {names[one]} and {names[two]}, and negate both"
    direction = _sum([(step.key[j], names[j]) for j in support])
    if value == 0:
        return f"set {direction} to {number_text(step.write)}"
    about = "" if step.write == 0 else f", about the plane where it is {number_text(step.write)}"
    if value == -1:
        return f"reflect along {direction}{about}"
    return f"scale along {direction} by {number_text(value)}{about}"


def eigenvalues_text(layer: Layer, letter: Letter) -> str:
    """Return the eigenvalues of a letter's matrix, those above 1 time with their multiplicity."""
    if layer.dim**2 > MAX_ENTRIES:
        return f"eigenvalues not computed: dimension {layer.dim:,}"
    try:
        found = letter_eigenvalues(layer, letter)
    except LimitReached as limit:
        return f"eigenvalues not computed: {limit}"
    texts = [f"{e.text}{f' ({e.multiplicity} times)' * (e.multiplicity > 1)}" for e in found]
    more = f", and {len(texts) - MOST_TERMS} more" if len(texts) > MOST_TERMS else ""
    return ", ".join(texts[:MOST_TERMS]) + more


def _rows(network: LinearRNN, max_rows: int) -> Iterator[tuple[str, str]]:
    """Yield label and text of every row."""
    if network.field is not None:
        yield (
            "numbers",
            (
                f"r is the root {shortened(network.field.root, 16)} of "
                f"{polynomial_text(network.field.minimal_polynomial)}"
            ),
        )
    last = len(network.layers) - 1
    for i, layer in enumerate(network.layers):
        yield f"layer {i + 1}", _size(layer)
        names = layer.names or tuple(f"h{j}" for j in range(layer.dim))
        names = tuple(visible(name) for name in names)
        yield "  start", _point(layer.initial, names)
        for letter in layer.alphabet[:max_rows]:
            yield from _letter_rows(layer, letter, names, max_rows)
        if len(layer.alphabet) > max_rows:
            yield "  ...", f"and {len(layer.alphabet) - max_rows:,} more letters"
        yield from _table_rows(network, layer, names, i == last, max_rows)
    if not network.layers:
        for letter in network.alphabet[:max_rows]:
            yield f"  {_letter(letter)}", _output(network, letter)
    yield "empty word", f"output {json.dumps(network.empty, ensure_ascii=False)}"


def _size(layer: Layer) -> str:
    steps = layer.steps_per_token
    return f"dimension {layer.dim:,}, at most {steps:,} step{'' if steps == 1 else 's'} a token"


def _letter_rows(
    layer: Layer, letter: Letter, names: Sequence[str], max_rows: int
) -> Iterator[tuple[str, str]]:
    steps = layer.steps[letter]
    label = f"  {_letter(letter)}"
    if not steps:
        yield label, "nothing"
    for step in steps[:max_rows]:
        yield label, step_text(step, names)
        label = ""
    if len(steps) > max_rows:
        yield "", f"and {len(steps) - max_rows:,} more steps"
    if len(steps) > 1 or any(not isinstance(step, DeltaStep) for step in steps):
        yield "", f"together: eigenvalues {eigenvalues_text(layer, letter)}"


def _table_rows(
    network: LinearRNN, layer: Layer, names: Sequence[str], is_last: bool, max_rows: int
) -> Iterator[tuple[str, str]]:
    """Yield the decoder: for each code what is emitted, the commonest symbol first."""
    points = [_point(code, names) for code in layer.codes[:max_rows]]
    longest = min(max(map(len, points)), 40)
    label = "  decoder"
    for point, row in zip(points, layer.emit, strict=False):
        emitted = _emitted(network, layer, row, is_last)
        yield label, glued(f"{point:<{longest}}  ") + emitted
        label = ""
    if len(layer.codes) > max_rows:
        yield "", f"and {len(layer.codes) - max_rows:,} more states"


def _emitted(network: LinearRNN, layer: Layer, row: Sequence[Letter], is_last: bool) -> str:
    """Say what one code emits: one symbol, or which one on which letter."""
    counts = Counter(row)

    def named(symbol: Letter) -> str:
        return _output(network, symbol) if is_last else f"emit {_quoted(symbol)}"

    if len(counts) == 1:
        return named(row[0])
    parts = []
    for symbol, count in counts.most_common()[:MOST_TERMS]:
        letters = [a for a, s in zip(layer.alphabet, row, strict=True) if s == symbol]
        listed = ", ".join(map(_quoted, letters)) if count <= MOST_TERMS else f"{count:,} letters"
        parts.append(f"{named(symbol)} on {listed}")
    hidden = len(counts) - len(parts)
    return "; ".join(parts) + (f"; and {hidden:,} more symbols" if hidden else "")


def _output(network: LinearRNN, symbol: Letter) -> str:
    text = json.dumps(network.outputs[symbol], ensure_ascii=False)
    return f"output {shortened(visible(text), LONGEST_LETTER)}"


def _letter(letter: Letter) -> str:
    """Return a letter as a label: in quotes where white space at its ends would not be seen."""
    text = shortened(visible(letter), LONGEST_LETTER)
    return text if text and text == text.strip() else f'"{text}"'


def _quoted(letter: Letter) -> str:
    """Return a letter as it stands in a list: in quotes where it would blur into its neighbours."""
    text = shortened(visible(letter), LONGEST_LETTER)
    return f'"{text}"' if not text or any(c in text for c in ' ,;"') else text


def _point(vector: Vector, names: Sequence[str]) -> str:
    """Return a point: the values of its coordinates, or those that are not 0 where most are."""
    if len(vector) == 1:
        return f"{names[0]} = {number_text(vector[0])}"
    support = [j for j, x in enumerate(vector) if x != 0]
    if not support:
        return "all coordinates 0"
    if 2 * len(support) < len(vector) or len(vector) > MOST_TERMS:
        listed = ", ".join(f"{names[j]} = {number_text(vector[j])}" for j in support[:MOST_TERMS])
        return listed + (f", and {len(support) - MOST_TERMS:,} more" * (len(support) > MOST_TERMS))
    return f"({', '.join(map(number_text, vector))})"


_COMPOSITE = re.compile(r" [-+] |[,;]|^-")


def _sum(terms: Sequence[tuple[Number, str]]) -> str:
    """Write a linear combination of named coordinates; a term without a name is a constant.

    A name that is itself a sum, or a list, stands in brackets unless it stands alone.
    """
    kept = [(c, name) for c, name in terms if c != 0]
    text = ""
    for c, name in kept[:MOST_TERMS]:
        if (len(kept) > 1 or c != 1) and _COMPOSITE.search(name):
            name = f"({name})"
        negative = c < 0
        size = number_text(-c if negative else c)
        if " " in size and not size.startswith("(") and name:
            size = f"({size})"
        factor = size if not name else "" if size == "1" else f"{size} "
        sign = (" - " if negative else " + ") if text else ("-" if negative else "")
        text += f"{sign}{factor}{name}"
    if len(kept) > MOST_TERMS:
        text += f" + ... ({len(kept)} terms)"
    return text or "0"

"""The states of a network as points of the plane, and what letters do to them, as SVG."""

from __future__ import annotations

from collections import Counter
from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray

from negeig.kernels.exact_states import ExactWalk
from negeig.report.drawing.svg import INK, LETTER_COLOURS, PAPER
from negeig.theory.closure.state_graph import BEYOND, state_graph
from negeig.theory.networks.network import LinearRNN

Points = NDArray[np.float64]


def orbit_svg(network: LinearRNN, size: int = 420, most: int = 400, legend: bool = True) -> str:
    """Draw the first states that words reach: dots, with a line for each letter to where it leads.

    Exact states, rounded for the picture, in the plane of :func:`_plane`. The start is filled.
    """
    walk = ExactWalk(network)
    graph = state_graph(walk, network.alphabet, most)
    vectors = [[float(x) for v, q in _parts(walk, state) for x in v[q]] for state in graph.states]
    points = _flat(np.array(vectors, dtype=np.float64), network)
    low, high = points.min(axis=0), points.max(axis=0)
    span = max(float((high - low).max()), 1e-9)
    margin, foot = 0.09 * size, 26 * legend
    scaled = margin + (points - low) / span * (size - 2 * margin)
    scaled += (size - 2 * margin) * (1 - (high - low) / span) / 2
    height = size if (high - low)[1] > 1e-9 else round(size / 2.6)
    scaled[:, 1] += (height - size) / 2
    radius = float(np.clip(60 / len(points), 2.0, 7.0)) * size / 420
    parts = []
    pairs = Counter(frozenset((q, r)) for q, row in enumerate(graph.after) for r in row)
    for a, letter in enumerate(network.alphabet):
        colour, seen = LETTER_COLOURS[a % len(LETTER_COLOURS)], set()
        for q, row in enumerate(graph.after):
            if row[a] not in (BEYOND, q) and (row[a], q) not in seen:
                seen.add((q, row[a]))
                both_ways = row[a] < len(graph.after) and graph.after[row[a]][a] == q
                alone = height == size and pairs[frozenset((q, row[a]))] == 1 + both_ways
                bend = 0.0 if alone else 0.16 + 0.1 * a
                parts.append(_line(scaled[q], scaled[row[a]], colour, bend))
        if legend:
            text = f'<text x="{12 + a * 74}" y="{height + 17}" font-size="13" fill="{colour}">'
            parts.append(f"{text}{escape(letter)}</text>")
    for q, (x, y) in enumerate(scaled):
        fill = PAPER if q else INK
        parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{fill}" stroke="{INK}"/>'
        )
    wide = max(size, 12 + 74 * len(network.alphabet)) if legend else size
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{height + foot}" '
        f'viewBox="0 0 {wide} {height + foot}" role="img" font-family="monospace" '
        f'aria-label="{len(points)} states of the network" stroke-width="1">{"".join(parts)}</svg>'
    )


def _parts(walk: ExactWalk, state: tuple[int, ...]) -> list[tuple[list[Any], int]]:
    return [(layer.vectors, number) for layer, number in zip(walk.layers, state, strict=True)]


def _flat(vectors: Points, network: LinearRNN) -> Points:
    """Return the states in a plane that shows what symmetry they have; on a line for one number."""
    if vectors.shape[1] == 1:
        return np.column_stack([vectors, np.zeros(len(vectors))])
    if vectors.shape[1] == 2:
        return vectors * [1, -1]
    axes = _plane(network) if len(network.layers) == 1 else None
    if axes is None:  # the two directions in which they spread most
        axes = np.linalg.svd(vectors - vectors.mean(axis=0))[2][:2].T
    return vectors @ axes


def _plane(network: LinearRNN) -> Points | None:
    """Return the plane in which the letters, one after the other, make the smallest turn.

    For mirrors along simple roots it is Coxeter's. None where the product turns nothing.
    """
    (layer,) = network.layers
    product = np.eye(layer.dim)
    for letter in layer.alphabet:
        product = np.array(layer.letter_matrix(letter), dtype=np.float64) @ product
    values, vectors = np.linalg.eig(product)
    angles = np.where(np.imag(values) > 1e-6, np.angle(values), np.inf)
    if not np.isfinite(angles).any():
        return None
    vector = vectors[:, int(np.argmin(angles))]
    return np.linalg.qr(np.column_stack([vector.real, vector.imag]))[0]


def _line(start: Points, end: Points, colour: str, bend: float) -> str:
    """Return a slightly bent line, so that a pair of states may have several."""
    middle = (start + end) / 2 + bend * np.array([end[1] - start[1], start[0] - end[0]]) * 0.5
    return (
        f'<path d="M{start[0]:.1f} {start[1]:.1f}Q{middle[0]:.1f} {middle[1]:.1f} '
        f'{end[0]:.1f} {end[1]:.1f}" fill="none" stroke="{colour}" stroke-opacity="0.75"/>'
    )

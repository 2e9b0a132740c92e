"""Drawings for the documentation pages, so that the pages show ideas and not plotting code."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch

from negeig.automata.machines.machine import Machine

INK, ACCENT, OTHER = "#333333", "#c0392b", "#2471a3"


def draw_machine(machine: Machine, labels: Sequence[str]) -> None:
    """Draw a machine with at most a handful of states on a circle; the start has a thick rim."""
    n = machine.size
    angles = [math.pi * (1 - 2 * q / n) for q in range(n)]
    places = [(math.cos(angle), math.sin(angle)) for angle in angles]
    figure, axes = plt.subplots(figsize=(4.2, 3.2 if n > 2 else 2.2))
    arrows: dict[tuple[int, int], list[str]] = defaultdict(list)
    for q in range(n):
        for a, letter in enumerate(machine.alphabet):
            arrows[q, int(machine.transitions[q, a])].append(letter)
    for (source, target), letters in arrows.items():
        _arrow(axes, places[source], places[target], ", ".join(letters))
    for q, (x, y) in enumerate(places):
        axes.plot(x, y, "o", ms=40, mfc="white", mec=INK, mew=3 if q == machine.initial else 1)
        axes.annotate(labels[q], (x, y), ha="center", va="center", color=INK)
    axes.set(xlim=(-2.1, 2.1), ylim=(-1.8, 1.8) if n > 2 else (-0.9, 0.9), aspect="equal")
    axes.axis("off")
    figure.tight_layout()
    plt.show()


def _arrow(
    axes: Axes, source: tuple[float, float], target: tuple[float, float], label: str
) -> None:
    (x, y), (u, v) = source, target
    if source == target:  # a loop on the outside of the circle of states
        start = 1.25 * x - 0.18 * y, 1.25 * y + 0.18 * x
        end = 1.25 * x + 0.18 * y, 1.25 * y - 0.18 * x
        curve, gap, at = -1.6, 0, (1.85 * x, 1.85 * y)
    else:
        start, end, curve, gap = source, target, -0.3, 22
        length = math.hypot(u - x, v - y)
        away = 0.15 + 0.16 / length
        at = (x + u) / 2 - away * (v - y), (y + v) / 2 + away * (u - x)
    arrow = FancyArrowPatch(
        start,
        end,
        connectionstyle=f"arc3,rad={curve}",
        arrowstyle="-|>",
        mutation_scale=14,
        shrinkA=gap,
        shrinkB=gap,
        color=INK,
    )
    axes.add_patch(arrow)
    axes.annotate(label, at, ha="center", va="center", color=ACCENT)


def draw_sequences(sequences: dict[str, Sequence[float]], title: str) -> None:
    """Draw one number over time for several recurrences."""
    figure, axes = plt.subplots(figsize=(6.4, 2.8))
    for (label, values), colour in zip(sequences.items(), (ACCENT, OTHER), strict=False):
        axes.plot(range(len(values)), values, "o-", ms=4, lw=1, color=colour, label=label)
    axes.axhline(0, color=INK, lw=0.5)
    axes.set(xlabel="letters read", ylabel="state $h$", title=title)
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False)
    figure.tight_layout()
    plt.show()

"""Tables and pictures of the pages of worked constructions, made from what the package returns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from html import escape
from typing import Any, Protocol

from orbits import orbit_svg
from sequences import sequences_svg

import negeig
from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.monoid import transition_monoid
from negeig.claims import Letter, Output, Word
from negeig.pipeline.parts.budget_not_met import BudgetNotMet
from negeig.pipeline.precision import PrecisionResult
from negeig.pipeline.run import RunResult
from negeig.report.drawing.graph import Edge, Vertex, graph_svg
from negeig.report.drawing.layout import breadth_first_ranks
from negeig.report.drawing.svg import LETTER_COLOURS
from negeig.report.pictures import cayley_svg
from negeig.report.pictures.closure import closure_svg
from negeig.report.pictures.state_diagram import parallel_edges
from negeig.theory.bounds import limits as theorems
from negeig.theory.bounds.limit import Limit
from negeig.theory.bounds.lower_bound import LowerBound
from negeig.theory.closure.explore import Exploration
from negeig.theory.constructions.budget import Budget
from negeig.theory.networks.network import Layer, LinearRNN

ARITHMETICS = ("exact", "bf16", "bf16:acc32", "fp16", "e4m3fn", "fp32", "fp32:fma")
"""What the pages ask about, where nothing else is the point."""

CLASSES = {
    "nonnegative-spectrum": "matrices with real eigenvalues ≥ 0",
    "real-spectrum": "matrices with real eigenvalues, in layer i also those of 2^(i-1) letters",
    "nonnegative-symmetric": "symmetric matrices with eigenvalues ≥ 0",
    "nonnegative-diagonal": "diagonal matrices with entries ≥ 0",
    "real-diagonal": "real diagonal matrices",
    "complex-diagonal": "complex diagonal matrices",
    "rounded-nonnegative-diagonal": "diagonal matrices with entries ≥ 0, every operation rounded",
    "rounded-real-diagonal": "real diagonal matrices, every operation rounded",
    "one-contractive-layer": "one layer that lengthens no distance, finitely many exact states",
}

INSIDE = {
    "nonnegative-symmetric": {"nonnegative-spectrum"},
    "nonnegative-diagonal": {"nonnegative-spectrum", "real-diagonal", "complex-diagonal"},
    "real-diagonal": {"real-spectrum", "complex-diagonal"},
    "rounded-nonnegative-diagonal": {"rounded-real-diagonal"},
}
"""Classes that contain a class: where one of them cannot, it cannot either."""


class Drawn(Protocol):
    """What draws itself in a notebook."""

    def _repr_svg_(self) -> str | None: ...


@dataclass(frozen=True)
class Html:
    """Something that a notebook shows as HTML."""

    text: str

    def _repr_html_(self) -> str:
        return self.text


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Html:
    """Return a table that scrolls where it is too wide; the first cell of a row names the row."""
    top = "".join(f'<th scope="col">{escape(text)}</th>' for text in head)
    body = "".join(
        f'<tr><th scope="row">{escape(str(first))}</th>'
        + "".join(f"<td>{escape(str(cell))}</td>" for cell in cells)
        + "</tr>"
        for first, *cells in rows
    )
    inner = f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"
    return Html(_scrolling("construction", head[0], inner))


def picture(drawn: Drawn | str, about: str) -> Html:
    """Return a picture that shrinks a little on a small screen, and scrolls on a smaller one."""
    svg = drawn if isinstance(drawn, str) else drawn._repr_svg_()
    if svg is None:
        raise ValueError(f"too large to be drawn: {about}")
    width = re.search(r'<svg[^>]* width="([\d.]+)', svg)
    least = 0.7 * float(width[1]) if width else 300.0
    svg = svg.replace("<svg", f'<svg style="min-width: {least:.0f}px"', 1)
    caption = f"<figcaption>{escape(about)}</figcaption>"
    return Html(f"<figure>{_scrolling('construction picture', about, svg)}{caption}</figure>")


def _scrolling(kind: str, name: str, inner: str) -> str:
    label = escape(name, quote=True)
    return f'<div class="{kind}" tabindex="0" role="group" aria-label="{label}">{inner}</div>'


def words(machine: Machine, *examples: str | Sequence[str]) -> Html:
    """Return words with the machine's output after each letter, the one before the first left out.

    Where letters are longer than one character, a text is split at its spaces.
    """
    separator = "" if all(len(letter) == 1 for letter in machine.alphabet) else " "
    rows = []
    for example in examples:
        word = list(example)
        if separator and isinstance(example, str):
            word = example.split()
        outputs = machine.run(word)
        shown = " ".join(map(_output, outputs[1:])) or "-"
        rows.append((separator.join(word) or "(nothing)", shown, _output(outputs[-1])))
    return table(("word", "after each letter", "answer"), rows)


def _output(output: Output) -> str:
    return "none" if output is None else str(output)


def moves(machine: Machine, about: str) -> Html:
    """Draw a machine without the letters that leave a state as it is, outputs in the boxes."""
    table = machine.transitions.tolist()
    edges = [
        Edge(source=p, target=q, title=f"{p} to {q}", lines=(", ".join(letters),))
        for p, q, columns in parallel_edges(table)
        if p != q
        for letters in ([machine.alphabet[a] for a in columns],)
    ]
    vertices = [
        Vertex(lines=(_output(output),), title=f"state {q}", initial=q == machine.initial)
        for q, output in enumerate(machine.outputs)
    ]
    ranks = breadth_first_ranks(table, machine.initial)
    return picture(graph_svg(vertices, edges, ranks, about), about)


def transitions(machine: Machine) -> Html:
    """Return where each letter leads from each state, with the output in each."""
    head = ("state", "output", *machine.alphabet)
    rows = zip(machine.outputs, machine.transitions.tolist(), strict=True)
    return table(head, [(q, _output(output), *row) for q, (output, row) in enumerate(rows)])


def cayley(machine: Machine, about: str) -> Html:
    """Draw the elements of the monoid of a machine, and what each letter makes of each."""
    return picture(cayley_svg(transition_monoid(machine)), about)


def eggbox(machine: Machine, about: str) -> Html:
    """Draw the monoid of a machine as its egg-box."""
    return picture(transition_monoid(machine), about)


def limits(machine: Machine, network: LinearRNN) -> tuple[Limit, ...]:
    """Return what can and what cannot do a task, as ``negeig.check`` does beside all else."""
    return theorems.limits(machine, transition_monoid(machine), networks=[network])


def impossible(found: Iterable[Limit]) -> Html:
    """Return the largest classes of layers that provably cannot do a task, each with the reason."""
    refused = {limit.class_: limit for limit in found if limit.verdict == "impossible"}
    rows = []
    for name, limit in refused.items():
        if not INSIDE.get(name, set()) & set(refused):
            bound = limit.bound_detail
            rows.append(
                (
                    CLASSES[name] + (", any depth" if limit.depth == "any" else ""),
                    limit.reason,
                    f"{bound.letters:,} letters" if bound else "-",
                )
            )
    return table(("layers", "why they cannot", "one layer of 64 numbers in bf16 errs within"), rows)


def least(found: Iterable[LowerBound]) -> Html:
    """Return what every network needs at least, the strongest bound for each quantity and depth."""
    strongest: dict[tuple[str, int | None], LowerBound] = {}
    for bound in found:
        key = bound.quantity, bound.layers
        if bound.on_eigenvalues or bound.own_group or bound.no_reflections or bound.value < 2:
            continue
        if key not in strongest or bound.value > strongest[key].value:
            strongest[key] = bound
    names = {"layers": "layers", "steps": "steps a token", "dim": "dimension"}
    rows = [
        (
            f"{names[quantity]} ≥ {bound.value}" + (", in one layer" if layers == 1 else ""),
            bound.reason,
            bound.assumption,
        )
        for (quantity, layers), bound in strongest.items()
    ]
    return table(("at least", "why", "assuming"), rows)


def refused(regex: str | None = None, *, budget: Budget, **named: Any) -> Html:
    """Ask for a network within a budget that none meets, and return why; ValueError if one does."""
    try:
        negeig.compile(regex, budget=budget, **named)
    except BudgetNotMet as refusal:
        if refusal.impossible:
            return table(("refused",), [[reason] for reason in refusal.impossible])
        raise
    raise ValueError("there is a network within the budget")


def enough(found: Iterable[Limit]) -> Html:
    """Return the smallest classes of layers that can do a task."""
    able = {limit.class_ for limit in found if limit.verdict == "possible"}
    larger = {name for inner in able for name in INSIDE.get(inner, ())}
    return table(("enough",), [[text] for name, text in CLASSES.items() if name in able - larger])


def weights(shown: LinearRNN | Layer) -> Html:
    """Return what the letters of each layer do, as delta steps and as the matrix they make."""
    return Html(f'<div class="construction">{shown._repr_html_()}</div>')


def changed(
    network: LinearRNN, letter: Letter, *, layer: int = 0, step: int = 0, **values: Any
) -> LinearRNN:
    """Return a network with the beta, key or write of one step of a letter changed."""
    old = network.layers[layer]
    steps = list(old.steps[letter])
    steps[step] = replace(steps[step], **{k: _exact(v) for k, v in values.items()})
    new = replace(old, steps={**old.steps, letter: tuple(steps)})
    return replace(network, layers=(*network.layers[:layer], new, *network.layers[layer + 1 :]))


def _exact(value: Any) -> Any:
    return tuple(map(Fraction, value)) if isinstance(value, tuple) else Fraction(value)


def closure(network: LinearRNN, about: str) -> Html:
    """Draw all states that words of any length lead to, in exact arithmetic."""
    return picture(closure_svg(network), about)


def orbit(network: LinearRNN, about: str, **options: Any) -> Html:
    """Draw the states that words lead to as points of the plane, lines of a colour for a letter."""
    return picture(orbit_svg(network, **options), about)


def precision(found: PrecisionResult) -> Html:
    """Return what was found in each arithmetic."""
    rows = [(name, one.verdict, _states(one), _remark(one)) for name, one in found.results]
    return table(("arithmetic", "every length", "states", "how, or why not"), rows)


def _states(found: Exploration) -> str:
    if not found.states:
        return "not listed"
    return f"over {found.states:,}" if found.layerwise else f"{found.states:,}"


def _remark(found: Exploration) -> str:
    if found.verdict == "proved":
        region = found.region
        if found.proof == "regions":
            return f"{found.boxes or (region.boxes if region else 0)} boxes hold all states"
        return {"exactness": "nothing is rounded", "layers": "layer by layer"}.get(
            found.proof or "", "all states visited"
        )
    if found.verdict == "collision":
        return "no decoder is right after both " + " and ".join(map(_word, found.words))
    if found.wrong_word is not None:
        return f"errs on {_word(found.wrong_word)}"
    if found.horizon is not None:
        beyond = found.horizon.word
        errs = "" if beyond is None else f", errs on one of {len(beyond):,}"
        return f"right up to {found.horizon.length:,} letters{errs}"
    return "the search ended before the states did"


def _word(word: Word) -> str:
    if len(word) > 8:
        return f"a word of {len(word):,} letters"
    separator = "" if all(len(letter) == 1 for letter in word) else " "
    return separator.join(word) or "the empty word"


def run(found: RunResult) -> Html:
    """Return how a run on words went."""
    wrong = int(found.run.mismatch is not None)
    rows = [(found.backend, f"{found.tokens:,}", wrong, str(found.verdict))]
    return table(("kernel", "letters compared", "wrong", "verdict"), rows)


def sequences(
    values: Mapping[str, Sequence[Fraction]], about: str, ylabel: str = "state h"
) -> Html:
    """Draw numbers over time."""
    return picture(sequences_svg(values, ylabel), about)


def digits(codes: Sequence[Sequence[int]], about: str) -> Html:
    """Draw rows of 0 and 1 over time, one row for each layer: 1 is pale."""
    wide, high = 5, 18
    squares = [
        f'<rect x="{x * wide}" y="{y * high}" width="{wide}" height="{high - 4}" fill="{fill}"/>'
        for x, row in enumerate(codes)
        for y, digit in enumerate(row)
        for fill in ("#e8ecef" if digit else LETTER_COLOURS[0],)
    ]
    across, down = wide * len(codes), high * len(codes[0])
    size = f'width="{across}" height="{down}" viewBox="0 0 {across} {down}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img"'
    svg = f'{head} aria-label="{escape(about, quote=True)}">{"".join(squares)}</svg>'
    return picture(svg, about)

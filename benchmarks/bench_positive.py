"""Layers with eigenvalues in [0, 1] that count for ever, because every operation is rounded.

    python benchmarks/bench_positive.py [--blocks N] [--save]

A letter is one delta step or two, or a dense matrix with a bias. Every step's eigenvalue
1 - beta |k|^2 lies in [0, 1], exactly; a matrix has two positive ones. The letter is read again and
again from one start, every operation rounded to the format, and the period of what follows is
counted. Block number b of a family and format is drawn from ``numpy.random.default_rng([.., b])``:
numbers of at most three significant bits, and writes near the product of key and start, in all
bits of the format. Every block is a line of ``benchmarks/results/positive.jsonl``, written at once:
an interrupted run goes on where it stopped. The smallest letter of period 2 and of period 3, by
the bits of all its numbers, is proved by closure before it is written.

``--save`` writes the sums and the smallest letters to ``benchmarks/results/positive.json``.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from machine import describe, summary
from negeig.precision.closure.rounding_cycles import counts
from negeig.precision.numbers._rounding_compiled import read_letters
from negeig.precision.numbers.arithmetic import parse
from negeig.precision.numbers.compiled_model import CompiledModel
from negeig.theory.networks.network import DeltaStep, DenseStep, Step

Floats = NDArray[np.float64]

RESULTS = Path(__file__).parent / "results"
LINES = RESULTS / "positive.jsonl"
FORMATS = (
    *("fp32", "bf16", "fp16", "e4m3fn", "e5m2", "e3m2fn", "e2m3fn", "e2m1fn"),
    *("bf16:acc32", "e4m3fn:acc32"),
)
"""All operations in a format; and fp32 operations with the state rounded after each letter."""
PERIODS = (2, 3)
LETTERS = 20_000
"""Letters of a block."""

MATRICES = 20
"""Matrices drawn for each letter of a block: most have no two eigenvalues in (0, 1]."""

REST, LONGEST = 200, 40
"""Repetitions before a period is looked for, and the longest period that is told."""


@dataclass(frozen=True)
class Family:
    """Steps a letter and their dimension; ``kind``: free keys, dyadic keys of length 1, dense."""

    kind: str
    steps: int
    dim: int

    @property
    def name(self) -> str:
        """How results call it."""
        return f"{self.kind}, {self.steps} x {self.dim}"


FAMILIES = (
    Family("keys", 1, 1),
    Family("keys", 2, 1),
    Family("keys", 1, 2),
    Family("keys", 2, 2),
    Family("unit keys", 1, 4),
    Family("unit keys", 2, 4),
    Family("dense", 1, 2),
)


@dataclass(frozen=True, eq=False)
class Drawn:
    """Letters as arrays (letters, steps, ...) and one start each, all held by the format."""

    start: Floats
    beta: Floats
    key: Floats
    write: Floats
    matrix: Floats
    bias: Floats

    def steps(self, letter: int) -> tuple[Step, ...]:
        """Return the exact steps of one letter."""
        if self.matrix.size:
            rows = tuple(exact(row) for row in self.matrix[letter, 0].tolist())
            return (DenseStep(rows, exact(self.bias[letter, 0].tolist())),)
        return tuple(
            DeltaStep(Fraction(b), exact(k), Fraction(v))
            for b, k, v in zip(
                self.beta[letter].tolist(), self.key[letter].tolist(), self.write[letter].tolist(),
                strict=True,
            )
        )  # fmt: skip


def exact(values: list[float]) -> tuple[Fraction, ...]:
    """Return floats as fractions."""
    return tuple(map(Fraction, values))


class Rounding:
    """One format: rounding of arrays, and letters read by the compiled reference arithmetic."""

    def __init__(self, name: str) -> None:
        self.number = FORMATS.index(name)
        self.arithmetic = parse(name)
        self.model = CompiledModel(self.arithmetic)
        self.precision = self.arithmetic.state.precision  # type: ignore[union-attr]

    def numbers(
        self, rng: np.random.Generator, size: tuple[int, ...], *, signed: bool = True
    ) -> Floats:
        """Draw numbers of at most three bits from 1/8 to 7/2; in 6 bits and fewer, any to 4."""
        if self.precision + self.arithmetic.state.emax <= 8:  # type: ignore[union-attr]
            units = np.arange(1, 33) / 8
            units = units[self.held(units) == units]
            found = rng.choice(units, size)
        else:
            found = rng.integers(4, 8, size) * 2.0 ** rng.integers(-5, 0, size)
        return found * rng.choice([-1, 1], size) if signed else found

    def held(self, values: Floats) -> Floats:
        """Round float64 values to the format, to nearest even, with its range."""
        state = self.arithmetic.state
        found = [state.nearest(Fraction(x)) for x in values.ravel().tolist()]  # type: ignore[union-attr]
        return np.array(found).reshape(values.shape)

    def read(self, states: Floats, drawn: Drawn, times: int) -> Floats:
        """Read every letter so often in its own state; states (letters, dim)."""
        count, dim = states.shape
        if not count:
            return states
        steps = 1 if drawn.matrix.size else drawn.beta.shape[1]
        kind = self.model.float_type
        begins = np.arange(0, count * steps, steps, dtype=np.int32)
        dense = np.arange(count, dtype=np.int32) if drawn.matrix.size else None
        arrays = (
            drawn.beta.reshape(-1).astype(kind),
            drawn.write.reshape(-1).astype(kind),
            drawn.key.reshape(-1, dim).astype(kind),
            np.full(count * steps, -1, np.int32) if dense is None else dense,
            drawn.matrix.reshape(-1, dim, dim).astype(kind),
            drawn.bias.reshape(-1, dim).astype(kind),
        )
        after = states.astype(kind)
        temporary = np.zeros(dim, kind)
        for _ in range(times):
            read_letters(
                after, temporary, dim, count, begins, begins + np.int32(steps), arrays,
                self.model.model, self.model.rounded, self.model.spec,
            )  # fmt: skip
        return after.astype(np.float64)


def draw(family: Family, rounding: Rounding, block: int) -> Drawn:
    """Draw the letters of one block, with eigenvalues in [0, 1], all numbers held by the format."""
    numbers = [FAMILIES.index(family), rounding.number, block]
    rng, n = np.random.default_rng(numbers), LETTERS * (MATRICES if family.kind == "dense" else 1)
    steps, dim = family.steps, family.dim
    start = rounding.numbers(rng, (n, dim))
    none = np.zeros((n, 0))
    if family.kind == "dense":
        matrix, bias = rounding.numbers(rng, (n, 1, dim, dim)), rounding.numbers(rng, (n, 1, dim))
        trace = matrix[:, 0, 0, 0] + matrix[:, 0, 1, 1]
        det = matrix[:, 0, 0, 0] * matrix[:, 0, 1, 1] - matrix[:, 0, 0, 1] * matrix[:, 0, 1, 0]
        keep = (trace > 0) & (det > 0) & (trace * trace >= 4 * det) & (trace <= 1 + det)
        keep &= trace < 2  # both eigenvalues lie in (0, 1]
        zeros = none[keep]
        made = Drawn(start[keep], zeros, zeros, zeros, matrix[keep], bias[keep])
    else:
        if family.kind == "unit keys":
            halves = rng.choice([-0.5, 0.5], (n, steps, dim))
            places = np.eye(dim)[rng.integers(0, dim, (n, steps))]
            key = np.where(rng.random((n, steps, 1)) < 0.75, halves, places)
        else:
            key = rounding.numbers(rng, (n, steps, dim))
        beta = rounding.numbers(rng, (n, steps), signed=False)
        square = (key * key).sum(axis=2)
        # Exact: six bits times five bits. The largest power of two that keeps beta in range.
        beta *= 2.0 ** -np.ceil(np.maximum(np.log2(beta * square), 0))
        near = (key * start[:, None, :]).sum(axis=2)
        unit = 2.0 ** (np.floor(np.log2(np.abs(near) + 1e-9)) + 1 - rounding.precision)
        near = rounding.held(near + rng.integers(-2, 3, (n, steps)) * unit)
        write = np.where(rng.random((n, steps)) < 0.5, near, rounding.numbers(rng, (n, steps)))
        write[rng.random((n, steps)) < 0.1] = 0
        keep = (beta * square <= 1).all(axis=1)
        empty = np.zeros((0, 1, dim))
        made = Drawn(start[keep], beta[keep], key[keep], write[keep], none[:0], empty)
    ok = np.ones(len(made.start), bool)
    for values in vars(made).values():
        if len(values):
            flat = values.reshape(len(values), -1)
            ok &= (rounding.held(flat) == flat).all(axis=1) & np.isfinite(flat).all(axis=1)
    return Drawn(**{k: v[ok] if len(v) else v for k, v in vars(made).items()})


def periods(drawn: Drawn, rounding: Rounding) -> tuple[NDArray[np.int64], Floats]:
    """Return the period after many repetitions, 0 where there is none so short, and the state."""
    rest = rounding.read(drawn.start, drawn, REST)
    found = np.zeros(len(rest), np.int64)
    found[~np.isfinite(rest).all(axis=1)] = -1
    state = rest
    for period in range(1, LONGEST + 1):
        state = rounding.read(state, drawn, 1)
        same = (state.view(np.int64) == rest.view(np.int64)).all(axis=1)
        found[same & (found == 0)] = period
    return np.maximum(found, 0), rest


def bits(values: Iterator[Fraction]) -> int:
    """Return the significant bits of some dyadic numbers together."""
    tops = (abs(x.numerator) for x in values if x)
    return sum(n.bit_length() - (n & -n).bit_length() + 1 for n in tops)


def size(steps: tuple[Step, ...], start: tuple[Fraction, ...]) -> int:
    """Return the bits of all numbers of a letter and its start."""
    numbers: list[Fraction] = list(start)
    for step in steps:
        if isinstance(step, DeltaStep):
            numbers += [step.beta, *step.key, step.write]  # type: ignore[list-item]
        else:
            numbers += [x for row in (*step.matrix, step.bias) for x in row]  # type: ignore[misc]
    return bits(iter(numbers))


def example(drawn: Drawn, letter: int, rest: Floats, rounding: Rounding, period: int) -> Any:
    """Return one letter with its cycle, proved by closure; None where closure does not prove it."""
    one = Drawn(**{k: v[letter : letter + 1] if len(v) else v for k, v in vars(drawn).items()})
    states = [rest[letter : letter + 1]]
    for _ in range(period - 1):
        states.append(rounding.read(states[-1], one, 1))
    cycle = [exact(state[0].tolist()) for state in states]
    steps = drawn.steps(letter)
    result = counts(steps, cycle, rounding.arithmetic)
    if result.verdict != "proved" or result.states != period:
        return None
    shown: list[Any] = [
        {"beta": str(s.beta), "key": [*map(str, s.key)], "write": str(s.write)}
        if isinstance(s, DeltaStep)
        else {"matrix": [[*map(str, row)] for row in s.matrix], "bias": [*map(str, s.bias)]}
        for s in steps
    ]
    return {
        "bits": size(steps, cycle[0]),
        "steps": shown,
        "cycle": [[*map(str, point)] for point in cycle],
    }


def measured(family: Family, name: str, block: int) -> dict[str, Any]:
    """Draw one block, count the periods, and keep the smallest letters that are proved."""
    began = time.perf_counter()
    rounding = Rounding(name)
    drawn = draw(family, rounding, block)
    found, rest = periods(drawn, rounding)
    smallest: dict[str, Any] = {}
    for period in PERIODS:
        ranked = sorted(
            (size(drawn.steps(i), exact(rest[i].tolist())), i)
            for i in np.flatnonzero(found == period).tolist()
        )
        proved = (example(drawn, i, rest, rounding, period) for _, i in ranked[:20])
        best = next((one for one in proved if one is not None), None)
        if best is not None:
            smallest[str(period)] = best
    counts = Counter(found.tolist())
    return {
        "family": family.name,
        "format": name,
        "block": block,
        "letters": len(found),
        "periods": {str(p): counts[p] for p in sorted(counts)},
        "smallest": smallest,
        "seconds": round(time.perf_counter() - began, 2),
    }


def summed(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Add the blocks of every family and format."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for one in lines:
        row = rows.setdefault(
            (one["family"], one["format"]),
            {"family": one["family"], "format": one["format"], "blocks": 0, "letters": 0,
             "periods": Counter(), "smallest": {}},
        )  # fmt: skip
        row["blocks"] += 1
        row["letters"] += one["letters"]
        row["periods"].update(one["periods"])
        for period, letter in one["smallest"].items():
            known = row["smallest"].get(period)
            if known is None or letter["bits"] < known["bits"]:
                row["smallest"][period] = letter
    for row in rows.values():
        row["periods"] = dict(sorted(row["periods"].items(), key=lambda pair: int(pair[0])))
    return list(rows.values())


def main() -> None:
    """Go through families, formats and blocks; skip what is there already."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--blocks", type=int, default=5)
    parser.add_argument("--save", action="store_true")
    options = parser.parse_args()
    machine = describe()
    print(summary(machine))
    lines = [json.loads(x) for x in LINES.read_text().splitlines()] if LINES.exists() else []
    done = {(one["family"], one["format"], one["block"]) for one in lines}
    with LINES.open("a") as file:
        for block in range(options.blocks):
            for family in FAMILIES:
                for name in FORMATS:
                    if (family.name, name, block) in done:
                        continue
                    lines.append(measured(family, name, block))
                    file.write(json.dumps(lines[-1]) + "\n")
                    file.flush()
    rows = summed([one for one in lines if one["block"] < options.blocks])
    for row in rows:
        print(
            f"{row['family']:<18}{row['format']:<13}{row['letters']:>9,} letters {row['periods']}"
        )
    if options.save:
        beside = RESULTS / "positive.json.new"
        beside.write_text(json.dumps({"machine": machine, "rows": rows}, indent=1) + "\n")
        beside.replace(RESULTS / "positive.json")


if __name__ == "__main__":
    main()

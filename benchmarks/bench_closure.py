"""Distinct network states a second that the closure search explores.

    python benchmarks/bench_closure.py [--runs N] [--save]

S5 by adjacent swaps: dimension 5, four letters, keys (e_i - e_j)/sqrt2 rounded to bf16, beta 2.
Each arithmetic is run once unmeasured, so that compiled functions are cached, and then N times.
Nothing is printed unless the number of states is the known one. ``--save`` writes every figure to
``benchmarks/results/closure.json``.
"""

from __future__ import annotations

import argparse
import itertools
import json
import statistics
from fractions import Fraction
from pathlib import Path

from machine import describe, summary
from negeig.automata.machines.machine import Machine
from negeig.precision.closure.rounded_closure import closure
from negeig.theory.networks.network import DeltaStep, Layer, LinearRNN, Step

RESULTS = Path(__file__).parent / "results"
LIMIT = 2_000_000
CASES = [("bf16", 254_936), ("bf16:acc32", 120), ("fp32", LIMIT), ("fp32:fma", LIMIT)]
KEY = Fraction(181, 256)
"""1/sqrt2 rounded to bf16."""


def adjacent_swaps(n: int) -> tuple[LinearRNN, Machine]:
    """Return the network and the machine of S_n acting on (1, ..., n)."""
    orders = list(itertools.permutations(range(1, n + 1)))
    number = {order: q for q, order in enumerate(orders)}
    letters = tuple("abcdefgh"[: n - 1])
    steps: dict[str, tuple[Step, ...]] = {}
    columns = []
    for i, letter in enumerate(letters):
        key = [Fraction(0)] * n
        key[i], key[i + 1] = KEY, -KEY
        steps[letter] = (DeltaStep(Fraction(2), tuple(key), Fraction(0)),)
        columns.append([number[(*o[:i], o[i + 1], o[i], *o[i + 2 :])] for o in orders])
    names = ["".join(map(str, order)) for order in orders]
    codes = tuple(tuple(map(Fraction, order)) for order in orders)
    layer = Layer(
        alphabet=letters,
        initial=codes[0],
        steps=steps,
        codes=codes,
        emit=tuple((name,) * len(letters) for name in names),
    )
    network = LinearRNN(
        alphabet=letters, layers=(layer,), outputs={s: s for s in names}, empty=names[0]
    )
    transitions = list(zip(*columns, strict=True))
    return network, Machine(alphabet=letters, transitions=transitions, initial=0, outputs=names)


def main() -> None:
    """Measure, print, and save when asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5, help="measured runs of each arithmetic")
    parser.add_argument("--save", action="store_true", help="write results/closure.json")
    options = parser.parse_args()
    machine = describe()
    print(summary(machine))
    network, task = adjacent_swaps(5)
    rows = []
    for arithmetic, expected in CASES:
        results = [
            closure(network, task, arithmetic, max_states=LIMIT) for _ in range(options.runs + 1)
        ]
        if any(result.states != expected for result in results):
            raise SystemExit(f"{arithmetic}: {results[0].states} states, expected {expected}")
        first, runs = results[0].seconds, [result.seconds for result in results[1:]]
        rows.append(
            {
                "arithmetic": arithmetic,
                "verdict": results[0].verdict,
                "states": expected,
                "first_seconds": first,
                "seconds": runs,
            }
        )
        median = statistics.median(runs)
        print(
            f"{arithmetic:12} {results[0].verdict:7} {expected:9,} states  "
            f"median {median:7.3f} s of {options.runs}, {min(runs):.3f} to {max(runs):.3f} s  "
            f"{expected / median / 1e6:6.2f} M states/s; first run {first:.3f} s"
        )
    if options.save:
        RESULTS.mkdir(exist_ok=True)
        text = json.dumps({"machine": machine, "closures": rows}, indent=1)
        (RESULTS / "closure.json").write_text(text + "\n")


if __name__ == "__main__":
    main()

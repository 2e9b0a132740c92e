"""Tokens a second of the backends that run a network, and what the loops of backend cpu cost.

    python benchmarks/bench_kernels.py [--runs N] [--backend NAME ...] [--save]

First networks compiled from tasks of the zoo, comparison with the machine included: every one is
run once unmeasured, and the median and the range are printed. Then the recurrence of backend cpu
beside the same loops in C, its decoder and its threads, and a plain loop in torch: see
``recurrence.py``. ``--save`` writes every figure to ``benchmarks/results/kernels.json``.
"""

from __future__ import annotations

import argparse
import json
import statistics
from pathlib import Path

import negeig
import recurrence
from machine import describe, summary
from negeig.claims import Verdict
from negeig.kernels.backend import BACKENDS
from negeig.kernels.conformance import compare

RESULTS = Path(__file__).parent / "results"
TASKS = ["parity", "sym:3", "sym:5", "flipflop", "dyck1:4", "sym:8:adjacent"]


def main() -> None:
    """Measure, print, and save when asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5, help="measured runs of each network")
    parser.add_argument("--backend", nargs="+", choices=list(BACKENDS), default=["cpu", "triton"])
    parser.add_argument("--save", action="store_true", help="write results/kernels.json")
    options = parser.parse_args()
    machine = describe()
    print(summary(machine))
    rows = []
    for task in TASKS:
        network = negeig.compile(zoo=task).network
        target = negeig.language(zoo=task).machine
        layer = network.layers[0]
        for backend in options.backend:
            results = [compare(network, target, backend=backend) for _ in range(options.runs + 1)][
                1:
            ]
            if any(result.verdict is not Verdict.PASSED for result in results):
                raise SystemExit(f"{task} on {backend}: {results[0].word} is wrong")
            speeds = [result.tokens_per_second for result in results]
            rows.append(
                {
                    "task": task,
                    "backend": backend,
                    "device": results[0].device,
                    "dim": layer.dim,
                    "steps_per_token": layer.steps_per_token,
                    "tokens": results[0].tokens,
                    "seconds": [result.seconds for result in results],
                }
            )
            print(
                f"{task:16} {backend:10} d = {layer.dim:2}, {layer.steps_per_token} steps  "
                f"{results[0].tokens:9,} tokens  median {statistics.median(speeds):12,.0f} "
                f"tokens/s, {min(speeds):,.0f} to {max(speeds):,.0f}"
            )
    loops = recurrence.measure(options.runs)
    if options.save:
        RESULTS.mkdir(exist_ok=True)
        text = json.dumps({"machine": machine, "runs": rows, "recurrence": loops}, indent=1)
        (RESULTS / "kernels.json").write_text(text + "\n")


if __name__ == "__main__":
    main()

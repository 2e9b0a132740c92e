"""Distinct network states a second that the closure search explores, and the bytes of one.

    python benchmarks/bench_closure.py [--runs N] [--before CHECKOUT] [--save]

S5 by adjacent swaps: dimension 5, four letters, keys (e_i - e_j)/sqrt2 rounded to bf16, beta 2.
Each arithmetic is run in a process of its own, once unmeasured, so that compiled functions are
cached, and then N times, on one thread and on all. ``--before`` names a checkout of an older
version, which is run in turn with this one. CPU seconds stand beside seconds, for machines that
are not idle. Nothing is printed unless the number of states is the known one. ``--save`` writes
every figure to ``benchmarks/results/closure.json``; what it says there of a search of 200 million
states, ``large``, is kept.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import statistics
import subprocess
import sys
import time
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


def measure(arithmetic: str, threads: int, runs: int) -> None:
    """Print the figures of one arithmetic as JSON; ``threads`` 0 for versions without."""
    network, task = adjacent_swaps(5)
    more = {}
    if threads:
        from negeig.precision.closure.scale.options import Scale

        more["scale"] = Scale(threads=threads)
    rows = []
    for _ in range(runs + 1):
        cpu = time.process_time()
        result = closure(network, task, arithmetic, max_states=LIMIT, **more)
        rows.append((result.seconds, time.process_time() - cpu))
    print(json.dumps({"verdict": result.verdict, "states": result.states, "runs": rows}))


def child(checkout: str, arithmetic: str, threads: int, runs: int) -> dict:
    """Measure one arithmetic with a checkout in a process of its own."""
    command = [sys.executable, __file__, "--one", arithmetic, "--threads", str(threads)]
    environment = {**os.environ, "PYTHONPATH": checkout}
    done = subprocess.run(
        [*command, "--runs", str(runs)], env=environment, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def main() -> None:
    """Measure, print, and save when asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5, help="measured runs of each arithmetic")
    parser.add_argument("--before", help="checkout of an older version, measured in turn")
    parser.add_argument("--save", action="store_true", help="write results/closure.json")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("--threads", type=int, default=0, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        measure(options.one, options.threads, options.runs)
        return
    if options.before and not (Path(options.before) / "negeig").is_dir():
        parser.error(f"--before names the folder of a checkout, found {options.before!r}")
    machine = describe()
    print(summary(machine))
    here = str(Path(__file__).parents[1])
    versions = [("before", options.before, 0)] if options.before else []
    versions += [("now", here, threads) for threads in sorted({1, len(os.sched_getaffinity(0))})]
    rows = []
    for arithmetic, expected in CASES:
        for version, checkout, threads in versions:
            found = child(checkout, arithmetic, threads, options.runs)
            if found["states"] != expected:
                raise SystemExit(f"{arithmetic}: {found['states']} states, expected {expected}")
            first, *runs = found["runs"]
            seconds, cpu = zip(*runs, strict=True)
            median = statistics.median(seconds)
            rows.append(
                {
                    "arithmetic": arithmetic,
                    "version": version,
                    "threads": threads or 1,
                    "verdict": found["verdict"],
                    "states": expected,
                    "first_seconds": first[0],
                    "seconds": seconds,
                    "cpu_seconds": cpu,
                }
            )
            print(
                f"{arithmetic:12} {version:6} {threads or 1} threads {found['verdict']:7} "
                f"{expected:9,} states  median {median:7.3f} s of {options.runs}, "
                f"{min(seconds):.3f} to {max(seconds):.3f} s, CPU {statistics.median(cpu):.3f} s  "
                f"{expected / median / 1e6:6.2f} M states/s"
            )
    if options.save:
        RESULTS.mkdir(exist_ok=True)
        path = RESULTS / "closure.json"
        large = json.loads(path.read_text()).get("large") if path.exists() else None
        text = json.dumps({"machine": machine, "closures": rows, "large": large}, indent=1)
        path.write_text(text + "\n")


if __name__ == "__main__":
    main()

"""Transition monoids with words and both Cayley graphs, against libsemigroups.

    python benchmarks/bench_monoid.py [--runs N] [--case NAME ...] [--save]

Peer: ``FroidurePin`` of libsemigroups_pybind11, which computes the same. Every measurement is a
process of its own, ours and the peer's in turn; figures are medians. Seconds are CPU time of one
thread, which other programs disturb less than the clock on the wall; ours include everything
``transition_monoid`` does, after a call on a small monoid has loaded the compiled functions. Peaks
are of the whole process. Green's relations, of ours only, are timed apart. Nothing is printed
unless the sizes are right. ``--save`` writes every figure to ``benchmarks/results/monoid.json``.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import itertools
import json
import math
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from machine import describe, summary

RESULTS = Path(__file__).parent / "results"
PEER = "libsemigroups_pybind11"
Maps = list[list[int]]


def transformations(n: int) -> Maps:
    """T_n: a cycle, a transposition, and a map that merges two points."""
    return [[*range(1, n), 0], [1, 0, *range(2, n)], [0, 0, *range(2, n)]]


def rooks(n: int) -> Maps:
    """Partial permutations of n points; point n stands for undefined."""
    return [[*range(1, n), 0, n], [1, 0, *range(2, n + 1)], [n, *range(1, n + 1)]]


def on_pairs(maps: Maps) -> Maps:
    """The same monoid on ordered pairs of points."""
    n = len(maps[0])
    return [[m[p] * n + m[q] for p, q in itertools.product(range(n), repeat=2)] for m in maps]


CASES = {
    "T7": (transformations(7), 7**7),
    "T8": (transformations(8), 8**8),
    "S10": (transformations(10)[:2], math.factorial(10)),
    "I8": (rooks(8), sum(math.comb(8, k) ** 2 * math.factorial(k) for k in range(9))),
    "T6-pairs": (on_pairs(transformations(6)), 6**6),
    "T7-pairs": (on_pairs(transformations(7)), 7**7),
}


def ours(maps: Maps) -> tuple[int, dict[str, float]]:
    """Size, and seconds of the enumeration and of Green's relations."""
    from negeig.automata.machines.machine import Machine
    from negeig.automata.monoids.green import green
    from negeig.automata.monoids.monoid import transition_monoid

    def run(maps: Maps) -> tuple[int, dict[str, float]]:
        machine = Machine(
            alphabet="abc"[: len(maps)],
            transitions=np.transpose(maps),
            initial=0,
            outputs=list(range(len(maps[0]))),
        )
        start = time.process_time()
        monoid = transition_monoid(machine, max_elements=20_000_000, max_memory=4 << 30)
        enumerated = time.process_time()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        relations = green(monoid)
        assert relations.n_h >= max(relations.n_r, relations.n_l) >= relations.n_j
        done = time.process_time()
        return monoid.size, {
            "seconds": enumerated - start,
            "green_seconds": done - enumerated,
            "peak_mb": peak / 1000,
        }

    # A smaller monoid on as many points, but too large for plain Python.
    warm = transformations(6) if len(maps) == 3 else transformations(8)[:2]
    run([[*row, *range(len(row), len(maps[0]))] for row in warm])
    return run(maps)


def peer(maps: Maps) -> tuple[int, dict[str, float]]:
    """Size and seconds."""
    from libsemigroups_pybind11 import FroidurePin, ReportGuard, Transf

    ReportGuard(False)
    start = time.process_time()
    semigroup = FroidurePin([Transf(row) for row in maps])
    semigroup.run()
    seconds = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return semigroup.size(), {"seconds": seconds, "peak_mb": peak / 1000}


def measure(which: str, name: str) -> dict[str, float]:
    """Run one measurement in a process of its own."""
    command = [sys.executable, __file__, "--one", which, name]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    size, expected = figures.pop("size"), CASES[name][1]
    if size != expected:
        raise SystemExit(f"{name}, {which}: {size:,} elements, expected {expected:,}")
    return figures


def medians(runs: list[dict[str, float]]) -> dict[str, Any]:
    """Median of every figure, and the range of the seconds."""
    found: dict[str, Any] = {key: statistics.median(run[key] for run in runs) for key in runs[0]}
    seconds = [run["seconds"] for run in runs]
    return found | {"fastest": min(seconds), "slowest": max(seconds)}


def main() -> None:
    """Measure, print, and save when asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=3, help="measured runs of each")
    parser.add_argument("--case", choices=CASES, action="append", help="only these monoids")
    parser.add_argument("--save", action="store_true", help="write results/monoid.json")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        which, name = options.one
        size, figures = {"ours": ours, "peer": peer}[which](CASES[name][0])
        print(json.dumps({"size": size, **figures}))
        return
    machine = describe()
    print(summary(machine))
    try:
        version = importlib.metadata.version(PEER)
    except importlib.metadata.PackageNotFoundError:
        raise SystemExit(f"the peer is not installed: pip install {PEER}") from None
    print(f"{PEER} {version}; medians of {options.runs} runs")
    rows = []
    for name in options.case or CASES:
        pairs = [(measure("ours", name), measure("peer", name)) for _ in range(options.runs)]
        first, second = (medians(list(runs)) for runs in zip(*pairs, strict=True))
        row = {
            "monoid": name,
            "elements": CASES[name][1],
            "points": len(CASES[name][0][0]),
            "ours": first,
            "peer": second,
            "time_ratio": second["seconds"] / first["seconds"],
            "memory_ratio": second["peak_mb"] / first["peak_mb"],
        }
        rows.append(row)
        print(
            f"{name:9} {row['elements']:>11,} elements on {row['points']:>2} points"
            f"  ours {first['seconds']:7.3f} s {first['peak_mb']:6,.0f} MB"
            f"  peer {second['seconds']:7.3f} s {second['peak_mb']:6,.0f} MB"
            f"  time 1/{row['time_ratio']:.1f}  memory 1/{row['memory_ratio']:.1f}"
            f"  (Green's relations {first['green_seconds']:.3f} s)"
        )
    if options.save:
        RESULTS.mkdir(exist_ok=True)
        result = {"machine": machine, "peer": f"{PEER} {version}", "rows": rows}
        (RESULTS / "monoid.json").write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()

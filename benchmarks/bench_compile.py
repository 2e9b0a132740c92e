"""Compile 1,000 seeded random machines: layers, dimension, steps and time, against every bound.

    python benchmarks/bench_compile.py [--machines N] [--from SEED] [--save]

Machine number s is drawn from ``random.Random(s)``: 4 to 8 states, 2 or 3 letters, uniform tables
and outputs, drawn again until it is minimal. Each is compiled and proved for all lengths in exact
arithmetic; one that is not stops nothing and is counted as missing. Every result is a line of
``benchmarks/results/compile.jsonl``, written at once: an interrupted run goes on where it stopped.
``--save`` writes the summary to ``benchmarks/results/compile.json``, with the named tasks whose
times are of interest.

Beside the layers stand the 2^|Q| of Grazzi et al., Theorem 4, the height of the plain holonomy
cascade, and a lower bound on layers.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import time
from collections import Counter
from pathlib import Path
from typing import Any

from machine import describe, summary
from negeig.automata.decomposition.subduction import height
from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.monoid import transition_monoid
from negeig.automata.zoo import get
from negeig.claims import LimitReached, NegeigError
from negeig.pipeline.choosing import choose
from negeig.theory.bounds.lower_bounds import lower_bounds

RESULTS = Path(__file__).parent / "results"
LINES = RESULTS / "compile.jsonl"
TASKS = ("parity", "mod:7", "sym:5", "sym:5:swaps", "alt:5", "cyclic:100", "dihedral:50")


def random_machine(seed: int) -> Machine:
    """Return the minimal machine of this number."""
    source = random.Random(seed)
    states, letters = source.randint(4, 8), source.randint(2, 3)
    while True:
        machine = Machine(
            alphabet="abc"[:letters],
            transitions=[[source.randrange(states) for _ in range(letters)] for _ in range(states)],
            initial=0,
            outputs=[source.randrange(2) for _ in range(states)],
        )
        if machine.minimal().size == states:
            return machine.minimal()


def compiled(machine: Machine) -> dict[str, Any]:
    """Compile one machine; say what it took, or why there is nothing."""
    start = time.perf_counter()
    try:
        found = choose(machine)
    except NegeigError as error:
        return {"route": None, "reason": str(error), "seconds": time.perf_counter() - start}
    seconds = time.perf_counter() - start
    if found.winner is None:
        reasons = [asked.detail for asked in found.asked if asked.detail]
        return {"route": None, "reason": "; ".join(reasons), "seconds": seconds}
    layers, steps, dim = found.winner.cost
    return {
        "route": found.winner.construction.route,
        "layers": layers,
        "steps": steps,
        "dim": dim,
        "states": found.winner.claims[0].states,
        "front": [list(point.cost) for point in found.front],
        "seconds": round(seconds, 3),
    }


def measured(seed: int) -> dict[str, Any]:
    """Compile the machine of one seed and set the bounds beside it."""
    machine = random_machine(seed)
    try:
        monoid = transition_monoid(machine, max_elements=20_000)
    except LimitReached:
        monoid = None
    bounds = [b for b in lower_bounds(machine, monoid) if b.quantity == "layers"]
    below = [b.value for b in bounds if not b.no_reflections]
    return {
        "seed": seed,
        "machine": [machine.size, len(machine.alphabet)],
        **compiled(machine),
        "published": 2**machine.size,
        "height": height(machine),
        "lower": max(below, default=0),
    }


def distribution(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Counts of layers, dimension and steps, and how they stand against the bounds."""
    found = [row for row in rows if row["route"]]
    return {
        "machines": len(rows),
        "missing": [row["seed"] for row in rows if not row["route"]],
        "above_height": [row["seed"] for row in found if row["layers"] > max(1, row["height"])],
        "routes": dict(Counter(row["route"] for row in found).most_common()),
        "layers": dict(sorted(Counter(row["layers"] for row in found).items())),
        "height": dict(sorted(Counter(row["height"] for row in found).items())),
        "lower": dict(sorted(Counter(row["lower"] for row in found).items())),
        "layers_above_lower": dict(
            sorted(Counter(row["layers"] - row["lower"] for row in found).items())
        ),
        "published": dict(sorted(Counter(row["published"] for row in found).items())),
        "dim": quartiles([row["dim"] for row in found]),
        "steps": quartiles([row["steps"] for row in found]),
        "seconds": quartiles([row["seconds"] for row in found]),
        "seconds_8_states": quartiles([r["seconds"] for r in found if r["machine"][0] == 8]),
    }


def quartiles(values: list[float]) -> list[float]:
    """Least, lower quartile, median, upper quartile, largest."""
    if len(values) < 2:
        return values
    low, middle, high = statistics.quantiles(values, n=4)
    return [min(values), low, middle, high, max(values)]


def main() -> None:
    """Measure, print, and save when asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--machines", type=int, default=1000)
    parser.add_argument("--from", dest="first", type=int, default=0)
    parser.add_argument("--save", action="store_true", help="write results/compile.json")
    options = parser.parse_args()
    described = describe()
    print(summary(described))
    RESULTS.mkdir(exist_ok=True)
    rows = [json.loads(line) for line in LINES.read_text().splitlines()] if LINES.exists() else []
    done = {row["seed"] for row in rows}
    wanted = range(options.first, options.first + options.machines)
    with LINES.open("a") as lines:
        for seed in wanted:
            if seed in done:
                continue
            row = measured(seed)
            rows.append(row)
            lines.write(json.dumps(row) + "\n")
            lines.flush()
            if len(rows) % 50 == 0:
                print(f"{len(rows):,} machines", flush=True)
    rows = sorted((row for row in rows if row["seed"] in wanted), key=lambda row: row["seed"])
    found = distribution(rows)
    print(json.dumps(found, indent=1))
    tasks = {name: compiled(get(name).minimal()) for name in TASKS}
    for name, task in tasks.items():
        print(name, task)
    if options.save:
        document = {"machine": described, "random": found, "tasks": tasks}
        (RESULTS / "compile.json").write_text(json.dumps(document, indent=1) + "\n")


if __name__ == "__main__":
    main()

"""CPU seconds of commands as ratios, and wall time of whole commands, the interpreter included.

    python benchmarks/bench_cli.py [--runs N] [--save]

Each command is run once unmeasured, so that compiled functions and files are cached, Python's own
bytecode among them as in every installation, and then N times, all commands in turn, so that a busy
moment meets each of them. The ratios are of median CPU seconds, over what the imports of a library
cost by themselves, with the limit that they are to keep.
``--save`` writes every figure to ``benchmarks/results/cli.json``.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from machine import describe, summary

RESULTS = Path(__file__).parent / "results"
LIBRARIES = ["import click, rich", "import numba"]
# Command, what it is compared with, and the most CPU seconds it may cost as a multiple of that.
RATIOS: list[tuple[list[str], str, float]] = [
    (["--help"], "import click, rich", 2),
    (["zoo"], "import click, rich", 3),
    (["theorems"], "import click, rich", 3),
    (["explain", "T1"], "import click, rich", 3),
    (["check", "(11)*"], "import numba", 2),
    (["check", "--zoo", "sym:5"], "import numba", 4),
]
ENVIRONMENT = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
COMMANDS = [["--help"], ["check", "(11)*"], ["check", "--zoo", "sym:5"]]


def cost(arguments: list[str]) -> dict[str, float]:
    """CPU and wall seconds of one interpreter; raises when it does not exit with 0."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    command = [sys.executable, *arguments]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=ENVIRONMENT)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    user, system = after.ru_utime - before.ru_utime, after.ru_stime - before.ru_stime
    return {"cpu_seconds": user + system, "seconds": wall}


def measure(runs: int) -> list[dict[str, Any]]:
    """Run everything in turn; the first run of each is kept apart."""
    wanted = {line: ["-c", line] for line in LIBRARIES}
    for arguments in (*(command for command, _, _ in RATIOS), *COMMANDS):
        wanted[" ".join(["negeig", *arguments])] = ["-m", "negeig", *arguments]
    rows = {
        name: {"command": name, "first": cost(line), "runs": []} for name, line in wanted.items()
    }
    for _ in range(runs):
        for name, line in wanted.items():
            rows[name]["runs"].append(cost(line))
    return list(rows.values())


def main() -> None:
    """Measure, print, and save when asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5, help="measured runs of each command")
    parser.add_argument("--save", action="store_true", help="write benchmarks/results/cli.json")
    options = parser.parse_args()
    machine = describe()
    print(summary(machine))
    rows = measure(options.runs)
    cpu, wall = (
        {row["command"]: [run[key] for run in row["runs"]] for row in rows}
        for key in ("cpu_seconds", "seconds")
    )
    ratios = []
    print(f"median CPU seconds of {options.runs}, all in turn")
    for arguments, base, limit in RATIOS:
        command = " ".join(["negeig", *arguments])
        own, others = statistics.median(cpu[command]), statistics.median(cpu[base])
        ratios.append({"command": command, "base": base, "ratio": own / others, "limit": limit})
        print(
            f"{command:30} {own:6.3f} s over {others:.3f} s of {base}: "
            f"{own / others:.2f}, limit {limit:g}{'' if own <= limit * others else ', EXCEEDED'}"
        )
    print(f"median wall seconds of {options.runs}")
    for arguments in COMMANDS:
        command = " ".join(["negeig", *arguments])
        runs, first = wall[command], next(r["first"] for r in rows if r["command"] == command)
        print(
            f"{command:30} median {statistics.median(runs):6.2f} s of {options.runs}, "
            f"{min(runs):.2f} to {max(runs):.2f} s; first run {first['seconds']:.2f} s"
        )
    if options.save:
        RESULTS.mkdir(exist_ok=True)
        text = json.dumps({"machine": machine, "ratios": ratios, "commands": rows}, indent=1)
        (RESULTS / "cli.json").write_text(text + "\n")


if __name__ == "__main__":
    main()

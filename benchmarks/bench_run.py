"""What a long run costs beside the kernel itself: letters, machine and comparison included.

    python benchmarks/bench_run.py [--tokens N] [--runs R] [--long N] [--save]

The kernel alone reads the same letters again and again, on as many threads; a run writes new ones,
walks the machine and compares every symbol. Both in turn, wall time and CPU time; then one run of
``--long`` letters as the command line does it, with its memory. ``--save`` writes
``benchmarks/results/run.json``.
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
from collections.abc import Callable
from pathlib import Path

import numpy as np

from machine import describe, summary
from negeig.automata.language import Source
from negeig.kernels.backend import load
from negeig.kernels.streams.comparing import PIECE_TOKENS
from negeig.pipeline.conform import Asked
from negeig.pipeline.run import language_task, run
from negeig.pipeline.running.options import ROWS, RunOptions
from negeig.threads import pool

RESULTS = Path(__file__).parent / "results"
TASKS = ["parity", "sym:3", "sym:5", "flipflop", "dyck1:4"]


def timed(work: Callable[[], None]) -> tuple[float, float]:
    """Wall and CPU seconds of a call."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def kernel_alone(asked: Asked, tokens: int, threads: int) -> Callable[[], None]:
    """Return what reads so many letters on the kernel and looks at nothing."""
    task = asked.task
    backend = load("cpu", task.network, task.machine.alphabet)
    rows = ROWS // threads
    length = PIECE_TOKENS // rows
    generator = np.random.Generator(np.random.PCG64(0))
    words = generator.integers(len(task.machine.alphabet), size=(rows, length), dtype=np.int32)

    def read() -> None:
        stream = backend.stream(rows)
        for _ in range(tokens // (rows * length * threads)):
            stream.read(words)

    def work() -> None:
        with pool(threads) as several:
            for done in [several.submit(read) for _ in range(threads)]:
                done.result()

    return work


def whole_run(asked: Asked, tokens: int, threads: int) -> Callable[[], None]:
    """Return what runs so many letters; refuses a wrong symbol."""
    options = RunOptions(words="uniform", tokens=tokens, threads=threads)

    def work() -> None:
        result = run(asked, options)
        if result.exit_code:
            raise SystemExit(f"{asked.task.name} is wrong: {result.commands.replay(result.word)}")

    return work


def long_run(tokens: int) -> dict[str, float]:
    """Run ``sym:5`` as the command line does, in a process of its own; seconds and memory."""
    command = ["run", "--zoo", "sym:5", "--words", "uniform", "--tokens", str(tokens), "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "negeig", *command], capture_output=True, text=True, check=True
    )
    document = json.loads(done.stdout)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return {
        "tokens": document["tokens"],
        "seconds": document["seconds"],
        "tokens_per_second": document["tokens_per_second"],
        "peak_mib": round(peak / 1024, 1),
    }


def main() -> None:
    """Measure, print, and save when asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tokens", type=int, default=2**28, help="letters of a measurement")
    parser.add_argument("--runs", type=int, default=5, help="measurements of each")
    parser.add_argument("--long", type=int, default=0, help="letters of one long run of sym:5")
    parser.add_argument("--save", action="store_true", help="write results/run.json")
    options = parser.parse_args()
    machine = describe()
    print(summary(machine))
    threads = len(os.sched_getaffinity(0))
    rows = []
    for name in TASKS:
        asked = language_task(Source("zoo", name).read(), RunOptions())
        alone = kernel_alone(asked, options.tokens, threads)
        full = whole_run(asked, options.tokens, threads)
        timed(alone), timed(full)
        pairs = [(timed(alone), timed(full)) for _ in range(options.runs)]
        wall = [full[0] / alone[0] for alone, full in pairs]
        cpu = [full[1] / alone[1] for alone, full in pairs]
        rows.append({
            "task": name, "network": asked.task.about, "tokens": options.tokens,
            "kernel_wall": [a[0] for a, _ in pairs], "run_wall": [b[0] for _, b in pairs],
            "kernel_cpu": [a[1] for a, _ in pairs], "run_cpu": [b[1] for _, b in pairs],
        })  # fmt: skip
        speed = options.tokens / statistics.median(b[0] for _, b in pairs)
        print(
            f"{name:10} {speed:14,.0f} tokens/s; beside the kernel alone: wall median "
            f"{statistics.median(wall):.2f}, {min(wall):.2f} to {max(wall):.2f}; CPU "
            f"{statistics.median(cpu):.2f}, {min(cpu):.2f} to {max(cpu):.2f}"
        )
    found = {"machine": machine, "threads": threads, "runs": rows}
    if options.long:
        found["long"] = long = long_run(options.long)
        print(", ".join(f"{key} {value:,}" for key, value in long.items()))
    if options.save:
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / "run.json").write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()

"""(state, letter) pairs a second through a compiled kernel: machine code against the plain twin.

    python benchmarks/bench_ptx.py [--pairs N] [--runs N] [--save]

fla's fused_recurrent_delta_rule as compiled for sm_90 without fusion, random states, keys and betas
in float32, dimension 4, 8, 16: one launch moves every state by one letter. Both executors get the
same memory; nothing is printed unless they leave the same bytes. Compiling is not measured, one
core and all are, in seconds of the clock and of the CPU. ``--save`` writes every figure to
``benchmarks/results/ptx.json``.
"""

from __future__ import annotations

import argparse
import copy
import json
import statistics
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from machine import describe, summary
from negeig.kernels.adapters._fla_compiled import compiled
from negeig.kernels.implementation import Recurrence
from negeig.kernels.ptx.execution import execute as plain
from negeig.kernels.ptx.llvm.execution import execute as fast

RESULTS = Path(__file__).parent / "results"
NAME, TARGET = "fused_recurrent_delta_rule", "sm_90"
SEED = 20_261_201

Run = Callable[[Any], int]
"""An executor with all it needs but the memory."""


def launch(pairs: int, dim: int) -> tuple[Any, Callable[..., Run]]:
    """Return the memory of one launch, and what makes a run of it from an executor."""
    caught: list[Any] = []

    def catching(program: Any, grid: Any, arguments: Any, memory: Any, **options: Any) -> int:
        caught.append((program, grid, arguments, copy.deepcopy(memory), options))
        return fast(program, grid, arguments, memory, **options)

    draw = np.random.default_rng(SEED)
    shape = (pairs, 1)
    asked = Recurrence(
        dtype="fp32", steps=1, initial=draw.standard_normal((pairs, dim)).astype(np.float32),
        decay=np.ones(shape, np.float32), beta=draw.uniform(0, 2, shape).astype(np.float32),
        write=np.zeros(shape, np.float32),
        key=draw.standard_normal((*shape, dim)).astype(np.float32),
    )  # fmt: skip
    compiled(NAME, TARGET, fusion=False, executor=catching).kernel()(asked)
    program, grid, arguments, memory, options = caught[-1]

    def run(executor: Callable[..., int], **more: Any) -> Run:
        return lambda given: executor(program, grid, arguments, given, **options, **more)

    return memory, run


def measured(run: Run, memory: Any, runs: int) -> dict[str, Any]:
    """Return seconds of the clock and of the CPU of each run."""
    clock, cpu = [], []
    for _ in range(runs):
        given = copy.deepcopy(memory)
        started = time.perf_counter(), time.process_time()
        run(given)
        clock.append(time.perf_counter() - started[0])
        cpu.append(time.process_time() - started[1])
    return {"seconds": clock, "cpu_seconds": cpu}


def main() -> None:
    """Measure, print, and save when asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, default=8192, help="rows of a launch, a power of 2")
    parser.add_argument("--runs", type=int, default=5, help="measured runs of each executor")
    parser.add_argument("--save", action="store_true", help="write results/ptx.json")
    options = parser.parse_args()
    warnings.simplefilter("ignore")  # fla warns that there is no GPU
    machine = describe()
    print(summary(machine))
    rows = []
    for dim in (4, 8, 16):
        memory, run = launch(options.pairs, dim)
        executors = {"plain": run(plain), "fast, one core": run(fast, cores=1), "fast": run(fast)}
        left = [copy.deepcopy(memory) for _ in executors]
        for one, given in zip(executors.values(), left, strict=True):
            one(given)
        for given in left[1:]:
            same = (given.data == left[0].data).all() and (given.state == left[0].state).all()
            if not same:
                raise SystemExit(f"dimension {dim}: the executors leave different bytes")
        found = {name: measured(one, memory, options.runs) for name, one in executors.items()}
        row: dict[str, Any] = {"dim": dim, "pairs": options.pairs, "runs": found}
        for name, times in found.items():
            speed = options.pairs / statistics.median(times["seconds"])
            clock, cpu = (
                statistics.median(found["plain"][kind]) / statistics.median(times[kind])
                for kind in ("seconds", "cpu_seconds")
            )
            row[name] = {"pairs_per_second": speed, "times_plain": clock, "times_plain_cpu": cpu}
            print(f"d = {dim:2}  {name:15} {speed:12,.0f} pairs/s  {clock:6.1f} x plain by the "
                  f"clock, {cpu:6.1f} x in CPU seconds")  # fmt: skip
        rows.append(row)
    if options.save:
        file = RESULTS / "ptx.json"
        file.write_text(json.dumps({"machine": machine, "kernel": f"{NAME}@{TARGET}", "rows": rows},
                                   indent=1) + "\n")  # fmt: skip
        print(f"wrote {file}")


if __name__ == "__main__":
    main()

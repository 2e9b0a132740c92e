"""Seconds and memory that the checker takes for closures of several sizes.

    python benchmarks/bench_checker.py [--runs N] [--save]

A number that decays, h <- (1 - 2^-k) h in fp32, for four k: dimension 1, one letter. Then S5 by
adjacent swaps in bf16: 254,936 states, dimension 5, four letters, 120 codes. Each certificate is
written, then checked N times by ``python checker.py`` in a process of its own. Nothing is printed
unless it is verified. ``--save`` writes every figure to ``benchmarks/results/checker.json``.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from bench_closure import adjacent_swaps
from machine import describe, summary
from negeig.automata.machines.machine import Machine
from negeig.proofs_checks import checker
from negeig.proofs_checks.certificate import Certificate, write
from negeig.proofs_checks.runs.closure import closure_certificate
from negeig.theory.networks.network import DenseStep, Layer, LinearRNN

RESULTS = Path(__file__).parent / "results"
DECAYS = (7, 8, 9, 10)


def decay(k: int) -> tuple[LinearRNN, Machine]:
    """Return a network whose one state decays, and the task that asks nothing of it."""
    one, zero = Fraction(1), Fraction(0)
    step = DenseStep(((1 - Fraction(1, 2**k),),), (zero,))
    layer = Layer(
        alphabet=("a",), initial=(one,), steps={"a": (step,)}, codes=((one,),), emit=(("x",),)
    )
    network = LinearRNN(alphabet=("a",), layers=(layer,), outputs={"x": 0}, empty=0)
    return network, Machine(alphabet="a", transitions=[[0]], initial=0, outputs=[0])


def cases() -> Iterator[tuple[str, Certificate]]:
    """Yield names and certificates."""
    for k in DECAYS:
        network, machine = decay(k)
        yield f"decay 2^-{k}", closure_certificate(network, machine, "fp32")
    yield "S5 by swaps", closure_certificate(*adjacent_swaps(5), "bf16")


CHILD = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE, text=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(done.returncode, used.ru_utime + used.ru_stime, used.ru_maxrss, done.stdout[:8])
"""
"""A small process starts the checker: what a process holds counts as held by those it starts."""


def measured(path: str) -> tuple[float, float, float]:
    """Return seconds, CPU seconds and megabytes of one check."""
    started = time.perf_counter()
    command = [sys.executable, "-S", "-c", CHILD, sys.executable, checker.__file__, path]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    code, cpu, kilobytes, said = done.stdout.split()
    if (code, said) != ("0", "VERIFIED"):
        raise SystemExit(f"not verified: {said}")
    return time.perf_counter() - started, float(cpu), float(kilobytes) / 1024


def main() -> None:
    """Measure, print, and save if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--save", action="store_true")
    options = parser.parse_args()
    machine = describe()
    print(summary(machine))
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for name, certificate in cases():
            path = str(Path(folder, "certificate.json"))
            write(path, [certificate])
            runs = [measured(path) for _ in range(options.runs)]
            row = {
                "name": name,
                "states": certificate.evidence["states"],
                "edges": certificate.evidence["states"]
                * len(certificate.about["machine"]["alphabet"]),
                "bytes": Path(path).stat().st_size,
                "seconds": [round(run[0], 3) for run in runs],
                "cpu_seconds": [round(run[1], 3) for run in runs],
                "megabytes": round(max(run[2] for run in runs), 1),
            }
            rows.append(row)
            middle = statistics.median(row["cpu_seconds"])
            print(
                f"{name:<12} {row['states']:>9,} states  {middle:7.2f} CPU s  "
                f"{middle / row['states'] * 1e6:6.1f} us a state  {row['megabytes']:6.0f} MB"
            )
    if options.save:
        RESULTS.mkdir(exist_ok=True)
        text = json.dumps({"machine": machine, "rows": rows}, indent=1) + "\n"
        (RESULTS / "checker.json").write_text(text)


if __name__ == "__main__":
    main()

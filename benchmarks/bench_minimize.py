"""Minimisation and regex-to-minimal-machine, against automata-lib.

    python benchmarks/bench_minimize.py [--runs N] [--save]

Ours and the peer's run in turn in one process; figures are medians of CPU seconds, which other
programs disturb less than the clock on the wall. Machines are built before the clock starts.
Nothing is printed unless both sides find the same number of states. Machines of a million states
are ours alone. ``--save`` writes every figure to ``benchmarks/results/minimize.json``.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from automata.fa.dfa import DFA
from automata.fa.nfa import NFA

from machine import describe, summary
from negeig.automata.expressions.regex_machine import regex_to_machine
from negeig.automata.machines.machine import Machine
from negeig.automata.machines.minimize import minimize

RESULTS = Path(__file__).parent / "results"
PEER = "automata-lib"
LARGE = 1_000_000
EXPRESSIONS = ["(a|b)*a(a|b){9}", "(a|b)*abba(a|b)*", "(aa|bb|(ab|ba)(aa|bb)*(ab|ba))*"]


def tables(n: int) -> dict[str, tuple[Any, Any]]:
    """Transition tables of n states over a, b, and the accepting states."""
    rng = np.random.default_rng(0)
    states = np.arange(n)
    counter = np.stack([states, (states + 1) % n], axis=1)
    chain = np.stack([np.minimum(states + 1, n - 1), np.zeros(n, int)], axis=1)
    return {
        "random": (rng.integers(n, size=(n, 2)), rng.integers(2, size=n)),
        f"counter mod {n}": (counter, states == 0),
        f"counter mod 10, {n} states": (counter, states % 10 == 0),
        "run of a's": (chain, states == n - 1),
    }


def ours(table: Any, accepting: Any) -> Machine:
    outputs = np.asarray(accepting).astype(int).tolist()
    return Machine(alphabet="ab", transitions=table, initial=0, outputs=outputs)


def peers(table: Any, accepting: Any) -> DFA:
    return DFA(
        states=set(range(len(table))),
        input_symbols={"a", "b"},
        transitions={q: {"a": a, "b": b} for q, (a, b) in enumerate(table.tolist())},
        initial_state=0,
        final_states=set(np.flatnonzero(accepting).tolist()),
    )


def minimal_of_regex(expression: str) -> DFA:
    return DFA.from_nfa(NFA.from_regex(expression), retain_names=False, minify=True)


def seconds(function: Callable[[], object]) -> tuple[float, object]:
    start = time.process_time()
    result = function()
    return time.process_time() - start, result


def compare(
    name: str, first: Callable[[], Machine], second: Callable[[], DFA] | None, runs: int
) -> dict[str, Any]:
    """Run both in turn after one unmeasured run each; medians, and a line for people."""
    found = first()
    if second is not None:
        rows = second().transitions.values()
        # A machine with a transition missing leaves the sink out.
        states = len(rows) + any(len(row) < len(found.alphabet) for row in rows)
        if states != found.size:
            raise SystemExit(f"{name}: {found.size} states, the peer found {states}")
    pairs = [(seconds(first)[0], seconds(second)[0] if second else 0.0) for _ in range(runs)]
    mine, other = (statistics.median(column) for column in zip(*pairs, strict=True))
    row = {"name": name, "states": found.size, "seconds": mine}
    line = f"{name:36} {found.size:>9,} states  ours {mine * 1000:9.2f} ms"
    if second is not None:
        row |= {"peer_seconds": other, "time_ratio": other / mine}
        line += f"  peer {other * 1000:9.2f} ms  time 1/{other / mine:.1f}"
    print(line)
    return row


def main() -> None:
    """Measure, print, and save when asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=9, help="measured runs of each")
    parser.add_argument("--save", action="store_true", help="write results/minimize.json")
    options = parser.parse_args()
    machine = describe()
    print(summary(machine))
    version = importlib.metadata.version(PEER)
    print(f"{PEER} {version}; medians of {options.runs} runs")
    rows = []
    for name, (table, accepting) in tables(1000).items():
        mine, other = ours(table, accepting), peers(table, accepting)
        rows.append(
            compare(
                name,
                lambda mine=mine: minimize(mine),
                lambda other=other: other.minify(retain_names=False),
                options.runs,
            )
        )
    for expression in EXPRESSIONS:
        rows.append(
            compare(
                expression,
                lambda expression=expression: regex_to_machine(expression),
                lambda expression=expression: minimal_of_regex(expression),
                options.runs,
            )
        )
    for name, (table, accepting) in tables(LARGE).items():
        mine = ours(table, accepting)
        rows.append(compare(name, lambda mine=mine: minimize(mine), None, 3))
    if options.save:
        RESULTS.mkdir(exist_ok=True)
        result = {"machine": machine, "peer": f"{PEER} {version}", "rows": rows}
        (RESULTS / "minimize.json").write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()

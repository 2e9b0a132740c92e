"""How much is open: every architecture of the catalogue against 60 languages.

    python benchmarks/bench_open.py [--before CLONE | --before-saved] [--save] [--only N]

For each language the rows of the catalogue are counted: possible, impossible, open.

* *any depth*: the rows as ``negeig check`` prints them.
* *at most 1, 2, 3, 4 layers, in bf16*: possible only by a network at hand with so few layers that
  is proved for words of every length in exact arithmetic and in bf16, or by a cited theorem that
  says how many layers it takes; impossible by a theorem for any depth, or for this one.

``--before CLONE`` counts the rows of another version too, with its own catalogue, by running its
command line in a clone of it. A language that it does not know by name is given as a file. It says
nothing of depths: a row that its network makes possible has that network's layers.

``--before-saved`` takes them from the results that were saved last.

"same" counts the rows of this version for the entries only that the version before had, 34 of them:
like for like. The entries that were added since are in ``ADDED``.

Every verdict that is possible by a network is one of a network that was proved in this run. The
tests compare verdicts with networks; here they are counted.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from machine import describe, summary
from negeig import api
from negeig.automata.formats.files import write
from negeig.pipeline.check import CheckResult
from negeig.theory.architectures import find
from negeig.theory.architectures.verdicts import ArchitectureRow, verdicts

RESULTS = Path(__file__).parent / "results" / "open.json"
DEPTHS = (1, 2, 3, 4)
ANY = "any depth"

LANGUAGES = (
    *("(11)*", "(111)*", "(1111)*", "(ab)*", "(aab)*", "(aa|b)*", "(aa|bb)*", "a*b*", "a*b*c*"),
    *("a(a|b)*", "(a|b)a(a|b)*", "(a|b)*abb", "(a|b)*a(a|b)", "(a|b|c)*ac*", "(a|b)*aa(a|b)*"),
    *("(a|b)*a(a|b)*b(a|b)*", "~((a|b)*bb(a|b)*)", "(b*ab*a)*b*", "(a|r)*r(aa)*"),
    *("(a|b|r)*r(b*ab*ab*a)*b*", "b*a(b*ab*ab*)*|c", "(a(ab)*b)*", "(a(a(ab)*b)*b)*"),
)
"""Regular expressions; the zoo comes after them."""

ZOO = (
    *("parity", "mod:3", "mod:4", "mod:5", "mod:6", "cyclic:4", "cycle-nav:5", "dihedral:4"),
    *("sym:3", "sym:4", "sym:5", "sym:5:swaps", "alt:4", "alt:5", "quaternion"),
    *("product:cyclic:2,sym:3:all", "adder", "modarith:2", "modarith:3", "transformations:3"),
    *("flipflop", "flipflop:4", "flipflop-wir", "recall:2:2", "gridworld:4"),
    *("permutation-reset:3", "dyck1:2", "dyck1:3", "dyck2:2", "tomita:3", "tomita:4", "tomita:5"),
    *("tomita:7", "even-pairs", "abab", "contains:aba", "starts-with:abb"),
)

TASKS: tuple[dict[str, str], ...] = (
    *({"regex": regex} for regex in LANGUAGES),
    *({"zoo": name} for name in ZOO),
)

CITED = {"one-hot": 1, "rwkv-7-regular": 4}
"""Layers that theorems cited by the version before take."""

ADDED = frozenset(
    (
        *("rwkv-4", "simple-gla", "hgrn", "mesanet", "mamba-3", "selective-rope", "aussm", "comba"),
        *("gated-deltaproduct-2", "gated-deltaproduct-2-negative", "gated-deltaproduct"),
        *("gated-deltaproduct-negative", "kda-bounded", "gated-deltanet-2", "complex-kda", "slice"),
        *("gated-deltanet-2-negative", "momentum-deltanet"),
    )
)
"""Entries that the version before (5e8648f) did not have; its HGRN is the complex one."""

Counts: TypeAlias = dict[str, int]


def checked(task: Mapping[str, str]) -> CheckResult:
    """Check one language, proving networks in bf16."""
    return api.check(**task, backends=(), arithmetic=("bf16",))


def rows_of(result: CheckResult) -> dict[str, tuple[ArchitectureRow, ...]]:
    """Return the rows of this version, at any depth and at each."""
    proved = [point.construction.network for point in result.front if point.is_proved]
    at_each = {str(depth): verdicts(result.limits, proved, depth=depth) for depth in DEPTHS}
    return {ANY: result.architectures, **at_each}


def counts_of(result: CheckResult, *, without: frozenset[str] = frozenset()) -> dict[str, Counts]:
    """Count the rows of this version, but those of some entries."""
    names = {find(id_).name for id_ in without}
    found = {
        depth: Counter(row.verdict for row in rows if row.name not in names)
        for depth, rows in rows_of(result).items()
    }
    return {name: dict(sorted(counts.items())) for name, counts in found.items()}


def counts_before(clone: Path, task: Mapping[str, str], result: CheckResult) -> dict[str, Counts]:
    """Count the rows of the version in a clone, for the language of a result of this one."""
    named = [task["regex"]] if "regex" in task else ["--zoo", task["zoo"]]
    answer = ask(clone, named)
    if "architectures" not in answer:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "machine.json"
            write(result.machine, str(path))
            answer = ask(clone, ["--file", str(path)])
    rows = answer["architectures"]
    network = answer["construction"]
    layers = 99 if network is None else len(network["layers"])
    in_bf16 = {claim["id"]: claim["verdict"] for claim in answer["claims"]}.get("bf16") == "proved"
    found = {ANY: Counter(row["verdict"] for row in rows)}
    for depth in DEPTHS:
        found[str(depth)] = Counter()
        for row in rows:
            verdict = row["verdict"]
            if row["theorem"] == "closure" and not (in_bf16 and layers <= depth):
                verdict = "open"
            elif verdict == "possible" and row["theorem"] != "closure":
                verdict = verdict if CITED.get(row["theorem"], 99) <= depth else "open"
            found[str(depth)][verdict] += 1
    return {name: dict(sorted(counts.items())) for name, counts in found.items()}


def ask(clone: Path, named: Sequence[str]) -> dict[str, Any]:
    """Return what ``negeig check --json`` of a clone prints."""
    command = [sys.executable, "-m", "negeig", "check", *named, "--no-run", "--json"]
    done = subprocess.run(
        [*command, "--arithmetic", "bf16"],
        cwd=clone,
        env={**os.environ, "PYTHONPATH": str(clone)},
        capture_output=True,
        text=True,
        check=False,
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def share(counts: Sequence[Mapping[str, int]]) -> dict[str, float]:
    """Return the share of each verdict in all rows."""
    total = sum(sum(row.values()) for row in counts)
    return {
        verdict: round(sum(row.get(verdict, 0) for row in counts) / total, 4)
        for verdict in ("impossible", "possible", "open")
    }


def main() -> None:
    """Count, print, and write on request."""
    parser = argparse.ArgumentParser(description=__doc__)
    before = parser.add_mutually_exclusive_group()
    before.add_argument("--before", type=Path, metavar="CLONE")
    before.add_argument("--before-saved", action="store_true")
    parser.add_argument("--only", type=int, default=len(TASKS), help="the first N languages")
    parser.add_argument("--save", action="store_true")
    options = parser.parse_args()
    machine = describe()
    print(summary(machine))
    saved: dict[str, Any] = {}
    if options.before_saved:
        lines_saved = json.loads(RESULTS.read_text())["languages"]
        saved = {line["language"]: line["before"] for line in lines_saved}
    lines = []
    for task in TASKS[: options.only]:
        result = checked(task)
        language = " ".join(task.values())
        row: dict[str, Any] = {"language": language, "now": counts_of(result)}
        row["same"] = counts_of(result, without=ADDED)
        if options.before is not None:
            row["before"] = counts_before(options.before.resolve(), task, result)
        elif options.before_saved:
            row["before"] = saved[language]
        lines.append(row)
        shown = "  ".join(
            f"{which} open {row[which][ANY].get('open', 0)}/{sum(row[which][ANY].values())}"
            for which in ("before", "now")
            if which in row
        )
        print(f"{row['language']:28} {shown}", flush=True)
    shares: dict[str, dict[str, dict[str, float]]] = {}
    for which in ("before", "same", "now"):
        if which not in lines[0]:
            continue
        shares[which] = {
            depth: share([line[which][depth] for line in lines]) for depth in lines[0][which]
        }
        for depth, found in shares[which].items():
            text = "  ".join(f"{verdict} {100 * x:5.1f} %" for verdict, x in found.items())
            print(f"{which:7} {depth:10} {text}")
    if options.save:
        RESULTS.write_text(
            json.dumps({"machine": machine, "shares": shares, "languages": lines}, indent=1) + "\n"
        )


if __name__ == "__main__":
    main()

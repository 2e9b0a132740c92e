"""The monotone lemmas of bf16, exhausted: every factor, every addend, every state.

    python benchmarks/bench_monotone.py [--save]

``x -> fl(a x)`` for every a (nondecreasing from +0 up, nonincreasing from -0 down) and
``x -> fl(x + b)`` for every finite b, over all values x of bf16 in their order, -0 below +0,
infinities at the ends, NaN left out where 0 meets an infinity; so is every ``fl(fl(a x) + b)``, a
composition of two of them. The store from float32 to bf16, over all 2^32 float32. One part is 1024
factors, addends or stretches of float32; each is a line of
``benchmarks/results/monotone.jsonl``, written at once: an interrupted run goes on where it
stopped. A part that finds a pair out of order ends the program with 1.

``tests/theory/bounds/test_monotone.py`` runs some parts of it, and all of the eight-bit formats.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from machine import describe, summary

RESULTS = Path(__file__).parent / "results"
LINES = RESULTS / "monotone.jsonl"
PART = 1024
STRETCH = 1 << 22

Array: TypeAlias = NDArray[Any]


def chain() -> Array:
    """Return all values of bf16 but NaN as float32, in their order: -inf ... -0, +0 ... inf."""
    upward = (np.arange(0x7F81, dtype=np.uint32) << 16).view(np.float32)
    return np.concatenate([-upward[::-1], upward])


def to_bf16(values: Array) -> Array:
    """Round float32 to bf16, to nearest even, by its bits; NaN is not looked at."""
    found = values.view(np.uint32)
    return (found + np.uint32(0x7FFF) + ((found >> 16) & 1) & np.uint32(0xFFFF0000)).view(
        np.float32
    )


def order(values: Array) -> Array:
    """Return integers in the order of float32 values, -0 one below +0."""
    found = values.view(np.int32)
    return np.where(found < 0, np.int32(-1) - (found & np.int32(0x7FFFFFFF)), found)


def falls(values: Array, *, down: bool) -> int:
    """Return how many neighbours are out of order; NaN are left out."""
    keys = order(values[~np.isnan(values)])
    before, after = (keys[1:], keys[:-1]) if down else (keys[:-1], keys[1:])
    return int((after < before).sum())


def products(part: int, ordered: Array, rounding: Callable[[Array], Array] = to_bf16) -> int:
    """Return the pairs out of order under the factors of one part."""
    found = 0
    for a in ordered[part * PART : (part + 1) * PART]:
        found += falls(rounding(a * ordered), down=bool(np.signbit(a)))
    return found


def sums(part: int, ordered: Array, rounding: Callable[[Array], Array] = to_bf16) -> int:
    """Return the pairs out of order under the addends of one part."""
    found = 0
    for b in ordered[part * PART : (part + 1) * PART]:
        if np.isfinite(b):
            found += falls(rounding(ordered + b), down=False)
    return found


def stored(part: int, ordered: Array, rounding: Callable[[Array], Array] = to_bf16) -> int:
    """Return the pairs out of order in one stretch of float32, and the next one's first."""
    del ordered
    first = part * STRETCH
    upward = np.arange(first, min(first + STRETCH + 1, 0x7F800001), dtype=np.int64)
    if not upward.size:
        return 0
    found = upward.astype(np.uint32).view(np.float32)
    return falls(rounding(found), down=False) + falls(rounding(-found), down=True)


LEMMAS: dict[str, tuple[Callable[..., int], int]] = {
    "x -> fl(a x)": (products, -(-2 * 0x7F81 // PART)),
    "x -> fl(x + b)": (sums, -(-2 * 0x7F81 // PART)),
    "x -> store(x)": (stored, -(-0x7F800001 // STRETCH)),
}
"""For each lemma what a part of it is, and how many parts there are."""


def main() -> None:
    """Go through all parts, skip what is there already."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--save", action="store_true")
    options = parser.parse_args()
    machine = describe()
    print(summary(machine))
    lines = [json.loads(x) for x in LINES.read_text().splitlines()] if LINES.exists() else []
    done = {(one["lemma"], one["part"]) for one in lines}
    ordered = chain()
    with LINES.open("a") as file, np.errstate(all="ignore"):
        for lemma, (check, parts) in LEMMAS.items():
            for part in range(parts):
                if (lemma, part) in done:
                    continue
                began = time.perf_counter()
                line = {"lemma": lemma, "part": part, "falls": check(part, ordered)}
                line["seconds"] = round(time.perf_counter() - began, 2)
                lines.append(line)
                file.write(json.dumps(line) + "\n")
                file.flush()
    rows = []
    for lemma, (_, parts) in LEMMAS.items():
        own = [one for one in lines if one["lemma"] == lemma]
        rows.append(
            {"lemma": lemma, "parts": len(own), "falls": sum(one["falls"] for one in own),
             "seconds": round(sum(one["seconds"] for one in own), 1)}
        )  # fmt: skip
        print(f"{lemma:<16}{len(own):>6} of {parts} parts, {rows[-1]['falls']} out of order")
    if options.save:
        beside = RESULTS / "monotone.json.new"
        beside.write_text(json.dumps({"machine": machine, "lemmas": rows}, indent=1) + "\n")
        beside.replace(RESULTS / "monotone.json")
    sys.exit(int(any(row["falls"] for row in rows)))


if __name__ == "__main__":
    main()

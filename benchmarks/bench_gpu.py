"""Tokens a second of our Triton kernels and of flash-linear-attention's, on a GPU.

    python benchmarks/bench_gpu.py [--runs N] [--dims D ...] [--words B] [--length T] [--long T]
                                   [--save]

Every kernel runs the same words: random adjacent swaps of d points, keys e_i - e_j, beta 1, V = 1,
which round nothing in any order. A kernel whose final states are not the permuted points is listed
as wrong, without a speed. Ours look keys up by letter; flash-linear-attention's read them from
memory, position by position, as their interface has it: float32 in the recurrent kernel, bfloat16
in the chunkwise one, which takes no float32. Times are those of the GPU between two events, but for
the scan, whose seams are compared on the CPU: there the wall clock counts, transfers included.

Most of the time is compiling, and trying the configurations of flash-linear-attention's kernels:
``first_seconds`` is that of the first launch, which is compared and not timed. Exit code 3 without
a GPU, 1 where a kernel was wrong. ``--save`` writes every figure to
``benchmarks/results/gpu.json``, anew after each dimension, so that a run which is cut off keeps
what it had.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from machine import describe, summary
from negeig.kernels.triton.chunked import Chunked
from negeig.kernels.triton.recurrent import Order, Recurrent
from negeig.kernels.triton.scan_launch import MAX_DIM as SCANNED_DIM
from negeig.kernels.triton.scan_launch import scan
from negeig.precision.stored import StoredLayer

RESULTS = Path(__file__).parent / "results" / "gpu.json"
DIMS = [4, 8, 16, 32, 64, 128]
ORDERS: list[Order] = ["left to right", "tiled"]
NO_GPU = 3

Launch = Callable[[], Any]
"""Runs all words and returns the final states as a tensor (words, dim), on the GPU."""


def swaps(dim: int) -> StoredLayer:
    """Letter i swaps points i and i + 1; the state begins as 1 to d."""
    letters = np.arange(dim - 1)
    key = np.zeros((dim - 1, dim), np.float32)
    key[letters, letters], key[letters, letters + 1] = 1, -1
    return StoredLayer(
        initial=np.arange(1, dim + 1, dtype=np.float32),
        starts=np.arange(dim, dtype=np.int32),
        beta=np.ones(dim - 1, np.float32),
        write=np.zeros(dim - 1, np.float32),
        key=key,
        dense=np.full(dim - 1, -1, np.int32),
        matrix=np.zeros((0, dim, dim), np.float32),
        bias=np.zeros((0, dim), np.float32),
    )


def swapped(layer: StoredLayer, letters: np.ndarray) -> np.ndarray:
    """The final states (words, dim) of letters (words, length), by swapping."""
    states = np.repeat(layer.initial[None], len(letters), axis=0)
    rows = np.arange(len(letters))
    for i in letters.T:
        states[rows, i], states[rows, i + 1] = states[rows, i + 1], states[rows, i]
    return states


def ours(layer: StoredLayer, letters: np.ndarray, device: str) -> dict[str, Launch]:
    """Our kernels, by name."""
    import torch

    where = "cuda" if device == "cuda" else "compiled"
    found: dict[str, Launch] = {}

    def add(name: str, kernel: Recurrent | Chunked) -> None:
        given = torch.from_numpy(kernel.table.numbered(letters)).to(device)
        initial = np.repeat(layer.initial[None], len(letters), axis=0)
        before = torch.from_numpy(kernel.table.pad(initial)).to(device)
        found[name] = lambda: kernel.launch(given, before)[0][:, : layer.dim]

    for order in ORDERS:
        add(f"recurrent, {order}", Recurrent(layer, order, where=where))
    for chunk in (16, 64):
        add(f"chunkwise, {chunk}", Chunked(layer, chunk, where=where))
    if layer.dim <= SCANNED_DIM and len(letters) == 1:
        made = scan(layer, where=where)
        given, before = letters.T.copy(), np.pad(layer.initial[None], ((0, 0), (0, -layer.dim % 4)))

        def scanned() -> Any:
            reached = made.run(given, before)
            if made.confirmed < letters.shape[1]:
                raise RuntimeError(f"a seam disagreed after {made.confirmed} letters")
            return torch.from_numpy(reached.after[:, : layer.dim].copy()).to(device)

        found["scan"] = scanned
    return found


def theirs(layer: StoredLayer, letters: np.ndarray, device: str) -> dict[str, Launch]:
    """The kernels of flash-linear-attention, by name, on the same words."""
    import torch

    try:
        from fla.ops.delta_rule import chunk_delta_rule, fused_recurrent_delta_rule
    except ImportError as error:
        print(f"flash-linear-attention is not measured: {error}", file=sys.stderr)
        return {}
    words, length = letters.shape
    keys = torch.from_numpy(layer.key).to(device)[torch.from_numpy(letters).to(device).long()]
    initial = torch.from_numpy(layer.initial).to(device).repeat(words, 1)
    initial = initial[:, None, :, None].contiguous()

    def launch(function: Any, kind: Any) -> Launch:
        k = keys[:, :, None].to(kind).contiguous()
        v = torch.zeros((words, length, 1, 1), dtype=kind, device=device)
        beta = torch.ones((words, length, 1), dtype=kind, device=device)
        return lambda: function(
            k, k, v, beta, scale=1.0, initial_state=initial, output_final_state=True
        )[1][:, 0, :, 0]

    return {
        "fla fused_recurrent_delta_rule": launch(fused_recurrent_delta_rule, torch.float32),
        "fla chunk_delta_rule": launch(chunk_delta_rule, torch.bfloat16),
    }


def measure(name: str, launch: Launch, right: np.ndarray, runs: int) -> dict[str, Any]:
    """Compare once, which also compiles, then time; what went wrong instead of a time."""
    import torch

    started = time.perf_counter()
    try:
        found = launch().float().cpu().numpy()
    except Exception as error:  # somebody's kernel may not take these sizes: that is a result
        return {"kernel": name, "error": f"{type(error).__name__}: {str(error)[:200]}"}
    if not np.array_equal(found, right):
        return {"kernel": name, "error": f"wrong by up to {np.abs(found - right).max()}"}
    first, seconds = time.perf_counter() - started, []
    for _ in range(runs):
        torch.cuda.synchronize()
        begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        started = time.perf_counter()
        begin.record()
        launch()
        end.record()
        torch.cuda.synchronize()
        wall = time.perf_counter() - started
        seconds.append(wall if name == "scan" else begin.elapsed_time(end) / 1000)
    return {"kernel": name, "first_seconds": first, "seconds": seconds}


def rows(dim: int, words: int, length: int, runs: int) -> list[dict[str, Any]]:
    """Measure every kernel on words of one dimension, and print."""
    layer = swaps(dim)
    letters = np.random.default_rng(dim).integers(0, dim - 1, (words, length)).astype(np.int32)
    right = swapped(layer, letters)
    found = []
    for kind in (ours, theirs):
        for name, launch in kind(layer, letters, "cuda").items():
            row = measure(name, launch, right, runs)
            about = f"  d = {dim:3}, {words:5,} words of {length:7,}  {name:32}"
            print(about, _shown(row, letters), flush=True)
            found.append({"dim": dim, "words": words, "length": length, **row})
    return found


def _shown(row: dict[str, Any], letters: np.ndarray) -> str:
    if "error" in row:
        return str(row["error"])
    speeds = sorted(letters.size / s for s in row["seconds"])
    return f"{statistics.median(speeds):16,.0f} tokens/s ({speeds[0]:,.0f} to {speeds[-1]:,.0f})"


def save(figures: dict[str, Any], place: Path = RESULTS) -> None:
    """Write the figures beside the place, and then there."""
    beside = place.with_suffix(".tmp")
    beside.write_text(json.dumps(figures, indent=2) + "\n")
    beside.replace(place)


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def main() -> int:
    """Measure, print, and save when asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=7, help="measured runs of each kernel")
    parser.add_argument("--dims", type=int, nargs="+", default=DIMS, help="dimensions")
    parser.add_argument("--words", type=int, default=4096, help="words side by side")
    parser.add_argument("--length", type=int, default=512, help="letters of each of them")
    parser.add_argument("--long", type=int, default=2**18, help="letters of the one long word")
    parser.add_argument("--save", action="store_true", help="write results/gpu.json")
    options = parser.parse_args()
    import torch

    if not torch.cuda.is_available():
        print("no GPU: torch finds no CUDA device, nothing was measured", file=sys.stderr)
        return NO_GPU
    machine = describe()
    device = {
        "name": torch.cuda.get_device_name(),
        "capability": ".".join(map(str, torch.cuda.get_device_capability())),
        "memory_gib": round(torch.cuda.get_device_properties(0).total_memory / 2**30, 1),
        "cuda": torch.version.cuda,
        "fla-core": _version("fla-core"),
    }
    print(summary(machine))
    print(", ".join(f"{key} {value}" for key, value in device.items()))
    found = []
    for dim in options.dims:
        found += rows(dim, options.words, options.length, options.runs)
        found += rows(dim, 1, options.long, options.runs)
        if options.save:
            save({"machine": machine, "device": device, "rows": found})
    return 1 if any(row.get("error", "").startswith("wrong") for row in found) else 0


if __name__ == "__main__":
    sys.exit(main())

"""The search of one layer kept in a folder: beyond memory, after a kill, and when damaged."""

import errno
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from negeig.automata.machines.machine import Machine
from negeig.claims import InputError
from negeig.precision.closure.rounded_closure import compiled_closure
from negeig.precision.closure.scale import folder as folders
from negeig.precision.closure.scale import in_memory, in_passes, layer_problem
from negeig.precision.closure.scale.options import Scale
from negeig.precision.numbers.arithmetic import parse
from negeig.precision.stored import round_parameters
from negeig.theory.closure.explore import Exploration, Task, explore
from negeig.theory.networks.network import LinearRNN
from support.closure_cases import FLIP, PARITY, reference, swaps
from support.random_networks import Maker

AMPLE, SOME, LITTLE = 1 << 24, 2_000, 300
"""Bytes: for everything; for some dozen states; for one or two."""


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of a few candidates, and every level kept."""
    monkeypatch.setattr(layer_problem, "BLOCK_EDGES", 6)
    monkeypatch.setattr(in_memory, "WIDE", 4)
    monkeypatch.setattr(in_memory, "FIRST_SLOTS", 32)
    monkeypatch.setattr(in_memory, "FIRST_WORK", 1)
    monkeypatch.setattr(in_memory, "KEPT_ROWS", 0)
    monkeypatch.setattr(in_memory, "READ_ROWS", 7)
    monkeypatch.setattr(in_passes, "CHUNK_ROWS", 5)


def kept(
    network: LinearRNN,
    machine: Machine,
    arithmetic: str,
    folder: Path,
    most: int = 1_000,
    memory: int = AMPLE,
    threads: int = 2,
    **more: Any,
) -> Exploration:
    model = parse(arithmetic)
    stored, _ = round_parameters(network, model, round_parameters=True)
    scale = Scale(threads=threads, folder=str(folder))
    return compiled_closure(
        network, machine, model, stored, most, max_memory=memory, scale=scale, **more
    )


def plain(network: LinearRNN, machine: Machine, arithmetic: str, most: int) -> Exploration:
    return explore(reference(network, arithmetic), network, machine, max_states=most)


def same(found: Exploration, expected: Exploration) -> bool:
    """Whether they are the same but for where a search can be resumed."""
    assert found.reason.startswith(expected.reason)
    return replace(found, reason="") == replace(expected, reason="")


def states(folder: Path) -> bytes:
    return (folder / "states.bin").read_bytes()


@pytest.mark.parametrize("arithmetic", ["bf16", "fp32", "fp64"])
def test_on_disk_the_result_is_the_plain_one(arithmetic: str, tmp_path: Path) -> None:
    verdicts, passes = set(), 0
    for seed in range(300, 345):
        maker = Maker(seed)
        network = maker.network()
        machine = maker.machine(network.alphabet)
        if len(network.layers) > 1:
            continue
        twins = Task(network, machine).has_twins
        for most in (60, 7):
            expected = plain(network, machine, arithmetic, most)
            verdicts.add(expected.verdict)
            for memory in [AMPLE] if twins else [AMPLE, SOME, LITTLE]:
                at = [tmp_path / f"{seed}-{most}-{memory}-{threads}" for threads in (1, 2)]
                for folder, threads in zip(at, (1, 2), strict=True):
                    found = kept(network, machine, arithmetic, folder, most, memory, threads)
                    assert same(found, expected), (seed, most, memory, threads)
                assert states(at[0]) == states(at[1])
                passes += memory < AMPLE
    assert {"wrong", "collision", "proved"} <= verdicts
    assert passes > 20


@pytest.mark.parametrize("memory", [AMPLE, SOME, LITTLE])
def test_a_search_goes_on_from_every_level(memory: int, tmp_path: Path) -> None:
    """Stopped by every limit in turn, in one folder, and with a fault met on the way."""
    network, machine = swaps(3, rounded=True)
    faulty = Machine(
        alphabet=machine.alphabet,
        transitions=machine.transitions,
        initial=machine.initial,
        outputs=[*list(machine.outputs)[:-1], "another"],
    )
    for name, task in (("right", machine), ("wrong", faulty)):
        folder = tmp_path / name
        for most in (1, 2, 3, 9, 10, 40, 90, 126, 127):
            expected = plain(network, task, "bf16", most)
            assert same(kept(network, task, "bf16", folder, most, memory), expected)
            if expected.reason:
                reason = kept(network, task, "bf16", folder, most, memory).reason
                assert f"{folder} holds the search, to be resumed with --work-folder" in reason
        assert expected.states == 127
        fresh = tmp_path / f"{name}-fresh"
        assert same(kept(network, task, "bf16", fresh, 127, memory), expected)
        assert states(folder) == states(fresh)


def test_fewer_states_than_a_folder_holds(tmp_path: Path) -> None:
    network, machine = swaps(3, rounded=True)
    kept(network, machine, "bf16", tmp_path)
    expected = plain(network, machine, "bf16", 50)
    assert same(kept(network, machine, "bf16", tmp_path, 50), expected)
    with pytest.raises(InputError, match="holds 127 states, more than the limit of 50"):
        kept(network, machine, "bf16", tmp_path, 50, LITTLE)
    assert kept(network, machine, "bf16", tmp_path).states == 127


def twins() -> tuple[LinearRNN, Machine]:
    """S3 with the last letter remembered: pairs of states with the same successors."""
    network, machine = swaps(3, rounded=True)
    count, letters = len(machine.transitions), len(machine.alphabet)
    rows = [
        [int(q) * letters + a for a, q in enumerate(machine.transitions[state // letters])]
        for state in range(count * letters)
    ]
    outputs = [machine.outputs[state // letters] for state in range(count * letters)]
    outputs[-1] = "another"
    task = Machine(alphabet=machine.alphabet, transitions=rows, initial=0, outputs=outputs)
    return network, task


def test_what_has_arrived_is_kept_too(tmp_path: Path) -> None:
    network, task = twins()
    assert Task(network, task).has_twins
    for most in (3, 10, 40, 127):
        expected = plain(network, task, "bf16", most)
        for threads in (1, 2):
            found = kept(network, task, "bf16", tmp_path / str(threads), most, threads=threads)
            assert same(found, expected)
    limited = kept(network, task, "bf16", tmp_path / "little", memory=LITTLE)
    assert limited.verdict in ("open", "wrong")
    assert "--max-memory" in limited.reason
    arrivals = next((tmp_path / "1").glob("arrivals-*.bin"))
    arrivals.write_bytes(arrivals.read_bytes()[:-1] + b"\x07")
    with pytest.raises(InputError, match=r"arrivals-.*is damaged"):
        kept(network, task, "bf16", tmp_path / "1")


@pytest.fixture
def interrupted(tmp_path: Path) -> tuple[LinearRNN, Machine, Path]:
    network, machine = swaps(3, rounded=True)
    folder = tmp_path / "folder"
    kept(network, machine, "bf16", folder, 60)
    return network, machine, folder


def places(size: int) -> Iterator[int]:
    yield from sorted({0, 1, size // 3, size // 2, size - 2, size - 1})


def test_damage_is_named(interrupted: tuple[LinearRNN, Machine, Path]) -> None:
    """One bit of each file anywhere, one byte fewer, a file missing."""
    network, machine, folder = interrupted
    for name in ("states.bin", "manifest.json"):
        path = folder / name
        whole = path.read_bytes()
        for at in places(len(whole)):
            for bit in (1, 128):
                path.write_bytes(whole[:at] + bytes([whole[at] ^ bit]) + whole[at + 1 :])
                with pytest.raises(InputError, match=name):
                    kept(network, machine, "bf16", folder)
        path.write_bytes(whole[:-1])
        with pytest.raises(InputError, match=name):
            kept(network, machine, "bf16", folder)
        path.write_bytes(whole)
    (folder / "states.bin").rename(folder / "states")
    with pytest.raises(InputError, match="too short"):
        kept(network, machine, "bf16", folder)
    (folder / "states").rename(folder / "states.bin")
    (folder / "manifest.json").rename(folder.parent / "manifest.json")
    whole = states(folder)
    with pytest.raises(InputError, match=r"manifest\.json: expected it beside states\.bin, found"):
        kept(network, machine, "bf16", folder)
    assert states(folder) == whole
    (folder.parent / "manifest.json").rename(folder / "manifest.json")
    assert kept(network, machine, "bf16", folder).verdict == "proved"


def test_a_change_that_keeps_the_digest_of_the_manifest_is_found(
    interrupted: tuple[LinearRNN, Machine, Path],
) -> None:
    network, machine, folder = interrupted
    content = json.loads((folder / "manifest.json").read_text())
    content["levels"][-1] -= 1
    (folder / "manifest.json").write_text(json.dumps(content))
    with pytest.raises(InputError, match=r"manifest\.json: is damaged"):
        kept(network, machine, "bf16", folder)
    (folder / "manifest.json").write_text("[]")
    with pytest.raises(InputError, match="is no manifest"):
        kept(network, machine, "bf16", folder)


def test_another_search_is_refused(interrupted: tuple[LinearRNN, Machine, Path]) -> None:
    network, machine, folder = interrupted
    with pytest.raises(InputError, match="another arithmetic: expected fp16:all-ops, found bf16"):
        kept(network, machine, "fp16", folder)
    changed = replace(network, outputs={**network.outputs, "0": "another"})
    with pytest.raises(InputError, match="another network"):
        kept(changed, machine, "bf16", folder)
    outputs = [*list(machine.outputs)[:-1], "another"]
    task = Machine(
        alphabet=machine.alphabet, transitions=machine.transitions, initial=0, outputs=outputs
    )
    with pytest.raises(InputError, match="another machine"):
        kept(network, task, "bf16", folder)
    assert kept(network, machine, "bf16", folder).verdict == "proved"


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match=r"expected an empty folder.*found notes\.txt"):
        kept(FLIP, PARITY, "bf16", tmp_path)
    with pytest.raises(InputError, match=r"Not a directory|exists"):
        kept(FLIP, PARITY, "bf16", tmp_path / "notes.txt" / "folder")


def test_one_process_at_a_time(tmp_path: Path) -> None:
    identity = {"arithmetic": "bf16"}
    with (
        folders.WorkFolder(str(tmp_path), identity, 2, in_memory.np.uint32),
        pytest.raises(InputError, match="another process"),
        folders.WorkFolder(str(tmp_path), identity, 2, in_memory.np.uint32),
    ):
        pass


@pytest.mark.parametrize("memory", [AMPLE, LITTLE])
def test_a_full_disk_loses_nothing(
    memory: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    network, machine = swaps(3, rounded=True)
    write = folders.WorkFolder.append

    def full(self: folders.WorkFolder, rows: Any) -> None:
        if self.states > 40:
            write(self, rows[:1])
            with self.named():
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        write(self, rows)

    monkeypatch.setattr(folders.WorkFolder, "append", full)
    with pytest.raises(InputError, match="No space left on device; what it holds can be resumed"):
        kept(network, machine, "bf16", tmp_path, memory=memory)
    monkeypatch.setattr(folders.WorkFolder, "append", write)
    assert same(
        kept(network, machine, "bf16", tmp_path, memory=memory),
        plain(network, machine, "bf16", 1_000),
    )


@pytest.mark.parametrize("memory", [AMPLE, SOME])
def test_an_interrupted_search_goes_on(memory: int, tmp_path: Path) -> None:
    network, machine = swaps(3, rounded=True)
    calls = 0

    def interrupt(_: int) -> None:
        nonlocal calls
        calls += 1
        if calls > 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        kept(network, machine, "bf16", tmp_path, memory=memory, progress=interrupt)
    expected = plain(network, machine, "bf16", 1_000)
    assert same(kept(network, machine, "bf16", tmp_path, memory=memory), expected)


KILLED = """
import os, signal, sys
sys.path[:0] = sys.argv[4:]
from negeig.precision.closure.scale import folder, in_memory, in_passes, layer_problem
layer_problem.BLOCK_EDGES, in_memory.FIRST_WORK, in_memory.KEPT_ROWS = 6, 1, 0
in_memory.FIRST_SLOTS, in_passes.CHUNK_ROWS = 32, 5
from pathlib import Path
from support.closure_cases import swaps
from precision.closure.test_closure_folder import kept
name, left = sys.argv[3], int(sys.argv[2])
whole = getattr(folder, name, None) or getattr(folder.WorkFolder, name)
def killing(*arguments):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return whole(*arguments)
setattr(folder if hasattr(folder, name) else folder.WorkFolder, name, killing)
network, machine = swaps(3, rounded=True)
kept(network, machine, "bf16", Path(sys.argv[1]), memory=2_000)
"""


@pytest.mark.parametrize("after", [1, 2])
def test_before_the_first_rows_are_whole_a_folder_is_new(
    after: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped while the first manifest is written, or the second with a row on disk already."""
    network, machine = swaps(3, rounded=True)
    write, left = folders.write_whole, after

    def stopping(path: str, data: bytes) -> None:
        nonlocal left
        left -= 1
        if not left:
            (tmp_path / "manifest.json.1-1.partial").write_bytes(data[:9])
            raise KeyboardInterrupt
        write(path, data)

    monkeypatch.setattr(folders, "write_whole", stopping)
    with pytest.raises(KeyboardInterrupt):
        kept(network, machine, "bf16", tmp_path)
    monkeypatch.setattr(folders, "write_whole", write)
    assert len(states(tmp_path)) == (after - 1) * 16  # three coordinates and a word
    expected = plain(network, machine, "bf16", 1_000)
    assert same(kept(network, machine, "bf16", tmp_path), expected)


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("name", "after"), [("write_whole", 1), ("write_whole", 4), ("append", 9), ("rows", 30)]
)
def test_a_killed_search_goes_on(name: str, after: int, tmp_path: Path) -> None:
    """By SIGKILL: before the manifest, between rows and manifest, in the middle of a pass."""
    network, machine = swaps(3, rounded=True)
    tests = Path(__file__).parents[2]
    command = [sys.executable, "-c", KILLED, str(tmp_path), str(after), name]
    command += [str(tests), str(tests.parent)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    expected = plain(network, machine, "bf16", 1_000)
    assert same(kept(network, machine, "bf16", tmp_path, memory=SOME), expected)
    assert not [path for path in tmp_path.iterdir() if path.name.startswith("level-")]

"""The search of one layer on a cluster in this process: the plain exploration's result."""

import sys

import pytest

from negeig.automata.machines.machine import Machine
from negeig.claims import InputError, Unavailable
from negeig.precision.closure.rounded_closure import compiled_closure
from negeig.precision.closure.scale import in_cluster, layer_problem
from negeig.precision.closure.scale.options import Scale
from negeig.precision.numbers.arithmetic import parse
from negeig.precision.stored import round_parameters
from negeig.theory.closure.explore import Exploration, Task, explore
from negeig.theory.networks.network import LinearRNN
from support.closure_cases import FLIP, PARITY, reference, swaps
from support.random_networks import Maker


def clustered(
    network: LinearRNN, machine: Machine, arithmetic: str, most: int, scale: Scale, **more: int
) -> Exploration:
    model = parse(arithmetic)
    stored, _ = round_parameters(network, model, round_parameters=True)
    return compiled_closure(network, machine, model, stored, most, scale=scale, **more)


def plain(network: LinearRNN, machine: Machine, arithmetic: str, most: int) -> Exploration:
    return explore(reference(network, arithmetic), network, machine, max_states=most)


def test_without_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(Unavailable, match=r"needs dask\.distributed: pip install .*cluster"):
        clustered(FLIP, PARITY, "bf16", 100, Scale(scheduler="local"))


@pytest.mark.exhaustive
def test_a_cluster_gives_the_plain_result(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of S3, of it with a fault, and of random networks, at several limits."""
    distributed = pytest.importorskip("distributed")
    monkeypatch.setattr(layer_problem, "BLOCK_EDGES", 12)
    monkeypatch.setattr(in_cluster, "CHUNK_ROWS", 12)
    network, machine = swaps(3, rounded=True)
    faulty = Machine(
        alphabet=machine.alphabet,
        transitions=machine.transitions,
        initial=machine.initial,
        outputs=[*list(machine.outputs)[:-1], "another"],
    )
    cases = [(network, machine, 60), (network, machine, 127), (network, faulty, 127)]
    transitions = [list(map(int, row)) for row in machine.transitions]
    transitions[3].reverse()
    outputs = machine.outputs
    changed = Machine(
        alphabet=machine.alphabet, transitions=transitions, initial=0, outputs=outputs
    )
    cases.append((network, changed, 127))
    for seed in range(300, 303):
        maker = Maker(seed)
        one = maker.network()
        task = maker.machine(one.alphabet)
        if len(one.layers) == 1 and not Task(one, task).has_twins:
            cases.append((one, task, 60))
    verdicts = set()
    with distributed.LocalCluster(
        n_workers=3, threads_per_worker=1, processes=False, dashboard_address=None
    ) as cluster:
        scale = Scale(scheduler=cluster.scheduler_address)
        for one, task, most in cases:
            expected = plain(one, task, "bf16", most)
            assert clustered(one, task, "bf16", most, scale) == expected
            verdicts.add(expected.verdict)
        little = clustered(network, machine, "bf16", 1_000, scale, max_memory=600)
        assert little.verdict == "open"
        assert "bytes of memory of a worker" in little.reason
    assert verdicts == {"proved", "wrong", "collision", "open"}


@pytest.mark.exhaustive
def test_a_cluster_of_this_process() -> None:
    pytest.importorskip("distributed")
    network, machine = swaps(5, rounded=True)
    found = clustered(network, machine, "bf16", 300_000, Scale(threads=2, scheduler="local"))
    assert (found.verdict, found.states, found.depth) == ("proved", 254_936, 50)


def test_what_a_cluster_cannot_do(tmp_path: object) -> None:
    network, machine = swaps(3, rounded=True)
    with pytest.raises(InputError, match="a cluster keeps no folder"):
        clustered(network, machine, "bf16", 9, Scale(scheduler="local", folder=str(tmp_path)))
    ends = Machine(alphabet="1", transitions=[[1], [0]], initial=0, outputs=[1, 0])
    twin = Machine(alphabet="1", transitions=[[1], [1]], initial=0, outputs=[1, 0])
    assert not Task(FLIP, ends).has_twins
    with pytest.raises(InputError, match="differ in their outputs only"):
        clustered(FLIP, twin, "bf16", 9, Scale(scheduler="local"))


@pytest.mark.exhaustive
def test_no_scheduler_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    with pytest.raises(Unavailable, match=r"--scheduler tcp://127\.0\.0\.1:9"):
        clustered(*swaps(3, rounded=True), "bf16", 9, Scale(scheduler="tcp://127.0.0.1:9"))

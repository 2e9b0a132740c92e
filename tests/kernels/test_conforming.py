"""Conformance finds the faults of real kernels, and none in a right one."""

from dataclasses import replace
from fractions import Fraction as F

import numpy as np
import pytest

from negeig.claims import InputError
from negeig.kernels.batch import NO_OUTPUT
from negeig.kernels.conforming import Conformity, conform, refusal
from negeig.kernels.implementation import Kernel, Undetermined
from negeig.kernels.positions import Positions, needs
from negeig.kernels.runnable import runnable
from negeig.kernels.standard_suite import TASKS
from negeig.precision.numbers.formats import FORMATS
from negeig.theory.networks.network import DenseStep
from support.faulty_kernels import (
    FAULTS,
    MORE,
    Loop,
    NanHidden,
    NoLettersForgotten,
    NoRows,
    RowsLeak,
    changed,
    implementation,
)
from support.kernel_networks import dense, no_layers, symmetric, with_layer

DTYPES = ("fp32", "bf16")
TOKENS = 420
LETTER = 4 * (16 * (4 + 64) + 3 * 4 * 64)  # bytes of a call, of dimension 1
# What float32 does not hold: keys divided by a root, digits without end.
ROUNDED = {"s5-root", "mod3-rotations", "mirror", "digits", "decaying-digits", "late-decay"}


def results(kernel: Kernel, *tasks: str, dtypes: tuple[str, ...] = DTYPES) -> list[Conformity]:
    one = implementation(kernel)
    names = tasks or tuple(TASKS)
    return [conform(one, kernel, TASKS[t], d, TOKENS, 0) for t in names for d in dtypes]


def test_a_right_implementation_is_exact_where_nothing_rounds() -> None:
    found = results(Loop())
    assert {r.verdict for r in found} == {"exact", "right", "refused"}
    for result in found:
        if result.verdict == "refused":
            assert result.task.endswith("-long")
            continue
        alone = {"batch_independent": None} if result.task in ("wide", "long-word") else {}
        assert result.max_error is not None
        assert result.assumptions == dict.fromkeys(result.assumptions, True) | alone
        assert set(result.edge_cases) == {"no_letters", "no_rows", "nan"}
        assert set(result.edge_cases.values()) == {None}
        if result.task not in ROUNDED:
            assert (result.verdict, result.max_error) == ("exact", 0.0), result
            assert result.exactly_representable
    drift = [r.max_error for r in found if (r.task, r.dtype) == ("s5-root", "bf16")]
    assert drift[0] is not None
    assert drift[0] > 1e-3, "nearest codes hide it"


CAUGHT = {
    "chunk tail dropped": "parity",
    "initial state lost": "parity",
    "beta clipped to 1": "parity",
    "truncating cast": "near",
    "epsilon in the key": "levels",
    "state in bf16": "levels",
    "one head for another": "s3-swaps",
    "read before the update": "flipflop",
    "decay after the update": "resets",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_caught(fault: str) -> None:
    found = results(FAULTS[fault]())
    if fault == "result depends on the batch":
        broken = {r.task for r in found if r.assumptions.get("batch_independent") is False}
        assert broken == {"mirror"}
        assert "wrong" not in {r.verdict for r in found}
        return
    wrong = {r.task: r for r in found if r.verdict == "wrong"}
    assert CAUGHT[fault] in wrong
    for result in wrong.values():
        first = result.first_wrong
        assert first is not None
        assert 1 <= first.position <= TOKENS // 3 | 1
        assert first.expected != first.found


def test_what_only_one_task_finds() -> None:
    """The suite needs these tasks: without them the fault passes everything else."""
    for fault, tasks in (("truncating cast", {"near"}), ("epsilon in the key", {"levels"}),
                         ("state in bf16", {"levels"}),
                         ("decay after the update", {"resets", "decaying-digits"})):  # fmt: skip
        found = results(FAULTS[fault]())
        assert {r.task for r in found if r.verdict == "wrong"} == tasks


@pytest.mark.parametrize("fault", MORE)
def test_another_fault_is_caught_by_its_task(fault: str) -> None:
    made, task = MORE[fault]
    found = results(made(), task)
    assert {result.verdict for result in found} == {"wrong"}


@pytest.mark.parametrize(
    ("made", "case", "text", "verdict"),
    [
        (NoLettersForgotten, "no_letters", "another state after no letters: 0", "wrong"),
        (RowsLeak, "nan", "a NaN in one row changes other rows", "wrong"),
        (NanHidden, "nan", "a NaN in the initial state is lost", "exact"),
        (NoRows, "no_rows", "ValueError: an empty batch", "exact"),
    ],
)
def test_what_happens_at_the_edges_is_told(made, case, text, verdict) -> None:
    """Raising there is no fault; returning something false is one, at position 0."""
    (result,) = results(made(), "parity", dtypes=("fp32",))
    expected = {"no_letters": None, "no_rows": None, "nan": None, case: text}
    assert (result.edge_cases, result.verdict) == (expected, verdict)
    if verdict == "wrong":
        assert result.first_wrong is not None
        assert result.first_wrong.position == 0


class Stochastic(Loop):
    """Its state is rounded to bf16, up or down by chance, also where nothing is read."""

    def __init__(self) -> None:
        self.draws = np.random.Generator(np.random.PCG64(0))

    def start(self, asked):
        return self.stored(asked.initial.copy())

    def stored(self, h):
        bits = h.view(np.uint32)
        drawn = self.draws.integers(1 << 16, size=h.shape, dtype=np.uint32)
        rounded = ((bits + drawn) & np.uint32(0xFFFF0000)).view(np.float32)
        return np.where(np.isfinite(h), rounded, h)


class StochasticLeaks(Stochastic, RowsLeak):
    def start(self, asked):
        return self.stored(RowsLeak.start(self, asked))


class StochasticClips(Stochastic):
    def beta(self, beta):
        return np.minimum(beta, 1)


def test_stochastic_rounding_is_judged_by_its_outputs_only() -> None:
    """No other bits are called a fault of what gives other bits when it is called alike."""
    for result in results(Stochastic(), *sorted(ROUNDED), dtypes=("bf16",)):
        assert (result.verdict, result.first_wrong) == ("right", None)
        assert result.edge_cases == dict.fromkeys(("no_letters", "no_rows", "nan"))
        assert result.assumptions == {
            "deterministic": False, "batch_independent": None, "split_is_whole": None,
        }  # fmt: skip


def test_a_call_that_is_another_at_the_edges_alone_is_no_fault() -> None:
    """The edges are tried again before they are called wrong: the words may have shown nothing."""
    draws = np.random.Generator(np.random.PCG64(0))

    def noisy(asked):
        answer = Loop()(asked)
        few = asked.shape[1] == 0
        return answer._replace(final=answer.final + few * draws.random(answer.final.shape))

    (result,) = results(noisy, "parity", dtypes=("fp32",))
    assert (result.verdict, result.assumptions["deterministic"]) == ("exact", False)
    assert result.edge_cases["no_letters"] is None


@pytest.mark.parametrize(("made", "position"), [(StochasticLeaks, 0), (StochasticClips, 1)])
def test_a_fault_of_what_rounds_stochastically_is_caught(made, position) -> None:
    """A NaN that reaches other rows, and an output that is wrong."""
    (result,) = results(made(), "s5-root", dtypes=("bf16",))
    assert (result.verdict, result.assumptions["deterministic"]) == ("wrong", False)
    assert result.first_wrong is not None
    assert (result.first_wrong.position > 0) == (position > 0)
    leaks = "a NaN in one row changes other rows"
    assert result.edge_cases["nan"] == (leaks if position == 0 else None)


def test_memory_bounds_a_call_and_changes_no_verdict() -> None:
    """A batch that does not fit is several calls that hand on their state."""
    sizes: list[int] = []

    def spied(asked):
        sizes.append(asked.shape[0] * asked.shape[1])
        return Loop()(asked)

    one, task = implementation(spied), TASKS["two-layers"]
    whole = conform(one, spied, task, "fp32", TOKENS, 0)
    assert max(sizes) == 423
    sizes.clear()
    small = conform(one, spied, task, "fp32", TOKENS, 0, max_memory=40 * LETTER)
    assert 0 < max(sizes) <= 40
    assert (small.verdict, small.tokens, small.assumptions) == (
        whole.verdict, whole.tokens, whole.assumptions
    )  # fmt: skip
    assert small.max_error == 0
    # Where no state is handed on there is one call, and what it read is compared.
    nothing = changed(lambda a: a._replace(final=None))
    cut = conform(implementation(nothing), nothing, task, "fp32", TOKENS, 0,
                  max_memory=40 * LETTER)  # fmt: skip
    assert cut.verdict == "exact"
    assert 0 < cut.tokens < whole.tokens / 5
    assert cut.assumptions["split_is_whole"] is None


def raises(asked):
    raise RuntimeError("no kernel image")


MISBEHAVED = {
    "RuntimeError: no kernel image": raises,
    "expected states of shape (3, 141, 1), found (3, 140, 1)": changed(
        lambda a: a._replace(states=a.states[:, 1:])
    ),
    "expected an Answer, found NoneType": changed(lambda a: None),
}


@pytest.mark.parametrize("message", MISBEHAVED)
def test_a_call_that_fails_is_wrong_at_position_0(message: str) -> None:
    (result,) = results(MISBEHAVED[message], "parity", dtypes=("fp32",))
    assert result.verdict == "wrong"
    assert result.first_wrong is not None
    call = "in a call of 3 rows by 141 positions of dimension 1"
    assert (result.first_wrong.position, result.first_wrong.found) == (0, f"{message}; {call}")
    assert (result.tokens, result.max_error) == (0, None)


def test_what_is_not_determined_is_refused_unless_something_was_wrong_before() -> None:
    def undetermined(asked):
        raise Undetermined("sums that round have no defined bits")

    (result,) = results(undetermined, "parity", dtypes=("fp32",))
    assert (result.verdict, result.first_wrong) == ("refused", None)
    assert result.reason.startswith("sums that round have no defined bits; in a call of 3 rows")

    spoilt = changed(lambda a: a._replace(states=-a.states))
    calls = iter([spoilt])
    (result,) = results(lambda asked: next(calls, undetermined)(asked), "parity", dtypes=("fp32",))
    assert (result.verdict, result.first_wrong.position) == ("wrong", 1)


@pytest.mark.parametrize("task", ["parity", "two-layers"])
def test_nan_is_no_output(task: str) -> None:
    def spoilt(answer):
        answer.states[0, min(100, answer.states.shape[1] - 1) :] = np.nan
        return answer

    (result,) = results(changed(spoilt), task, dtypes=("fp32",))
    assert (result.verdict, result.first_wrong.found) == ("wrong", NO_OUTPUT)


def test_no_state_that_is_handed_on_is_not_tested() -> None:
    (result,) = results(changed(lambda a: a._replace(final=None)), "s5-unit", dtypes=("bf16",))
    assert (result.verdict, result.max_error) == ("exact", 0.0)
    assert result.assumptions["split_is_whole"] is None


def test_the_state_that_is_handed_on_counts() -> None:
    """The outputs of the first call are right; what goes on from its state is not."""
    wrong = changed(lambda a: a._replace(final=a.final * np.float32(-1)))
    (result,) = results(wrong, "parity", dtypes=("bf16",))
    assert result.verdict == "wrong"
    assert result.first_wrong.position == 2


def test_what_an_interface_cannot_express_is_refused_with_the_reason() -> None:
    one = implementation(
        Loop(), dtypes=("fp32",), cannot={"writes": "no value", "beta above 1": "a sigmoid"}
    )
    reasons = {name: refusal(one, task, "fp32") for name, task in TASKS.items()}
    assert reasons["flipflop"] == "writes: no value"
    assert reasons["parity"] == "beta above 1: a sigmoid"
    assert reasons["s5-swaps"] is None
    assert refusal(one, TASKS["s5-swaps"], "bf16") == "it does not take bf16, only fp32"
    normalising = replace(one, normalises=True, cannot={})
    assert refusal(normalising, TASKS["levels-long"], "fp32") is None
    assert "normalised" in refusal(implementation(Loop()), TASKS["levels-long"], "fp32")
    assert "overflows" in refusal(implementation(Loop()), TASKS["levels"], "fp16")


def test_networks_that_no_delta_rule_expresses_are_refused() -> None:
    one = implementation(Loop())
    for pair, words in ((dense(), "is a dense step"), (no_layers(), "has no layer")):
        task = replace(TASKS["parity"], network=pair[0], machine=pair[1])
        assert words in refusal(one, task, "fp32")
    network, machine = symmetric(3)
    quarter = DenseStep(tuple(tuple(F(i == j, 4) for i in range(3)) for j in range(3)), (F(0),) * 3)
    steps = network.layers[0].steps
    once = replace(one, cannot={"late decay": "one a token"})
    for row, late in ((quarter, *steps["a"]), False), ((*steps["a"], quarter), True):
        changed_network = with_layer(network, 0, steps={**steps, "a": row})
        task = replace(TASKS["parity"], network=changed_network, machine=machine)
        assert refusal(one, task, "fp32") is None
        assert refusal(once, task, "fp32") == ("late decay: one a token" if late else None)


def test_a_network_that_errs_itself_is_bad_input() -> None:
    network, machine = symmetric(3)
    task = replace(TASKS["parity"], network=network, machine=replace(machine, initial=1))
    with pytest.raises(InputError, match="in exact arithmetic it errs on"):
        conform(implementation(Loop()), Loop(), task, "fp32", 30, 0)


def test_positions_are_the_steps_of_the_letters() -> None:
    task = TASKS["registers"]
    ready = runnable(task.network, task.machine.alphabet, FORMATS["fp32"])
    layout = Positions.of(task.network.layers[0], ready.stored.layers[0])
    assert layout.steps == 2
    asked = layout.recurrence(np.array([[0, 2]], np.int32), layout.initial[None], "fp32", 2)
    assert asked.key.tolist() == [[[2, 0, 0], [0, 0, 0], [2, -2, 0], [0, 2, -2]]]
    assert asked.beta.tolist() == [[1, 0, 1, 1]]
    assert asked.write.tolist() == [[1, 0, 0, 0]]
    assert asked.decay.tolist() == [[1, 1, 1, 1]]
    assert needs(task.network) == [
        "writes", "key length", "negative eigenvalue", "several dimensions", "oblique keys"
    ]  # fmt: skip


def test_words_are_drawn_from_the_seed() -> None:
    kernel = FAULTS["one head for another"]()
    one = implementation(kernel)
    asked = [conform(one, kernel, TASKS["registers"], "fp32", TOKENS, s) for s in (0, 0, 1, 2, 3)]
    first = [result.first_wrong for result in asked]
    assert first[0] == first[1]
    assert len(set(first)) > 1

"""An interval for each arithmetic: proved up to one length, seen to err at another."""

import pytest

import negeig.pipeline.parts.horizons as horizons_module
import negeig.precision.closure.horizon as horizon_module
from negeig.claims import Horizon, InputError, Resources
from negeig.kernels.standard_suite import TASKS
from negeig.pipeline.parts.horizons import explored as how_far
from negeig.pipeline.parts.horizons import horizons, with_horizon
from negeig.pipeline.precision import precision
from negeig.precision.closure.rounded_closure import closure
from negeig.precision.numbers.arithmetic import parse

MIRROR = TASKS["mirror"]


def test_what_is_proved_ends_before_what_errs() -> None:
    arithmetics = ["e5m2", "bf16", "bf16:acc32", "fp16"]
    rows = horizons(MIRROR.network, MIRROR.machine, arithmetics, letters=60_000)
    by_name = {row.arithmetic.partition(":all")[0]: row for row in rows}
    assert by_name["bf16"].certified is None
    assert by_name["bf16"].closed
    open_ones = [row for row in rows if not row.closed]
    assert len(open_ones) > 1
    for row in open_ones:
        assert row.word is None or row.certified < len(row.word)
    assert by_name["bf16:acc32"].word is not None
    assert by_name["bf16:acc32"].kind == "closure"
    assert by_name["bf16:acc32"].certified == len(by_name["bf16:acc32"].word) - 1
    assert by_name["fp16"].certified > by_name["e5m2"].certified


def test_the_search_is_counted_and_deterministic() -> None:
    once, again = (
        horizons(MIRROR.network, MIRROR.machine, ["fp16"], letters=30_000, max_states=100)
        for _ in range(2)
    )
    assert once == again
    assert once[0].letters <= 30_000
    assert once[0].to_json()["horizon"]["length"] == once[0].certified


def test_unknown_arithmetics_are_named() -> None:
    with pytest.raises(InputError, match="bf17"):
        horizons(MIRROR.network, MIRROR.machine, ["bf17"])


def explored(arithmetic, max_states):
    model = parse(arithmetic)
    found = closure(
        MIRROR.network, MIRROR.machine, model, max_states=max_states, round_parameters=True
    )
    return with_horizon(
        found, MIRROR.network, MIRROR.machine, model, round_parameters=True, letters=60_000
    )


def test_what_is_open_has_a_horizon_and_nothing_else_does() -> None:
    stochastic = explored("bf16:acc32:sr", 50)
    assert stochastic.verdict == "open"
    assert stochastic.horizon.length > 0
    assert stochastic.horizon.word is None
    assert "words of up to" in stochastic.reason.lower()
    assert explored("bf16", 20_000).horizon is None
    wrong = explored("bf16:acc32", 20_000)
    assert wrong.verdict == "collision"
    assert wrong.horizon is None


def test_why_no_length_is_proved_is_said() -> None:
    found = explored("bf16:daz", 5)
    assert found.horizon == Horizon(
        length=found.depth - 1, error=None, limit=None, detail="all of them were explored"
    )
    assert "no bound of the errors proves more" in found.reason
    assert "flushes_operands" in found.reason


@pytest.mark.parametrize("limit", [2, 10, 40, 400, 880])
def test_no_more_is_said_to_be_explored_than_is(limit: int) -> None:
    """The shortest word that errs has 892 letters; what is explored ends before it, always."""
    task = TASKS["mod3-rotations"]
    found = closure(
        task.network, task.machine, "bf16:acc32", max_states=limit, round_parameters=True
    )
    assert found.verdict == "open"
    assert found.states == limit
    assert how_far(found) == max(found.depth - 1, 0) < 892


def test_all_words_before_the_first_that_errs_were_explored() -> None:
    task = TASKS["mod3-rotations"]
    found = closure(task.network, task.machine, "bf16:acc32", round_parameters=True)
    assert how_far(found) == len(found.wrong_word or ()) - 1 == 891


def test_exact_states_are_explored_once_for_all_arithmetics(monkeypatch):
    task, count = TASKS["mod3-rotations"], []
    known = horizon_module.exact_closure

    def counted(*arguments, **options):
        count.append(1)
        return known(*arguments, **options)

    monkeypatch.setattr(horizon_module, "exact_closure", counted)
    monkeypatch.setattr(horizons_module, "exact_closure", counted)
    names = ["fp32:l2norm", "fp32:keys-bf16", "fp64:l2norm"]
    limited = Resources(max_closure=50)
    found = precision(
        task.network, task.machine, names, round_parameters=True, resources=limited
    ).results
    assert [one.verdict for _, one in found] == ["open"] * 3
    assert all(one.horizon.length > 100 for _, one in found)
    assert len(count) == 1
    listed = ["exact", *names]
    precision(task.network, task.machine, listed, round_parameters=True, resources=limited)
    assert len(count) == 1  # that of the list is handed on

"""What was recorded of an implementation is certified, under the assumption that it does that."""

from __future__ import annotations

import json
from typing import Any

import pytest

from negeig.claims import InputError, Stopped
from negeig.kernels.registry import find
from negeig.kernels.standard_suite import TASKS
from negeig.pipeline.conform import conform, suite_tasks
from negeig.pipeline.precision import precision
from negeig.proofs_checks import checker
from negeig.proofs_checks.certificate import Certificate, text_of
from negeig.proofs_checks.of_results import of_conformity, of_precision
from negeig.proofs_checks.runs import recorded
from negeig.proofs_checks.runs.recorded import answer_certificate, closed_certificate
from support.certificates import lines_of, verdict

(CPU,) = find(("negeig.cpu",))
TESTED = ("deterministic", "batch_independent", "split_is_whole")
CLIPPED = """
import torch

def clipped(q, k, v, beta, initial_state, scale, output_final_state):
    h, o = initial_state, []
    for t in range(q.shape[1]):
        error = v[:, t] - (h * k[:, t, :, :, None]).sum(2)
        h = h + k[:, t, :, :, None] * (beta.clamp(max=1)[:, t, :, None] * error)[:, :, None]
        o.append((h * q[:, t, :, :, None]).sum(2))
    return torch.stack(o, 1), h
"""


def of(name: str) -> Certificate:
    return closed_certificate(CPU, TASKS[name].network, TASKS[name].machine, "fp32")


@pytest.mark.parametrize("name", ["parity", "s3-swaps", "two-layers", "resets"])
def test_what_was_walked_is_the_task_if_it_is_what_is_computed(name: str) -> None:
    """Every assumption is asked for: without any one of them nothing is verified."""
    made = of(name)
    assert made.kind == "equivalence"
    assert verdict(lines_of(made), [recorded.RECORDED, *TESTED]) == ("VERIFIED", "")
    for missing in (recorded.RECORDED, *TESTED):
        others = {recorded.RECORDED, *TESTED} - {missing}
        said, reason = verdict(lines_of(made), others)
        assert (said, reason.endswith(f"--permit {missing}")) == ("NOT VERIFIED", True)


def test_the_recorded_machine_is_the_one_that_is_checked() -> None:
    """One move or one output of it changed, and the claim is not shown."""
    header = json.loads(lines_of(of("s3-swaps"))[0])
    one, two = header["about"]
    assert (len(one["outputs"]), len(two["outputs"])) == (6, 6)
    permitted = [recorded.RECORDED, *TESTED]
    for q in range(6):
        for changed in (
            {"outputs": [*two["outputs"][:q], "other", *two["outputs"][q + 1 :]]},
            {"transitions": [*two["transitions"][:q], two["transitions"][q - 1],
                             *two["transitions"][q + 1 :]]},
        ):  # fmt: skip
            other = {**header, "about": [one, two | changed]}
            assert verdict([text_of(other)], permitted)[0] == "NOT VERIFIED", (q, changed)


def test_another_network_is_another_assumption() -> None:
    one, two = (of(name).assumptions[0].statement for name in ("parity", "s3-swaps"))
    assert "negeig.cpu" in one
    assert "fp32 inputs" in one
    assert one != two


def test_an_answer_is_certified_only_where_it_is_wrong() -> None:
    task = TASKS["parity"]
    given = CPU, task.network, task.machine, "fp32", ("1", "0", "1")
    for answer in ("0", "nothing"):
        made = answer_certificate(*given, answer)
        assert (made.kind, len(made.assumptions)) == ("inequivalence", 1)
        assert verdict(lines_of(made))[0] == "NOT VERIFIED"
        assert verdict(lines_of(made), [recorded.RECORDED]) == ("VERIFIED", "")
        header = json.loads(lines_of(made)[0])
        for word in (["1", "0"], ["1", "1", "1"], ["0"] * 3):  # what it was not asked
            other = {**header, "evidence": {"word": word}}
            if verdict([text_of(other)], [recorded.RECORDED])[0] == "VERIFIED":
                recorded_output = made.about[1]["outputs"][-1]
                assert recorded_output is None  # beside the word there is no answer
    with pytest.raises(InputError, match="the answer is right"):
        answer_certificate(*given, "1")


def test_what_is_too_much_for_a_line_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checker, "MAX_PARTS", 40)
    with pytest.raises(InputError, match="too much for one line"):
        of("s3-swaps")


def found_of(names: list[str], impl: list[str]) -> tuple[list[str], Any]:
    tasks = suite_tasks("standard", names)
    result = conform(tasks, impl, dtypes=["fp32"])
    return [row.verdict for row in result.results], of_conformity(result, tasks)


def test_conform_certifies_what_is_right_and_what_is_not(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "kernel.py").write_text(CLIPPED)
    verdicts, found = found_of(["parity", "s5-unit-long"], ["negeig.cpu"])
    assert verdicts == ["exact", "refused"]
    assert [made.kind for made in found.made] == ["equivalence"]
    assert found.missing[0].startswith("negeig.cpu, s5-unit-long, fp32: the keys")
    verdicts, found = found_of(["parity", "flipflop"], ["kernel.py:clipped"])
    assert verdicts == ["wrong", "exact"]
    wrong, right = found.made
    assert (wrong.kind, right.kind) == ("inequivalence", "equivalence")
    assert verdict(lines_of(wrong), [recorded.RECORDED]) == ("VERIFIED", "")
    assert verdict(lines_of(right), [recorded.RECORDED])[0] == "NOT VERIFIED"  # it assumes more


def test_an_exploration_that_takes_too_long_is_ended_and_said() -> None:
    """Each has a time of its own."""
    tasks = suite_tasks("standard", ["parity", "s3-swaps"])
    result = conform(tasks, ["negeig.cpu"], dtypes=["fp32"])
    begun = 0

    def begin() -> Any:
        nonlocal begun
        begun += 1
        if begun == 2:
            return None

        def over(_: int) -> None:
            raise Stopped("seconds", 1.0, reached=1.0, option="--timeout")

        return over

    found = of_conformity(result, tasks, begin=begin)
    assert [made.kind for made in found.made] == ["equivalence"]
    (reason,) = found.missing
    assert "parity" in reason
    assert "stopped after 1 second" in reason


def test_precision_certifies_implementations_that_it_proved_or_refuted(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "kernel.py").write_text(CLIPPED)
    task = TASKS["parity"]
    names = ["impl:negeig.cpu", "impl:kernel.py:clipped"]
    result = precision(task.network, task.machine, names)
    found = of_precision(result, task.network, task.machine)
    assert [made.kind for made in found.made] == ["equivalence", "inequivalence"]
    for made in found.made:
        assert verdict(lines_of(made))[0] == "NOT VERIFIED"
        assert verdict(lines_of(made), [recorded.RECORDED, *TESTED]) == ("VERIFIED", "")

"""A check that is told to stop keeps what is done, wherever it is: nothing is lost, nothing new."""

from collections.abc import Callable

import pytest

import negeig as api
from negeig.claims import Stopped, Verdict
from negeig.pipeline.check import CheckResult

PLACES = 12
"""At how many calls each check is stopped, spread evenly over all."""

LAYERS = {
    "mod:3": "family=delta,beta=0..2,steps=2,depth=1",
    "parity": "family=delta,beta=0..1,depth=2",
    "flipflop": "family=dense,dim=8,depth=1",
    "starts-with:a": "family=diagonal,gate=-1..1,depth=2",
}


def checked(task: str, report: Callable[[str, int], None]) -> CheckResult:
    return api.check(zoo=task, layer=LAYERS[task], backends=(), progress=report)


def stopping(after: int) -> Callable[[str, int], None]:
    """Progress that stops at this call and, as the time is over then, at all later ones."""
    calls = []

    def report(stage: str, done: int) -> None:
        calls.append(stage)
        if len(calls) > after:
            raise Stopped("seconds in all", 1.0, reached=1.0, option="--timeout")

    return report


@pytest.mark.parametrize("task", LAYERS)
def test_what_is_done_is_kept(task: str) -> None:
    stages: list[str] = []
    whole = checked(task, lambda stage, done: stages.append(stage))
    assert len(stages) > 3
    known = {claim.id: claim.verdict for claim in whole.claims}
    kept = []
    for after in sorted({place * (len(stages) - 1) // PLACES for place in range(PLACES + 1)}):
        found = checked(task, stopping(after))
        (answer,) = found.layers
        assert found.limits
        assert found.monoid == whole.monoid
        for claim in found.claims:  # of another network, perhaps, but never against the whole
            assert claim.verdict in (known.get(claim.id), Verdict.OPEN, Verdict.PROVED)
        assert answer.verdict in (whole.layers[0].verdict, "open")
        if answer.verdict == "open" != whole.layers[0].verdict:
            assert "--timeout" in answer.reason
        if found.choice.stopped is not None:
            assert found.verdict != "holds"
        kept.append(found.shown is not None)
    assert kept == sorted(kept)  # once a network is found, no later stop loses it

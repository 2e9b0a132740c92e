"""Readers and the checker on a stored corpus, and on inputs that coverage leads to from there."""

import pytest

from support import toy_parsers
from support.fuzz_subjects import CORPUS, SUBJECTS
from support.fuzzing import (
    MAX_MEMORY,
    Fuzzed,
    Greedy,
    Hang,
    campaign,
    execute,
    smaller,
    stored,
)

SEED = 17

EXECUTIONS = 1_000
"""Altered inputs of each subject, in the second tier."""

TOYS = frozenset({str(toy_parsers.__file__)})


@pytest.mark.parametrize("name", SUBJECTS)
def test_the_corpus_has_permitted_outcomes(name: str) -> None:
    """Each stored input is read or refused with words, in bounded work and memory."""
    subject, corpus = SUBJECTS[name], stored(CORPUS / name)
    assert corpus, "python tests/fuzz.py makes one"
    outcomes = set()
    for entry, data in (*(("a seed", data) for data in subject.seeds), *corpus):
        done = execute(subject, data, memory=True)
        assert done.fault is None, f"{name}/{entry}: {done.fault!r}"
        outcomes.add(done.outcome)
    assert len(outcomes) > 1, f"the corpus of {name} meets one outcome only"


def test_the_corpus_is_small() -> None:
    sizes = {path: path.stat().st_size for path in CORPUS.glob("*/*")}
    assert sum(sizes.values()) < 300_000
    assert {path.parent.name for path in sizes} == set(SUBJECTS)


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", SUBJECTS)
def test_altered_inputs_have_permitted_outcomes(name: str) -> None:
    corpus = [data for _, data in stored(CORPUS / name)]
    search = campaign(SUBJECTS[name], corpus, SEED)
    found = sum(1 for _ in search.run(EXECUTIONS))
    print(f"{name}, seed {SEED}: {found} inputs cover more; {search.outcomes}")
    assert sum(search.outcomes.values()) >= EXECUTIONS + len(corpus)


def toy(name: str) -> Fuzzed:
    return Fuzzed(name, getattr(toy_parsers, name), TOYS, seeds=(b"....",))


def hunt(*, guided: bool) -> None:
    """Alter inputs until the fault behind the lock is met, which raises, or give up."""
    for _ in campaign(toy("nested"), (), SEED, guided=guided).run(20_000):
        pass


def test_coverage_leads_to_a_fault_that_chance_does_not_meet() -> None:
    """Three bytes, each looked at where those before it are right: one by one, or not at all."""
    with pytest.raises(AssertionError, match="behind the lock"):
        hunt(guided=True)
    hunt(guided=False)


def test_a_loop_without_end_is_found_by_counted_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("support.fuzzing.MAX_LINES", 1_000)
    assert isinstance(execute(toy("endless"), b"a\x00").fault, Hang)
    assert execute(toy("endless"), b"aa").outcome == "read"


def test_an_input_that_takes_much_memory_is_found() -> None:
    much, little = str(2 * MAX_MEMORY).encode(), b"1000"
    assert isinstance(execute(toy("greedy"), much, memory=True).fault, Greedy)
    assert execute(toy("greedy"), little, memory=True).outcome == "1000"


def test_inputs_are_made_smaller_and_cover_the_same() -> None:
    subject = toy("nested")
    wanted = execute(subject, b"ke.......").edges
    assert smaller(subject, b"ke.......", wanted) in (b"ke", b"ke.")

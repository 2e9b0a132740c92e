"""That one number is too few is verified for exactly the tasks that no layer of one number does.

Which those are is decided by trying all layers of one number with finitely many states: each letter
keeps the number, mirrors it or overwrites it, and the number that is overwritten with, or begun
with, is its own, which tells the most.
"""

import itertools

import pytest

from negeig.automata.machines.machine import Machine
from negeig.claims import InputError
from negeig.proofs_checks import checker
from negeig.proofs_checks.runs.scalars import scalar_certificate

WORDS = [[], [0], [1]]


def fits(transitions, outputs, kinds):
    """Whether these maps of numbers, a kind for each letter, leave outputs to be told."""
    start = (1, 0)  # a number, 1 at first, or minus it, and the state of the task
    reached, told = [start], {}
    for number, state in reached:  # grows while it is read
        for a, kind in enumerate(kinds):
            moved = {"keeps": number, "mirrors": -number, "overwrites": a + 2}[kind]
            goal = transitions[state][a]
            if told.setdefault((moved, a), outputs[goal]) != outputs[goal]:
                return False
            if (moved, goal) not in reached:
                reached.append((moved, goal))
    return True


def one_number_does(transitions, outputs):
    kinds = itertools.product(("keeps", "mirrors", "overwrites"), repeat=2)
    return any(fits(transitions, outputs, each) for each in kinds)


def machines(outputs):
    """All tasks with three states and two letters: their tables, and whether one number does."""
    for transitions in itertools.product(itertools.product(range(3), repeat=2), repeat=3):
        yield transitions, one_number_does(transitions, outputs)


def said(about, evidence):
    """What the checker says of a machine that is taken as it is, or None where it refuses."""
    checker.progress.left = checker.STEPS
    try:
        return checker._scalar(None, checker.Machine("about", about), **evidence)
    except checker.Failure:
        return None


def forged(transitions, outputs):
    """Evidence that the outputs of short words seem to give, the last letter told or not."""

    def output(*words):
        state = 0
        for a in itertools.chain(*words):
            state = transitions[state][a]
        return outputs[state]

    def first(choices, differ):
        return next((list(x) for x in choices if differ(*x)), None)

    contexts = list(itertools.product(WORDS, repeat=3))
    for a, b in itertools.product(range(2), repeat=2):
        constant = [
            first(contexts, lambda u, v, w, x=x: output(u, [x], w) != output(v, [x], w))
            for x in (a, b)
        ]
        for last in (WORDS, WORDS[::-1]):
            pairs = list(itertools.product(WORDS, last))
            identity = [
                first(pairs, lambda u, w, x=x: output(u, x, w) != output(u, w))
                for x in ([a], [b], [a, b])
            ]
            constant = [x or [[], [], []] for x in constant]
            if all(identity):
                yield {"letters": [a, b], "constant": constant, "identity": identity}


@pytest.mark.parametrize("outputs", [(0, 1, 2), (0, 0, 1), (0, 1, 0), (0, 1, 1)])
def test_one_number_is_too_few_exactly_where_no_layer_of_one_number_does(outputs):
    counts = {True: 0, False: 0}
    for transitions, is_enough in machines(outputs):
        counts[is_enough] += 1
        task = Machine(alphabet="ab", transitions=transitions, initial=0, outputs=outputs)
        if is_enough:
            with pytest.raises(InputError, match="letters do no more"):
                scalar_certificate(task.minimal())
        else:
            made = scalar_certificate(task.minimal())
            assert said(made.about, made.evidence)
    assert min(counts.values()) > 50


@pytest.mark.parametrize("outputs", [(0, 1, 2), (0, 0, 1), (0, 1, 0), (0, 1, 1)])
def test_outputs_of_short_words_forge_nothing(outputs):
    """Also those of empty words after a letter and without it, which the last letter may tell."""
    tried = 0
    for transitions, is_enough in machines(outputs):
        about = {
            "alphabet": ["a", "b"], "initial": 0, "outputs": list(outputs),
            "transitions": [list(row) for row in transitions],
        }  # fmt: skip
        for evidence in forged(transitions, outputs) if is_enough else ():
            tried += 1
            assert said(about, evidence) is None, (transitions, evidence)
    assert tried > 50

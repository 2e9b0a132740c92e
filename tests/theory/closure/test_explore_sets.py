"""Exploring every outcome: held to brute force over words and choices on random tables."""

import itertools
import random

import pytest

from negeig.automata.machines.machine import Machine
from negeig.claims import InputError, LimitReached
from negeig.theory.closure import explore_sets as module
from negeig.theory.closure.explore import Exploration, explore
from negeig.theory.closure.explore_sets import erring_run, explore_sets
from negeig.theory.networks.network import LinearRNN

LETTERS = "ab"
NETWORK = LinearRNN(alphabet=tuple(LETTERS), layers=(), outputs={"x": 0, "y": 1}, empty=0)


class Table:
    """A semantics by a table: outcomes[state, letter] is a list of (state, symbol)."""

    def __init__(self, outcomes: dict) -> None:
        self.outcomes = outcomes

    def initial(self) -> int:
        return 0

    def outcomes_of(self, state: int, letter: str) -> list:
        return self.outcomes[state, letter]

    def step(self, state: int, letter: str) -> tuple:
        (one,) = self.outcomes[state, letter]
        return one


def random_table(source: random.Random, states: int, most: int) -> Table:
    """The symbol is a function of the state reached and the letter, as a decoder's is."""
    emit = {(s, a): source.choice(["x", "y", "x", None]) for s in range(states) for a in LETTERS}
    table = {}
    for s, a in itertools.product(range(states), LETTERS):
        targets = source.sample(range(states), source.randint(1, min(most, states)))
        table[s, a] = [(t, emit[t, a]) for t in targets]
    return Table(table)


def random_machine(source: random.Random, states: int) -> Machine:
    return Machine(
        alphabet=LETTERS,
        transitions=[[source.randrange(states) for _ in LETTERS] for _ in range(states)],
        initial=0,
        outputs=[0, *(source.randint(0, 1) for _ in range(states - 1))],
    )


def runs(table: Table, word: str):
    """All runs of choices on a word: the states after each letter, and the last symbol."""
    if not word:
        yield (0,), "x"
        return
    for states, _ in runs(table, word[:-1]):
        for target, symbol in table.outcomes_of(states[-1], word[-1]):
            yield (*states, target), symbol


def errs(table: Table, machine: Machine, word: str) -> bool:
    wanted = machine.output(tuple(word))
    return any(
        symbol is None or NETWORK.outputs[symbol] != wanted for _, symbol in runs(table, word)
    )


def words(longest: int):
    for length in range(longest + 1):
        yield from map("".join, itertools.product(LETTERS, repeat=length))


def right_machine(table: Table) -> Machine | None:
    """The machine of a table whose outcomes all agree, if they do: by the symbols emitted."""
    keys, rows, outputs = [(0, "x")], [], []
    for state, symbol in keys:
        row = []
        for a in LETTERS:
            outcomes = {(t, s) for t, s in table.outcomes_of(state, a)}
            if len(outcomes) != 1 or None in {s for _, s in outcomes}:
                return None
            (one,) = outcomes
            keys += [one] * (one not in keys)
            row.append(keys.index(one))
        rows.append(row)
        outputs.append(NETWORK.outputs[symbol])
    return Machine(alphabet=LETTERS, transitions=rows, initial=0, outputs=outputs)


def check(table: Table, machine: Machine, result: Exploration) -> None:
    wrong = next((word for word in words(5) if errs(table, machine, word)), None)
    if result.verdict == "proved":
        assert wrong is None
    if result.verdict == "wrong":
        assert errs(table, machine, "".join(result.wrong_word))
        assert wrong is None or len(wrong) == len(result.wrong_word)
    if result.wrong_word is not None:
        run = erring_run(table, NETWORK, machine, result.wrong_word)
        assert (0, *run) in {states for states, _ in runs(table, "".join(result.wrong_word))}
        symbols = dict(table.outcomes_of((0, *run)[-2], result.wrong_word[-1]))
        last = symbols[run[-1]]
        assert last is None or NETWORK.outputs[last] != machine.output(result.wrong_word)
    if result.verdict == "collision":
        one, two = map("".join, result.words)
        assert one[-1] == two[-1]
        assert machine.output(tuple(one)) != machine.output(tuple(two))
        ends = [{states[-1] for states, _ in runs(table, word)} for word in (one, two)]
        assert ends[0] & ends[1]
        assert not result.decoder_exists
        assert result.wrong_word is not None


def test_random_tables_end_as_brute_force_says() -> None:
    seen = set()
    for seed in range(400):
        source = random.Random(seed)
        table = random_table(source, source.randint(1, 4), 3)
        machine = random_machine(source, source.randint(1, 3))
        result = explore_sets(table, NETWORK, machine)
        check(table, machine, result)
        seen.add(result.verdict)
    assert seen >= {"wrong", "collision"}


def twins_of(table: Table, copies: int) -> Table:
    """Every state several times, and each outcome leads to any copy: as right as the table."""
    outcomes = {}
    for (s, a), found in table.outcomes.items():
        for i in range(copies):
            outcomes[s * copies + i, a] = [
                (t * copies + j, symbol) for t, symbol in found for j in range(copies)
            ]
    return Table(outcomes)


def test_what_is_right_stays_right_with_choices_that_do_not_matter() -> None:
    """And one bad outcome in all of them is found: the negative twin."""
    proved = 0
    for seed in range(200):
        source = random.Random(seed)
        table = random_table(source, source.randint(1, 4), 1)
        machine = right_machine(table)
        if machine is None:
            continue
        several = twins_of(table, 3)
        result = explore_sets(several, NETWORK, machine)
        assert result.verdict == "proved"
        check(several, machine, result)
        proved += 1
        key = (0, source.choice(LETTERS))
        target, symbol = several.outcomes[key][-1]
        several.outcomes[key][-1] = (target, "y" if symbol == "x" else "x")
        assert explore_sets(several, NETWORK, machine).verdict == "wrong"
    assert proved > 20


def test_one_outcome_each_is_explored_as_without_choices() -> None:
    for seed in range(200):
        source = random.Random(seed)
        table = random_table(source, source.randint(1, 5), 1)
        machine = random_machine(source, source.randint(1, 4))
        for most in (100, 2):
            plain = explore(table, NETWORK, machine, max_states=most)
            sets = explore_sets(table, NETWORK, machine, max_states=most)
            if plain.verdict == "collision" and plain.wrong_word is None:
                assert sets.wrong_word in sets.words  # it says which of them errs
                assert sets.words == plain.words
            else:
                assert sets == plain


def test_the_number_of_outcomes_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "OUTCOMES_A_STATE", 2)
    table = Table({(s, a): [(t, "x") for t in range(4)] for s in range(4) for a in LETTERS})
    machine = Machine(alphabet=LETTERS, transitions=[[0, 0]], initial=0, outputs=[0])
    result = explore_sets(table, NETWORK, machine, max_states=5)
    assert (result.verdict, result.states) == ("open", 4)
    assert "outcomes of letters: stopped at 10, the limit is 10" in result.reason
    monkeypatch.undo()
    assert explore_sets(table, NETWORK, machine, max_states=5).verdict == "proved"


def test_progress_and_semantics_may_end_it() -> None:
    table = Table({(0, a): [(0, "x")] for a in LETTERS})
    machine = Machine(alphabet=LETTERS, transitions=[[0, 0]], initial=0, outputs=[0])

    def stop(_: int) -> None:
        raise LimitReached("seconds", 1, reached=2)

    assert explore_sets(table, NETWORK, machine, progress=stop).reason.startswith("seconds")
    other = Machine(alphabet="ac", transitions=[[0, 0]], initial=0, outputs=[0])
    with pytest.raises(InputError, match="their alphabets must agree"):
        explore_sets(table, NETWORK, other)
    assert erring_run(table, NETWORK, machine, ("a", "b")) is None

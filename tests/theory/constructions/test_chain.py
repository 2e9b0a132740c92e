"""Chains of registers: one layer of projections where the monoid is L-trivial and efe = fe.

The brute force here composes maps as tuples and shares nothing with the package.
"""

import itertools
import random
from fractions import Fraction

import pytest

from negeig.automata.language import language
from negeig.automata.machines.machine import Machine
from negeig.automata.zoo import get
from negeig.claims import LimitReached
from negeig.pipeline.choosing import choose
from negeig.theory.closure.exact_search import exact_closure
from negeig.theory.constructions.budget import Budget
from negeig.theory.constructions.covers.chain import construct
from negeig.theory.constructions.pieces.chains import (
    chain_steps,
    cost_of,
    halvings,
    numbered,
    rows_of,
    separating,
    tells_apart,
)
from negeig.theory.constructions.stacks import cascade
from negeig.work import Work
from support.maps import generated, machine_of, starts, structures, then

SEED = 31


def is_wanted(letters):
    """Whether idempotents satisfy efe = fe, and words that end alike both ways round are equal."""
    elements = generated(letters)
    idempotents = [x for x in elements if then(x, x) == x]
    left = {x: frozenset(then(y, x) for y in elements) for x in elements}
    return len(set(left.values())) == len(elements) and all(
        then(then(e, f), e) == then(f, e) for e, f in itertools.product(idempotents, repeat=2)
    )


def check(machine, work=None):
    """Every proposal is one layer, all its steps of eigenvalue 0, and is proved."""
    found = []
    proposals = construct(machine, work=work)
    while True:
        try:
            proposal = next(proposals)
        except (StopIteration, LimitReached):
            return found
        assert len(proposal.network.layers) == 1
        assert {x for layer in proposal.network.layers for x in layer.eigenvalues} == {0}
        result = exact_closure(proposal.network, machine)
        assert result.verdict == "proved", machine.transitions.tolist()
        assert result.states == len(set(proposal.network.layers[0].codes))
        found.append(proposal)


def counted(n):
    """How many structures are wanted, after all of them have a network and no other has one."""
    count = 0
    for letters in structures(n):
        wanted = is_wanted(letters)
        for initial in starts(letters):
            assert bool(check(machine_of(letters, initial))) == wanted, letters
        count += wanted
    return count


def test_all_structures_of_up_to_three_states():
    assert [counted(n) for n in (2, 3)] == [3, 13]


@pytest.mark.exhaustive
def test_all_structures_of_four_states():
    assert counted(4) == 95


def test_one_layer_where_the_compiler_took_three():
    """The last three letters are b; no eigenvalue but 0."""
    machine = Machine(
        alphabet="ab", transitions=[[0, 1], [0, 2], [0, 3], [0, 3]], initial=0, outputs=range(4)
    )
    assert [found.cost for found in check(machine)] == [(1, 5, 3)]
    winner = choose(machine, Budget(eigenvalues=(Fraction(0), Fraction(1)))).winner
    assert winner is not None
    assert winner.cost[0] == 1


@pytest.mark.parametrize("name", ["starts-with:a", "contains:ab", "parity", "dyck1:2"])
def test_nothing_where_one_layer_without_reflections_does_not_exist(name):
    assert list(construct(get(name).minimal())) == []


def test_all_letters_of_windows_and_of_many_letters():
    """Three letters: the last two of them; five letters: which of some was last."""
    words = [(x, y) for x in range(-1, 3) for y in range(-1, 3) if x < 0 or y >= 0]
    window = Machine(
        alphabet="abc",
        transitions=[[words.index((y, a)) for a in range(3)] for _, y in words],
        initial=words.index((-1, -1)),
        outputs=range(len(words)),
    ).minimal()
    assert [found.cost for found in check(window)] == [(1, 3, 4)]
    last = [[1, 2, 0, 3, 0], [1, 2, 1, 3, 1], [1, 2, 2, 3, 2], [1, 2, 3, 3, 3]]
    many = Machine(alphabet="abcde", transitions=last, initial=0, outputs=range(4)).minimal()
    assert [found.cost for found in check(many)] == [(1, 1, 1)]


def test_what_is_found_depends_on_the_work_alone():
    machine = machine_of(((0, 0, 1, 2), (3, 3, 3, 3)), 0)
    with pytest.raises(LimitReached, match="--effort"):
        list(construct(machine, work=Work("pairs", 10)))
    costs = [[found.cost for found in construct(machine)] for _ in range(2)]
    assert costs[0] == costs[1]
    assert costs[0]


# --- chains


def random_chain(random_, letters):
    chain = []
    for _ in range(random_.randint(1, 3)):
        moves = -1
        if chain:
            moves = random_.choice([a for a in range(letters) if not chain[-1][0] >> a & 1])
        kept = random_.randrange((1 << letters) - 1)
        kept &= ~(1 << moves) if moves >= 0 else -1
        chain.append((kept, moves))
    return tuple(chain)


def random_forest(random_, letters):
    chains = [random_chain(random_, letters) for _ in range(random_.randint(1, 3))]
    return frozenset(c[: i + 1] for c in chains for i in range(len(c)))


def test_steps_do_what_rows_say():
    """Delta steps against the rows: what a register holds is halved as often as it has moved."""
    random_ = random.Random(SEED)
    for _ in range(60):
        letters = random_.randint(1, 3)
        forest = random_forest(random_, letters)
        rows = rows_of(forest, letters).tolist()
        scale = [Fraction(1, 2**times) for times in halvings(forest)]
        plain = [random_.randint(-9, 9) for _ in scale]
        for a in range(letters):
            writes = [random_.randint(-9, 9) for _ in scale]
            steps = chain_steps(forest, a, writes)
            assert all(step.eigenvalue == 0 for step in steps)
            state = tuple(x * s for x, s in zip(plain, scale, strict=True))
            for step in steps:
                state = step.apply(state)
            after = [plain[r - 1] if r else w for r, w in zip(rows[a], writes, strict=True)]
            assert state == tuple(x * s for x, s in zip(after, scale, strict=True))
            assert len(steps) <= cost_of(forest, letters)[0]


def followed(forest, word):
    """What the registers hold, forwards: who wrote it where."""
    chains = numbered(forest)
    held = {c: ("start", c) for c in chains}
    for a in word:
        held = {
            c: held[c] if c[-1][0] >> a & 1 else held[c[:-1]] if c[-1][1] == a else (a, c)
            for c in chains
        }
    return held


def test_chains_that_tell_words_apart_are_all_there():
    random_ = random.Random(SEED)
    for _ in range(60):
        letters = random_.randint(2, 6)
        one, two = (
            tuple(random_.randrange(letters) for _ in range(random_.randint(0, 6)))
            for _ in range(2)
        )
        forest = random_forest(random_, letters)
        differ = followed(forest, one) != followed(forest, two)
        assert tells_apart(forest, one, two) == differ
        found = list(separating(one, two, letters, 4))
        for chain in found:
            tree = frozenset(chain[: i + 1] for i in range(len(chain)))
            assert followed(tree, one)[chain] != followed(tree, two)[chain]
        assert bool(found) or not differ


def test_chains_are_layers_of_stacks_without_reflections():
    """An a first and bbb last: chains join the levels that tell the end, two layers in all."""
    machine = language("a(a|b)*bbb").machine.minimal()
    found = [
        made
        for made in cascade.construct(machine)
        if all(x >= 0 for layer in made.network.layers for x in layer.eigenvalues)
    ]
    assert all(exact_closure(made.network, machine).verdict == "proved" for made in found)
    assert min(len(made.network.layers) for made in found) == 2

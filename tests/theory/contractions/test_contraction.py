"""One contractive layer: the program is decided exactly, either by a network or by a refusal."""

from __future__ import annotations

import itertools
from dataclasses import replace
from fractions import Fraction
from random import Random

import pytest
from flint import fmpq, fmpq_mat

from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.monoid import transition_monoid
from negeig.claims import LimitReached
from negeig.theory.closure.exact_search import exact_closure
from negeig.theory.constructions.covers.contraction import attempt, construct, network_of
from negeig.theory.contractions.gram import rational_points
from negeig.theory.contractions.refusal import infeasibility
from negeig.theory.contractions.semidefinite import is_contractive, program, simplest, solve
from negeig.theory.exact.linear_algebra import ONE, add, identity, rank
from negeig.theory.networks.network import DeltaStep
from negeig.work import Work

STARTS_WITH_A = Machine(
    alphabet="ab", transitions=[[1, 2], [1, 1], [2, 2]], initial=0, outputs=[0, 1, 0]
)


def structures(states):
    """Minimal machines over two letters, one for each transition structure up to renaming."""
    found = {}
    for flat in itertools.product(range(states), repeat=2 * states):
        letters = flat[:states], flat[states:]
        key = min(
            tuple(sorted(tuple(p.index(f[p[q]]) for q in range(states)) for f in letters))
            for p in itertools.permutations(range(states))
        )
        if key in found:
            continue
        for outputs in itertools.product((0, 1), repeat=states):
            for initial in range(states):
                machine = Machine(
                    alphabet="ab",
                    transitions=list(zip(*key, strict=True)),
                    initial=initial,
                    outputs=outputs,
                ).minimal()
                if machine.size == states:
                    found.setdefault(key, machine)
    return list(found.values())


THREE_STATES = structures(3)


def idempotents(machine):
    monoid = transition_monoid(machine)
    return [tuple(monoid.maps[i].tolist()) for i in monoid.idempotents]


def then(first, second):
    return tuple(second[q] for q in first)


def identity_holds(machine):
    """Whether efe = fe for all idempotents, words read left to right."""
    found = idempotents(machine)
    return all(then(then(e, f), e) == then(f, e) for e, f in itertools.product(found, repeat=2))


def commute_on_differences(machine):
    """Whether ef and fe move every difference e_p - e_q alike, as formal combinations."""

    def formal(f, p, q):
        counts = [0] * machine.size
        counts[f[p]] += 1
        counts[f[q]] -= 1
        return counts

    states = range(machine.size)
    return all(
        formal(then(e, f), p, q) == formal(then(f, e), p, q)
        for e, f in itertools.combinations(idempotents(machine), 2)
        for p, q in itertools.combinations(states, 2)
    )


def sample(states, letters, count, seed):
    """Random machines whose letters are often permutations or merge into one state."""
    print(f"seed {seed}")
    random = Random(seed)
    for _ in range(count):
        columns = []
        for _ in range(letters):
            column = random.sample(range(states), states)
            if random.random() < 0.6:
                for _ in range(random.randrange(states)):
                    column[random.randrange(states)] = column[0]
            columns.append(column)
        yield Machine(
            alphabet="abc"[:letters],
            transitions=list(zip(*columns, strict=True)),
            initial=0,
            outputs=list(range(states)),
        ).minimal()


def test_all_three_state_structures():
    kinds = {"feasible": 0, "violates the identity": 0, "needs split states": 0}
    for machine in THREE_STATES:
        found = attempt(machine)
        holds = identity_holds(machine)
        if found.kind == "feasible":
            kinds["feasible"] += 1
            assert holds
            assert commute_on_differences(machine)
            assert is_contractive(machine, found.gram)
            constructions = list(construct(machine))
            assert constructions
            for construction in constructions:
                assert exact_closure(construction.network, machine).verdict == "proved"
        else:
            kinds["needs split states" if holds else "violates the identity"] += 1
            assert found.kind == "infeasible"
            assert found.certificate.verify(machine)
            assert not commute_on_differences(machine)
            assert solve(program(machine)) is None
            assert list(construct(machine)) == []
    assert kinds == {"feasible": 40, "violates the identity": 19, "needs split states": 3}


@pytest.mark.parametrize(
    ("states", "letters", "count", "seed"), [(4, 2, 150, 11), (4, 3, 60, 12), (5, 2, 60, 13)]
)
def test_a_solution_or_a_certificate_and_never_both(states, letters, count, seed):
    kinds = set()
    for machine in sample(states, letters, count, seed):
        if machine.size < 2:
            continue
        gram, certificate = solve(program(machine)), infeasibility(machine)
        assert (gram is None) == (certificate is not None)
        assert (gram is not None) == commute_on_differences(machine)
        if gram is None:
            assert certificate.verify(machine)
        else:
            assert is_contractive(machine, gram)
            kinds.add("network")
            best = simplest(program(machine))
            network = network_of(machine, best)
            assert exact_closure(network, machine).verdict == "proved"
        kinds.add(gram is None)
    assert kinds == {True, False, "network"}


def test_every_letter_takes_the_least_number_of_steps():
    """rank(I - A) steps: no product of factors with one moving direction each has fewer."""
    for machine in THREE_STATES:
        for construction in construct(machine):
            layer = construction.network.layers[0]
            unit = identity(layer.dim)
            for letter in layer.alphabet:
                away = add(unit, layer.letter_matrix(letter), -ONE)
                assert len(layer.steps[letter]) == rank(away)
                assert all(-1 <= step.eigenvalue < 1 for step in layer.steps[letter])


def test_no_solution_is_beaten_and_all_orders_are_tried():
    """Steps are the least there are: the letters' maps of the differences of points are given."""
    several = 0
    for machine in (*THREE_STATES, *sample(4, 2, 30, seed=21)):
        found = list(construct(machine))
        assert list(map(parts, found)) == list(map(parts, construct(machine)))
        prices = [c.cost[1:] for c in found]
        rows = machine.transitions.tolist()
        for letter in range(len(machine.alphabet) if found else 0):
            moved = [
                [
                    (rows[q][letter] == r) - (rows[0][letter] == r) - (q == r)
                    for r in range(1, len(rows))
                ]
                for q in range(1, len(rows))
            ]
            assert min(steps for steps, _ in prices) >= fmpq_mat(moved).rank()
        several += len(found) > 1
        for one, two in itertools.permutations(found, 2):
            if two.cost[1] <= one.cost[1] and two.cost[2] <= one.cost[2]:
                # Then it has something else to say for itself.
                least = [min(eigenvalues(c)) for c in (one, two)]
                assert least[0] > least[1] or is_dyadic(one) > is_dyadic(two)


def parts(construction):
    (layer,) = construction.network.layers
    return layer.initial, layer.steps, layer.codes, layer.emit


def eigenvalues(construction):
    (layer,) = construction.network.layers
    return [step.eigenvalue for steps in layer.steps.values() for step in steps]


def is_dyadic(construction):
    (layer,) = construction.network.layers
    steps = [step for steps in layer.steps.values() for step in steps]
    numbers = [x for step in steps for x in (step.beta, step.write, *step.key)]
    numbers += [x for code in layer.codes for x in code]
    return all(x.denominator.bit_count() == 1 for x in numbers)


def test_work_bounds_the_search():
    """Less work gives networks that are dearer or the same, and says that there may be others."""
    dearer = 0
    for machine in THREE_STATES:
        found = sorted(c.cost for c in construct(machine))
        short = []
        try:
            short.extend(c.cost for c in construct(machine, work=Work("entries", 1)))
        except LimitReached as limit:
            dearer += limit.option == "--effort" and min(short) > found[0]
        assert bool(short) == bool(found)
        assert min(short, default=()) >= min(found, default=())
    assert dearer > 0


def test_an_altered_step_is_proved_only_where_the_nearest_codes_are_right():
    """Rarely, and then by regions: states without a code stay in the cells of the right ones."""
    tried = proved = 0
    for machine in THREE_STATES:
        for construction in construct(machine):
            layer = construction.network.layers[0]
            for letter, steps in layer.steps.items():
                for i, step in enumerate(steps):
                    other = DeltaStep(step.beta / 2, step.key, step.write)
                    changed = {**layer.steps, letter: (*steps[:i], other, *steps[i + 1 :])}
                    network = replace(construction.network, layers=(replace(layer, steps=changed),))
                    # States that grow or shrink for ever stay open at any limit.
                    result = exact_closure(network, machine, max_states=50)
                    tried += 1
                    if result.verdict == "proved":
                        assert result.boxes > 0
                        assert all(
                            network.run(word) == machine.run(word)
                            for word in itertools.product("ab", repeat=9)
                        )
                        proved += 1
    assert tried > 100
    assert 0 < proved < tried / 5


def test_a_tampered_gram_matrix_is_rejected():
    for machine in THREE_STATES:
        gram = solve(program(machine))
        if gram is None:
            continue
        size = gram.nrows()
        assert not is_contractive(machine, -gram)
        assert not is_contractive(machine, gram - gram)
        lopsided = gram + gram - gram
        lopsided[0, 1] += fmpq(1, 1000)
        assert not is_contractive(machine, lopsided)
    turn = Machine(alphabet="a", transitions=[[1], [2], [0]], initial=0, outputs=[0, 1, 2])
    assert is_contractive(turn, fmpq_mat([[2, 1], [1, 2]]))
    assert not is_contractive(turn, fmpq_mat([[2, 1], [1, fmpq(2001, 1000)]]))
    assert size == 2


def test_a_tampered_certificate_is_rejected():
    refused = [(m, c) for m in THREE_STATES if (c := infeasibility(m)) is not None]
    assert len(refused) == 22
    for machine, certificate in refused:
        assert certificate.verify(machine)
        zero = (Fraction(0),) * 3
        assert not replace(certificate, vanishing=zero).verify(machine)
        doubled = tuple(2 * x for x in certificate.vanishing)
        assert not replace(certificate, vanishing=doubled).verify(machine)
        shifted = (certificate.vanishing[0] + 1, *certificate.vanishing[1:])
        assert not replace(certificate, vanishing=shifted).verify(machine)
        assert not replace(certificate, equations=()).verify(machine)
        assert not replace(certificate, equations=certificate.equations[1:]).verify(machine)
        first = certificate.equations[0]
        other = replace(first, multiplier=tuple(-y for y in first.multiplier))
        assert not replace(certificate, equations=(other, *certificate.equations[1:])).verify(
            machine
        )


def test_a_certificate_is_about_its_own_machine():
    """Trivial dual matrices need pairs that come back, and on another machine they do not."""
    certificate = infeasibility(STARTS_WITH_A)
    resets = Machine(
        alphabet="ab", transitions=[[1, 2], [1, 2], [1, 2]], initial=0, outputs=[0, 1, 2]
    )
    assert certificate.verify(STARTS_WITH_A)
    assert "back to itself" in certificate.problems(resets)[0]


def test_rational_points_have_the_gram_matrix():
    random = Random(5)
    for order in (1, 2, 3):
        for _ in range(10):
            root = fmpq_mat([[random.randrange(-2, 3) for _ in range(order)] for _ in range(order)])
            gram = root.transpose() * root + fmpq_mat(
                [[int(i == j) for j in range(order)] for i in range(order)]
            )
            points, scale = rational_points(gram)
            assert points.transpose() * points == fmpq(scale) * gram
            assert order <= points.nrows() <= 4 * order


def test_limits_are_named():
    states = 13
    counter = Machine(
        alphabet="a",
        transitions=[[(q + 1) % states] for q in range(states)],
        initial=0,
        outputs=list(range(states)),
    )
    with pytest.raises(LimitReached, match="12"):
        list(construct(counter))
    assert attempt(counter).kind == "undecided"
    one = Machine(alphabet="a", transitions=[[0]], initial=0, outputs=[1])
    assert list(construct(one)) == []

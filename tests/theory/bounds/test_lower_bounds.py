"""Lower bounds: never above what a proved network has, and against brute force where there is one.

The negative twins are networks that beat a bound whose assumption they break.
"""

from __future__ import annotations

import itertools
from fractions import Fraction
from random import Random

import numpy as np
import pytest

from negeig import api
from negeig.automata.decomposition import complexity as complexity_module
from negeig.automata.decomposition.complexity import complexity_lower_bound
from negeig.automata.decomposition.subduction import height
from negeig.automata.groups.characters import character_table
from negeig.automata.groups.identify import identify
from negeig.automata.groups.isometries import may_be_isometries
from negeig.automata.groups.permgroup import ListedGroup
from negeig.automata.groups.schreier_sims import PermutationGroup
from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.monoid import transition_monoid
from negeig.automata.zoo import get
from negeig.claims import LimitReached
from negeig.pipeline.parts.budget_not_met import BudgetNotMet
from negeig.precision.closure.rounded_closure import closure
from negeig.theory.bounds import dimension_bounds
from negeig.theory.bounds.lower_bound import OWN
from negeig.theory.bounds.lower_bounds import lower_bounds, seen_by_decoder
from negeig.theory.bounds.reflection_bounds import (
    Units,
    one_step_obstruction,
    reflection_front,
    units,
)
from negeig.theory.closure.exact_search import exact_closure
from negeig.theory.constructions.budget import Budget
from negeig.theory.constructions.direct import (
    partial_injection,
    permutation,
    permutation_reset,
    scalar,
)
from negeig.theory.constructions.stacks import cascade
from negeig.theory.factors.factorisation import overwrite, permutation_steps
from negeig.theory.networks.network import DeltaStep, Layer, LinearRNN
from support.fronts import respects
from support.machines import drawn

ONE, ZERO = Fraction(1), Fraction(0)


def bounds_of(machine):
    return lower_bounds(machine, transition_monoid(machine))


def best(bounds, quantity, *, layers=None, own=True):
    """Largest value that holds for networks with this many layers (None: any)."""
    return max(
        (
            b.value
            for b in bounds
            if b.quantity == quantity
            and (b.layers is None or b.layers == layers)
            and (own or not b.own_group)
            and not b.no_reflections
        ),
        default=0,
    )


def minimal_machines():
    """All minimal machines with 2 or 3 states over two letters, start state 0."""
    for states in (2, 3):
        for flat in itertools.product(range(states), repeat=2 * states):
            table = [flat[2 * q : 2 * q + 2] for q in range(states)]
            for outputs in itertools.product((0, 1), repeat=states - 1):
                machine = Machine(
                    alphabet="ab", transitions=table, initial=0, outputs=(0, *outputs)
                )
                if machine.minimal().size == states:
                    yield machine.minimal()


def test_no_bound_is_above_a_proved_network():
    """All transitions of minimal 3-state machines over two letters."""
    compared = 0
    machines = {machine.transitions.tobytes(): machine for machine in minimal_machines()}
    for i, machine in enumerate(machines.values()):
        bounds = bounds_of(machine)
        direct = (scalar, permutation, partial_injection, permutation_reset)
        for route in direct if i % 10 else (cascade,):
            for construction in route.construct(machine):
                network = construction.network
                if respects(network, bounds):
                    compared += 1
                else:
                    assert exact_closure(network, machine).verdict != "proved"
    assert compared > 100


def test_one_number_is_enough_exactly_where_no_bound_says_more():
    """Places that the last letter tells apart are one, and a mirror may keep several of them."""
    decided = {True: 0, False: 0}
    for machine in minimal_machines():
        if len(np.unique(machine.transitions, axis=0)) < 2:
            continue  # the last letter alone is enough
        made = list(scalar.ROUTE.propose(machine))
        assert bool(made) == all(b.value < 2 for b in bounds_of(machine) if b.quantity == "dim")
        assert all(exact_closure(m.network, machine).verdict == "proved" for m in made)
        decided[bool(made)] += 1
    assert min(decided.values()) > 20, decided
    kept = Machine(alphabet="ab", transitions=[[1, 2], [0, 3], [2, 0], [3, 1]], initial=0,
                   outputs=[0, 1, 2, 3])  # fmt: skip
    assert not scalar.construct(kept)  # two mirrors
    kept = Machine(alphabet="abcd", transitions=[[1, 0, 2, 3], [0, 0, 2, 3], [2, 0, 2, 3],
                   [3, 0, 2, 3]], initial=2, outputs=[0, 1, 2, 3])  # fmt: skip
    (made,) = scalar.construct(kept)
    assert len(made.network.layers[0].codes) == 5  # of the two states that a keeps, one is 0
    assert exact_closure(made.network, kept).verdict == "proved"


def test_layers_are_not_above_the_height():
    """The plain holonomy cascade has height(machine) levels, and each of them is one layer."""
    attained = 0
    for seed in range(200):
        rng = Random(seed)
        states, letters = rng.randint(4, 6), rng.randint(2, 3)
        machine = drawn(rng, states, letters, outputs=3).minimal()
        bound = max(complexity_lower_bound(machine), best(lower_bounds(machine, None), "layers"))
        assert bound <= max(height(machine), 1), f"seed {seed}"
        attained += bound == height(machine)
    assert attained > 0


def brute_complexity(machine):
    """Full transformation monoids on subsets, by listing the monoid."""
    monoid = transition_monoid(machine)
    found = 0 if monoid.is_aperiodic else 1
    for size in range(2, machine.size + 1):
        for points in itertools.combinations(range(machine.size), size):
            maps = {
                tuple(row[list(points)].tolist())
                for row in monoid.maps
                if set(row[list(points)].tolist()) <= set(points)
            }
            if len(maps) == size**size:
                found = max(found, size - 1)
    return found


def test_complexity_by_brute_force():
    for flat in itertools.product(range(3), repeat=6):
        machine = Machine(
            alphabet="ab", transitions=np.array(flat).reshape(3, 2), initial=0, outputs=[0, 1, 2]
        )
        assert complexity_lower_bound(machine) == brute_complexity(machine)
    rng = Random(5)
    values = set()
    for _ in range(60):
        machine = Machine(
            alphabet="abc",
            transitions=[[rng.randrange(4) for _ in range(3)] for _ in range(4)],
            initial=0,
            outputs=range(4),
        )
        values.add(complexity_lower_bound(machine))
        assert complexity_lower_bound(machine) == brute_complexity(machine), machine.transitions
    assert {1, 2} <= values


@pytest.mark.parametrize("n", [2, 3, 4, 5])
def test_complexity_of_all_maps(n):
    """The full transformation monoid on n points has complexity n - 1; height n - 1 too."""
    machine = get(f"transformations:{n}")
    assert complexity_lower_bound(machine) == n - 1
    if n > 2:
        assert best(bounds_of(machine), "layers") == max(n - 1, 2)


def test_complexity_without_the_merge_or_the_swap():
    """All permutations alone are one group; cyclic permutations with a merge show only one."""
    cycle, swap, merge = [1, 2, 3, 0], [1, 0, 2, 3], [0, 0, 2, 3]
    for letters, value in ((("cycle", "swap"), 1), (("cycle", "merge"), 1), (("swap",), 1)):
        maps = [{"cycle": cycle, "swap": swap, "merge": merge}[x] for x in letters]
        machine = Machine(
            alphabet=[x[0] for x in letters],
            transitions=np.array(maps).T,
            initial=0,
            outputs=range(4),
        )
        assert complexity_lower_bound(machine) == brute_complexity(machine) == value


def test_complexity_of_a_merge_that_leaves():
    """All permutations of three states, and a merge into two others that none leaves."""
    maps = [[1, 2, 0, 3, 4], [1, 0, 2, 3, 4], [3, 3, 4, 3, 4]]
    machine = Machine(alphabet="csm", transitions=np.array(maps).T, initial=0, outputs=range(5))
    assert complexity_lower_bound(machine) == brute_complexity(machine) == 1


def test_complexity_of_large_machines(monkeypatch):
    """Image sets only: the same where the set found is an image, and a limit on their number."""
    machine = get("transformations:4")
    monkeypatch.setattr(complexity_module, "ALL_SUBSETS", 3)
    assert complexity_lower_bound(machine) == 3
    with pytest.raises(LimitReached, match="image sets"):
        complexity_lower_bound(machine, max_sets=10)
    # Two copies of the same machine side by side: neither half is an image.
    half = machine.transitions
    twice = Machine(
        alphabet=machine.alphabet,
        transitions=np.concatenate([half, half + 4]),
        initial=0,
        outputs=range(8),
    )
    monkeypatch.setattr(complexity_module, "ALL_SUBSETS", 8)
    assert complexity_lower_bound(twice) == 3


def listed(generators):
    return ListedGroup(PermutationGroup(generators).elements())


def group_with(generators, letters):
    """A group and some of its elements, given as permutations."""
    group = listed(generators)
    rows = group.rows.tolist()
    return Units(group, tuple((i, rows.index(list(x))) for i, x in enumerate(letters)))


def brute_front(found):
    """Pareto front over all sets of real irreducibles."""
    table = character_table(found.group)
    classes = {int(table.classes.labels[x]) for _, x in found.letters}
    irreducibles = table.real_irreducibles[1:]
    costs = set()
    for size in range(len(irreducibles) + 1):
        for chosen in itertools.combinations(irreducibles, size):
            kernel = set(range(len(table.classes))).intersection(*(r.kernel for r in chosen))
            if kernel == {0}:
                steps = max(sum(r.dimension - r.fixed[c] for r in chosen) for c in classes)
                costs.add((steps, sum(r.dimension for r in chosen)))
    return sorted(
        (s, d)
        for s, d in costs
        if not any(x <= s and y <= d and (x, y) != (s, d) for x, y in costs)
    )


CYCLE3, CYCLE4 = [1, 2, 0, 3, 4, 5, 6], [0, 1, 2, 4, 5, 6, 3]
FRONTS = {
    "trivial": ([[0]], [[0]]),
    "C6": ([[1, 2, 0, 4, 3]], [[1, 2, 0, 4, 3]]),
    "C12": ([CYCLE3, CYCLE4], [CYCLE3, CYCLE4]),
    "C12 by one letter": ([CYCLE3, CYCLE4], [[1, 2, 0, 4, 5, 6, 3]]),
    "S3 x S3": (
        [[1, 2, 0, 3, 4, 5], [1, 0, 2, 3, 4, 5], [0, 1, 2, 4, 5, 3], [0, 1, 2, 4, 3, 5]],
        [[1, 2, 0, 4, 5, 3], [1, 0, 2, 3, 4, 5], [0, 1, 2, 4, 3, 5]],
    ),
    "C2^3, all seven": (
        [[1, 0, 2, 3, 4, 5], [0, 1, 3, 2, 4, 5], [0, 1, 2, 3, 5, 4]],
        [
            [1, 0, 2, 3, 4, 5],
            [0, 1, 3, 2, 4, 5],
            [1, 0, 3, 2, 4, 5],
            [0, 1, 2, 3, 5, 4],
            [1, 0, 2, 3, 5, 4],
            [0, 1, 3, 2, 5, 4],
            [1, 0, 3, 2, 5, 4],
        ],
    ),
    "S5 x C2": (
        [[1, 2, 3, 4, 0, 5, 6], [1, 0, 2, 3, 4, 5, 6], [0, 1, 2, 3, 4, 6, 5]],
        [[2, 0, 1, 3, 4, 6, 5], [2, 1, 4, 0, 3, 6, 5], [1, 2, 0, 3, 4, 6, 5]],
    ),
    "S4": ([[1, 2, 3, 0], [1, 0, 2, 3]], [[1, 2, 3, 0], [1, 0, 2, 3]]),
    "S5 by swaps": ([[1, 2, 3, 4, 0], [1, 0, 2, 3, 4]], [[1, 0, 2, 3, 4], [0, 2, 1, 3, 4]]),
    "A5": ([[1, 2, 3, 4, 0], [1, 2, 0, 3, 4]], [[1, 2, 3, 4, 0], [1, 2, 0, 3, 4]]),
}  # fmt: skip


@pytest.mark.parametrize("name", FRONTS)
def test_fronts_by_brute_force(name):
    found = group_with(*FRONTS[name])
    front = reflection_front(found)
    assert [(cost.steps, cost.dimension) for cost in front] == brute_front(found)
    for cost in front:
        assert cost.dimension == sum(r.dimension for r in cost.constituents)
        kernels = [r.kernel for r in cost.constituents] or [frozenset({0})]
        assert frozenset.intersection(*kernels) == {0}


def test_fronts_of_known_groups():
    """Symmetric groups: one swap is one reflection in n - 1 dimensions; a cycle takes n - 1."""
    for n in (3, 4, 5, 6):
        swaps = [[*range(i), i + 1, i, *range(i + 2, n)] for i in range(n - 1)]
        (cost,) = reflection_front(group_with(swaps, swaps))
        assert (cost.steps, cost.dimension) == (1, n - 1)
    quaternion = units(transition_monoid(get("quaternion")))
    assert [(c.steps, c.dimension) for c in reflection_front(quaternion)] == [(4, 4)]
    with pytest.raises(LimitReached, match="choices"):
        reflection_front(group_with(*FRONTS["S3 x S3"]), max_nodes=1)


def test_front_trades_steps_for_dimension():
    """S5 x C2: the sign apart takes a dimension more, and saves a step where it is needed."""
    found = group_with(*FRONTS["S5 x C2"])
    assert [(c.steps, c.dimension) for c in reflection_front(found)] == [(3, 5), (4, 4)]
    sevens = group_with(*FRONTS["C2^3, all seven"])
    assert [(c.steps, c.dimension) for c in reflection_front(sevens)] == [(3, 3)]


def test_zoo():
    """Named tasks: values, layers and assumptions."""
    a5 = bounds_of(get("alt:5"))
    assert best(a5, "steps", layers=1) == 2
    assert best(a5, "dim", layers=1) == 3
    assert best(a5, "dim") == 3
    swaps = bounds_of(get("sym:5:swaps"))
    assert (best(swaps, "steps", layers=1), best(swaps, "dim", layers=1)) == (1, 4)
    assert best(bounds_of(get("starts-with:a")), "layers") == 2
    quaternion = bounds_of(get("quaternion"))
    assert best(quaternion, "steps", layers=1) == 4
    assert best(quaternion, "steps", layers=1, own=False) == 2
    assert best(quaternion, "dim", layers=1, own=False) == 4
    assert best(bounds_of(get("cyclic:2")), "steps", layers=1) == 1
    assert best(bounds_of(get("cyclic:3")), "steps", layers=1) == 2
    assert best(bounds_of(get("cyclic:3")), "dim") == 2
    flipflop = [b for b in bounds_of(get("flipflop")) if b.on_eigenvalues]
    assert [(b.quantity, b.value, b.theorem) for b in flipflop] == [
        ("eigenvalue", 0, "invertible-steps")
    ]


def test_eigenvalue_bounds():
    parity = bounds_of(get("parity"))
    rows = [b for b in parity if b.on_eigenvalues]
    assert [(b.quantity, b.value, b.model, b.steps) for b in rows] == [
        ("eigenvalue", -1, "exact-orbit", None),
        ("eigenvalue-below", 0, "cast", 2),
    ]
    # Here every letter has period 1, and the word ab has period 2.
    machine = Machine(
        alphabet="ab", transitions=[[1, 0], [1, 2], [3, 2], [3, 0]], initial=0, outputs=[0, 1, 1, 0]
    ).minimal()
    monoid = transition_monoid(machine)
    assert machine.size == 4
    assert not monoid.is_aperiodic
    rows = [b for b in lower_bounds(machine, monoid) if b.on_eigenvalues]
    assert [(b.value, b.model) for b in rows] == [(0, "exact-orbit"), (-1, "exact-orbit")]
    assert "word ab" in rows[1].reason
    assert [b.value for b in lower_bounds(machine, None) if b.on_eigenvalues] == [0]


def merges_what_a_decoder_asks_for(machine):
    """Whether a letter merges two states that some nonempty word tells apart. Brute force."""

    def later(state):
        words = itertools.chain.from_iterable(
            itertools.product(range(len(machine.alphabet)), repeat=n)
            for n in range(1, machine.size + 2)
        )
        return tuple(machine.outputs[run(state, word)] for word in words)

    def run(state, word):
        for a in word:
            state = int(machine.transitions[state, a])
        return state

    futures = [later(q) for q in range(machine.size)]
    return any(
        futures[p] != futures[q] and futures[row[p]] == futures[row[q]]
        for row in machine.transitions.T.tolist()
        for p, q in itertools.combinations(range(machine.size), 2)
    )


def test_the_eigenvalue_0_is_needed_where_a_letter_merges():
    """All minimal machines with up to three states and two letters, and every route's network."""
    needed = 0
    for machine in minimal_machines():
        bounds = lower_bounds(machine, None)
        found = any(b.theorem == "invertible-steps" for b in bounds)
        assert found == merges_what_a_decoder_asks_for(machine)
        needed += found
    assert needed > 500


def test_rounding_tracks_a_merging_task_without_the_eigenvalue_0():
    """The negative twin: steps with eigenvalue 1/4 towards 1 or -1, the sign is the answer.

    In exact arithmetic the states never close, and boxes of them prove it; in bf16 they close.
    """
    machine = get("flipflop").minimal()
    (bound,) = (b for b in bounds_of(machine) if b.on_eigenvalues)
    steps = {}
    for a, column in zip(machine.alphabet, machine.transitions.T.tolist(), strict=True):
        target = ONE if column[0] == 0 else -ONE
        constant = column[0] == column[1]
        steps[a] = (DeltaStep(Fraction(3, 4), (ONE,), target),) if constant else ()
    names = tuple(str(x) for x in machine.outputs)
    layer = Layer(
        alphabet=machine.alphabet,
        initial=(ONE,),
        steps=steps,
        codes=((ONE,), (-ONE,)),
        emit=tuple((name,) * len(machine.alphabet) for name in names),
    )
    network = LinearRNN(
        alphabet=machine.alphabet,
        layers=(layer,),
        outputs=dict(zip(names, machine.outputs, strict=True)),
        empty=machine.outputs[0],
    )
    assert layer.eigenvalues == (ONE / 4,)
    assert not bound.is_met_within(ONE / 4, ONE)
    assert closure(network, machine, "bf16").verdict == "proved"
    result = exact_closure(network, machine, max_states=1_000)
    assert (result.verdict, result.states, result.boxes) == ("proved", 0, 2)  # by regions


@pytest.mark.parametrize(
    ("low", "high", "code"),
    [(ONE / 4, ONE, 3), (-ONE, -ONE / 2, 3), (-ONE, -ONE, 1), (ONE, ONE, 1)],
)
def test_a_budget_without_the_eigenvalue_0_is_impossible_where_nothing_contracts(low, high, code):
    """Otherwise layers of infinitely many exact states may do it, as the one above."""
    for name in ("flipflop", "tomita:4", "starts-with:a"):
        with pytest.raises(BudgetNotMet) as caught:
            api.compile(zoo=name, budget=Budget(eigenvalues=(low, high)))
        error = caught.value
        assert error.exit_code == code
        said = error.impossible if code == 1 else error.missing
        assert any("it takes the eigenvalue 0" in text for text in said)
    # Reflections alone are enough for groups.
    if low == -1:
        assert api.compile(zoo="sym:3", budget=Budget(eigenvalues=(low, high))).claims


def test_a_budget_without_the_eigenvalue_0_is_met_by_contracting():
    made = api.compile("(a|b)*abb", budget=Budget(eigenvalues=(ONE / 8, ONE)))
    values = [x for layer in made.network.layers for x in layer.eigenvalues]
    assert made.construction.cost == (1, 1, 1)
    assert all(ONE / 8 <= x < 1 for x in values)


@pytest.mark.parametrize("name", ["cyclic:3", "cyclic:6", "sym:3", "alt:4"])
def test_layers_on_a_line_hold_no_odd_period(name):
    machine = get(name).minimal()
    assert best(bounds_of(machine), "dim") >= 2
    with pytest.raises(BudgetNotMet) as caught:
        api.compile(machine=machine, budget=Budget(dim=1))
    assert caught.value.exit_code == 1


def test_layers_on_a_line_hold_2_groups():
    """Periods 4 and 8 in layers of dimension 1: no bound on them at any depth."""
    for name in ("cyclic:4", "cyclic:8", "dihedral:4", "quaternion", "flipflop"):
        assert best(bounds_of(get(name).minimal()), "dim") <= 1
    machine = Machine(
        alphabet="1", transitions=[[1], [2], [3], [0]], initial=0, outputs=["00", "01", "10", "11"]
    )
    flip = DeltaStep(2 * ONE, (ONE,), ZERO)
    ones = Layer(
        alphabet=("1",),
        initial=(ONE,),
        steps={"1": (flip,)},
        codes=((ONE,), (-ONE,)),
        emit=(("carry",), ("none",)),
    )
    twos = Layer(
        alphabet=("carry", "none"),
        initial=(ONE,),
        steps={"carry": (flip,), "none": ()},
        codes=((ONE,), (-ONE,)),
        emit=(("00", "01"), ("10", "11")),
    )
    outputs = {x: x for x in machine.outputs}
    network = LinearRNN(alphabet=("1",), layers=(ones, twos), outputs=outputs, empty="00")
    assert exact_closure(network, machine).verdict == "proved"
    assert respects(network, bounds_of(machine))


def test_without_a_monoid():
    """What the letters and the sets of states show stays."""
    machine = get("transformations:4")
    bounds = lower_bounds(machine, None)
    assert best(bounds, "layers") == 3
    assert best(bounds, "steps", layers=1) == 2
    assert best(bounds, "dim", layers=1) == 2
    assert best(lower_bounds(get("transformations:3"), None), "layers") == 2


def test_nothing_is_bounded_where_the_last_letter_tells():
    machine = Machine(alphabet="ab", transitions=[[1, 0], [1, 0]], initial=0, outputs=[0, 1])
    assert bounds_of(machine) == ()
    network = LinearRNN(alphabet=("a", "b"), layers=(), outputs={"a": 1, "b": 0}, empty=0)
    assert exact_closure(network, machine).verdict == "proved"


def test_the_last_letter_keeps_the_dimension_at_one():
    """Parity of the 1s, and whether the last letter was 1: four states, still one number.

    Its letters are no mirror of the states; after merging what the last letter tells they are.
    """
    machine = Machine(
        alphabet="1x",
        transitions=[[2, 1], [2, 1], [0, 3], [0, 3]],
        initial=1,
        outputs=["even 1", "even x", "odd 1", "odd x"],
    )
    assert machine.minimal().size == 4
    assert seen_by_decoder(machine).tolist() == [[1, 0], [0, 1]]
    assert best(bounds_of(machine.minimal()), "dim", layers=1) == 1
    assert not any(b.theorem == "invertible-steps" for b in bounds_of(machine.minimal()))
    layer = Layer(
        alphabet=("1", "x"),
        initial=(ONE,),
        steps={"1": (DeltaStep(2 * ONE, (ONE,), ZERO),), "x": ()},
        codes=((ONE,), (-ONE,)),
        emit=(("even 1", "even x"), ("odd 1", "odd x")),
    )
    outputs = {x: x for row in layer.emit for x in row}
    network = LinearRNN(alphabet=("1", "x"), layers=(layer,), outputs=outputs, empty="even x")
    assert exact_closure(network, machine).verdict == "proved"


def test_a_mirror_may_fix_many_states():
    """Swap two states, keep two: each kept state is two mirrored points of the line."""
    machine = Machine(
        alphabet="sabcd",
        transitions=[[1, 0, 1, 2, 3], [0, 0, 1, 2, 3], [2, 0, 1, 2, 3], [3, 0, 1, 2, 3]],
        initial=0,
        outputs=range(4),
    )
    assert best(bounds_of(machine), "dim", layers=1) == 1
    points = [1, -1, 2, -2, 3, -3]
    steps = {x: (overwrite(1, 0, Fraction(p)),) for x, p in zip("abcd", [1, -1, 2, 3], strict=True)}
    layer = Layer(
        alphabet=tuple("sabcd"),
        initial=(ONE,),
        steps={"s": (DeltaStep(2 * ONE, (ONE,), ZERO),), **steps},
        codes=tuple((Fraction(p),) for p in points),
        emit=tuple((str(q),) * 5 for q in [0, 1, 2, 2, 3, 3]),
    )
    network = LinearRNN(
        alphabet=tuple("sabcd"), layers=(layer,), outputs={str(q): q for q in range(4)}, empty=0
    )
    assert exact_closure(network, machine).verdict == "proved"
    # Negative twin: with another letter that is neither, no point of the line will do.
    other = np.concatenate([machine.transitions, [[0], [2], [1], [3]]], axis=1)
    wider = Machine(alphabet="sabcdt", transitions=other, initial=0, outputs=range(4))
    assert best(bounds_of(wider), "dim", layers=1) == 2


def pairs_modulo_3():
    """Two counters modulo 3 with letters x, y and z = xy."""
    moves = [(1, 0), (0, 1), (1, 1)]
    return Machine(
        alphabet="xyz",
        transitions=[
            [3 * ((i + a) % 3) + (j + b) % 3 for a, b in moves]
            for i, j in itertools.product(range(3), repeat=2)
        ],
        initial=0,
        outputs=[f"{i}{j}" for i, j in itertools.product(range(3), repeat=2)],
    )


def test_a_larger_group_takes_fewer_steps():
    """C3 x C3 needs 4 steps by its own representations, and 2 where C3^3 acts on the orbit."""
    machine = pairs_modulo_3()
    bounds = bounds_of(machine)
    assert best(bounds, "steps", layers=1) == 4
    assert best(bounds, "steps", layers=1, own=False) == 2
    states = list(itertools.product(range(3), repeat=3))

    def vector(counters):
        return tuple(
            Fraction(1 if (place - c) % 3 == 0 else 0) for c in counters for place in range(3)
        )

    cycles = [
        [3 * (q // 3) + (q + 1) % 3 if q // 3 == block else q for q in range(9)]
        for block in range(3)
    ]
    names = [f"{(i + k) % 3}{(j + k) % 3}" for i, j, k in states]
    layer = Layer(
        alphabet=tuple("xyz"),
        initial=vector((0, 0, 0)),
        steps={a: tuple(permutation_steps(c)) for a, c in zip("xyz", cycles, strict=True)},
        codes=tuple(vector(s) for s in states),
        emit=tuple((name,) * 3 for name in names),
    )
    network = LinearRNN(
        alphabet=tuple("xyz"), layers=(layer,), outputs={n: n for n in names}, empty="00"
    )
    assert layer.steps_per_token == 2
    assert exact_closure(network, machine).verdict == "proved"
    assert respects(network, bounds)


def icosahedral():
    """Reflections of the icosahedron as A5 x C2, and their images in A5: 15 involutions."""
    a5 = [[1, 2, 3, 4, 0], [1, 2, 0, 3, 4]]
    involutions = [x.tolist() for x in listed(a5).rows if (x[x] == np.arange(5)).all()]
    involutions.remove(list(range(5)))
    both = [[*x, 6, 5] for x in involutions]
    return group_with([*([*g, 5, 6] for g in a5), [0, 1, 2, 3, 4, 6, 5]], both), group_with(
        a5, involutions
    )


def test_the_icosahedron():
    """A5 by involutions: two steps by its own representations, one by those of A5 x C2."""
    cover, own = icosahedral()
    assert [(c.steps, c.dimension) for c in reflection_front(own)] == [(2, 3)]
    front = [(c.steps, c.dimension) for c in reflection_front(cover)]
    assert front == [(1, 3)]
    assert one_step_obstruction(cover) is None
    assert one_step_obstruction(own) is None


def reflection_groups():
    """Finite reflection groups as permutations, with all their reflections as letters."""
    for n in (2, 3, 4, 5):
        yield f"A{n - 1}", _swaps(n), _swaps(n)
    for n in (2, 3, 4):
        signs = [_signed([i], n) for i in range(n)]
        swaps = [[*p, *(n + x for x in p)] for p in _swaps(n)]
        swaps += [_both_signed(i, j, n) for i, j in itertools.combinations(range(n), 2)]
        yield f"B{n}", signs + swaps, signs + swaps
        yield f"D{n}", swaps, swaps
    for m in (5, 6, 8, 12):
        mirrors = [[(k - i) % m for i in range(m)] for k in range(m)]
        yield f"I2({m})", mirrors, mirrors


def _swaps(n):
    return [
        [j if x == i else i if x == j else x for x in range(n)]
        for i, j in itertools.combinations(range(n), 2)
    ]


def _signed(places, n):
    """Points i and n + i are the two signs of coordinate i."""
    return [(x + n) % (2 * n) if x % n in places else x for x in range(2 * n)]


def _both_signed(i, j, n):
    """Swap coordinates i and j and change both signs."""
    images = list(range(2 * n))
    images[i], images[j], images[n + i], images[n + j] = n + j, n + i, j, i
    return images


def quotients(found):
    """All quotients of a group, with the letters' images."""
    group = found.group
    table = character_table(group)
    kernels = [r.kernel for r in table.real_irreducibles]
    normal = {frozenset(range(len(table.classes)))}
    for kernel in kernels:
        normal |= {kernel & other for other in normal}
    for classes in normal:
        inside = np.flatnonzero(np.isin(table.classes.labels, list(classes)))
        coset = np.full(group.order, -1)
        for x in range(group.order):
            if coset[x] < 0:
                coset[group.times(x)[inside]] = coset.max() + 1
        first = np.unique(coset, return_index=True)[1]
        actions = np.stack([coset[group.times(x)[first]] for x in range(group.order)])
        rows = np.unique(actions, axis=0)
        quotient = ListedGroup(rows)
        index = {tuple(row): i for i, row in enumerate(rows.tolist())}
        letters = tuple((a, index[tuple(actions[x].tolist())]) for a, x in found.letters)
        yield Units(quotient, letters)


@pytest.mark.parametrize(("name", "generators", "letters"), list(reflection_groups()))
def test_quotients_of_reflection_groups_take_one_step(name, generators, letters):
    """No obstruction where there is none: every quotient, and every few of the reflections."""
    count = 0
    whole = group_with(generators, letters)
    for found in quotients(whole):
        rng = Random(count)
        for _ in range(6):
            some = tuple(rng.sample(found.letters, min(len(letters), rng.randint(1, 4))))
            assert one_step_obstruction(Units(found.group, some)) is None, name
        assert one_step_obstruction(found) is None
        count += 1
    assert count >= 2


def test_involutions_that_are_no_reflections():
    """Three involutions of the simple group of order 168, as a machine with 7 points."""
    letters = [[0, 1, 3, 2, 4, 6, 5], [0, 3, 4, 1, 2, 5, 6], [2, 1, 0, 3, 6, 5, 4]]
    group = PermutationGroup(letters)
    rows = group.elements()
    index = {tuple(row): i for i, row in enumerate(rows.tolist())}
    machine = Machine(
        alphabet="abc",
        transitions=[[index[tuple(np.array(x)[row].tolist())] for x in letters] for row in rows],
        initial=index[tuple(range(7))],
        outputs=[str(row) for row in rows.tolist()],
    )
    bounds = bounds_of(machine.minimal())
    step = next(b for b in bounds if b.quantity == "steps" and b.theorem == "one-step")
    assert (step.value, step.layers) == (2, 1)
    assert best(bounds, "dim") == 5
    assert best(bounds, "dim", layers=1) == 6
    # Two of the three generate a dihedral group: nothing against one step.
    pair = group_with(letters[:2], letters[:2])
    assert one_step_obstruction(pair) is None


def rotation_groups():
    """Finite groups of rotations of space, and their products with C2."""
    square = {
        "C": lambda n: [[*range(1, n), 0]],
        "D": lambda n: [[*range(1, n), 0], [-i % n for i in range(n)]],
    }
    groups = [square["C"](n) for n in range(1, 9)] + [square["D"](n) for n in (*range(3, 9), 10)]
    groups.append([[1, 0, 2, 3], [0, 1, 3, 2]])
    groups += [[[1, 2, 0, 3], [1, 0, 3, 2]], [[1, 2, 3, 0], [1, 0, 2, 3]]]
    groups.append([[1, 2, 3, 4, 0], [1, 2, 0, 3, 4]])
    for g in groups:
        n = len(g[0])
        yield g
        yield [*([*x, n, n + 1] for x in g), [*range(n), n + 1, n]]


def test_names_of_the_groups_of_isometries():
    """Every quotient of a finite group of isometries is on the list, by its name.

    And a group with a faithful representation in few dimensions is one.
    """
    for generators in rotation_groups():
        for found in quotients(group_with(generators, generators)):
            assert acts_on(found.group, 3)
            front = reflection_front(found)
            if front[-1].dimension <= 2:
                assert acts_on(found.group, 2)
    for n in range(1, 13):
        turn, flip = [*range(1, n), 0], [-i % n for i in range(n)]
        for generators in ([turn], [turn, flip]):
            for found in quotients(group_with(generators, generators)):
                assert acts_on(found.group, 2)


def acts_on(group, dimension):
    """Whether a group is one of isometries, by its name and by the orders of its elements alike."""
    subgroup = identify(group.rows)
    named = dimension_bounds.may_act(subgroup, lambda: group.rows, dimension)
    assert may_be_isometries(group, dimension) == named, subgroup.name
    return named


@pytest.mark.parametrize(
    ("generators", "plane", "space"),
    [
        ([[1, 2, 0, 3, 4, 5], [0, 1, 2, 4, 5, 3]], False, False),  # C3 x C3
        ([[1, 0, 2, 3, 4, 5], [0, 1, 3, 4, 5, 2]], False, True),  # C2 x C4
        ([[1, 2, 3, 0, 5, 6, 7, 4], [4, 7, 6, 5, 2, 1, 0, 3]], False, False),  # Q8
        ([[1, 2, 3, 4, 0], [0, 2, 4, 1, 3]], False, False),  # C5 : C4
        ([[1, 0, 2, 3, 4, 5], [0, 1, 3, 2, 4, 5], [0, 1, 2, 3, 5, 4]], False, True),  # C2^3
    ],
)
def test_names_of_other_groups(generators, plane, space):
    group = listed(generators)
    assert (acts_on(group, 2), acts_on(group, 3)) == (plane, space)


def test_json():
    rows = [b.to_json() for b in bounds_of(get("cyclic:3"))]
    assert all(set(row) == set(rows[0]) for row in rows)
    assert {
        "quantity": "steps",
        "value": 2,
        "layers": 1,
        "steps": None,
        "model": "exact-orbit",
        "theorem": "period-steps",
        "assumption": "finitely many exact states",
        "reason": "letter 'g' has period 3, and a single step of finite order has order 1 or 2",
        "no_reflections": False,
        "chain": None,
    } in rows


def test_units_of_a_monoid_with_other_letters():
    """The letters that permute count, whatever the others do."""
    machine = get("transformations:5")
    found = units(transition_monoid(machine))
    assert found.group.order == 120
    assert len(found.letters) < len(machine.alphabet)
    assert best(bounds_of(machine), "dim", layers=1) == 4
    assert best(bounds_of(machine), "layers") == 4


def test_the_assumption_of_the_own_group_is_a_field_and_not_in_json():
    bounds = bounds_of(get("quaternion").minimal())
    assert {b.theorem for b in bounds if b.own_group} == {"own-representations"}
    for bound in bounds:
        assert bound.own_group == bound.assumption.startswith(OWN)
        assert list(bound.to_json()) == [
            *("quantity", "value", "layers", "steps", "model", "theorem", "assumption", "reason"),
            *("no_reflections", "chain"),
        ]

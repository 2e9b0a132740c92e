"""Limits, their witnesses and bounds, against brute force on small machines and tiny layers."""

import random
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from itertools import permutations, product

import pytest

from negeig.automata import zoo
from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.monoid import transition_monoid
from negeig.theory import architectures
from negeig.theory.architectures.verdicts import verdicts
from negeig.theory.bounds.bounds import (
    collision_bound,
    diagonal_changes,
    nonnegative_changes,
    two_step_changes,
)
from negeig.theory.bounds.limits import limits
from negeig.theory.bounds.periods import periods
from negeig.theory.bounds.witnesses import (
    Contexts,
    IdempotentWitness,
    PeriodWitness,
    period_witnesses,
)
from negeig.theory.closure.exact_search import exact_closure
from negeig.theory.exact.numbers import NumberField
from negeig.theory.networks.network import DeltaStep, DenseStep, Layer, LinearRNN
from negeig.theory.spectra.networks import has_real_spectrum, is_diagonal, is_householder
from negeig.theory.theorems import ids
from support.candidates import candidates
from support.limit_rows import SMALL, rows_of

PARITY = Machine(alphabet="1", transitions=[[1], [0]], initial=0, outputs=[1, 0])
BF16 = 65_279


def cheapest(machine):
    found = candidates(machine)
    return found[0].network if isinstance(found, list) else None


def monoid_maps(machine):
    """All maps that words induce, by brute force."""
    letters = [tuple(column) for column in machine.transitions.T.tolist()]
    found = {tuple(range(machine.size))}
    fresh = found
    while fresh:
        fresh = {tuple(a[q] for q in m) for m in fresh for a in letters} - found
        found = found | fresh
    return found, letters


def period(image):
    """Period of a map, by listing its powers."""
    powers = []
    power = tuple(range(len(image)))
    while power not in powers:
        powers.append(power)
        power = tuple(image[q] for q in power)
    return len(powers) - powers.index(power)


def is_two_power(number):
    return bin(number).count("1") == 1


def check_period_witness(machine, witness):
    """The outputs on prefix word^k suffix have exactly the index and period that are claimed."""
    i, p = witness.index, witness.period
    outputs = [
        machine.output(witness.prefix + witness.word * k + witness.suffix)
        for k in range(i + 3 * p + 2)
    ]
    assert all(outputs[k] == outputs[k + p] for k in range(i, i + 2 * p))
    for smaller in range(1, p):
        assert any(outputs[k] != outputs[k + smaller] for k in range(i, i + p))
    assert i == 0 or outputs[i - 1] != outputs[i - 1 + p]


def check_idempotent_witness(machine, w):
    for word in (w.e, w.f):
        for q in range(machine.size):
            once = start_in(machine, q).run(word * 2)
            states = list(start_in(machine, q).states(word * 2))
            assert states[len(word)] == states[-1], once
    left = machine.output(w.prefix + w.e + w.f + w.e + w.suffix)
    assert left != machine.output(w.prefix + w.f + w.e + w.suffix)


def start_in(machine, state):
    return Machine(
        alphabet=machine.alphabet,
        transitions=machine.transitions,
        initial=state,
        outputs=machine.outputs,
    )


def test_all_small_machines_agree_with_brute_force():
    assert len(SMALL) > 1000
    verdicts_seen = set()
    for machine in SMALL:
        maps, letters = monoid_maps(machine)
        rows = rows_of(machine)
        letter_periods = [period(a) for a in letters]
        periods = [period(m) for m in maps]
        idempotents = [m for m in maps if tuple(m[q] for q in m) == m]
        violated = any(
            [e[f[e[q]]] for q in range(machine.size)] != [e[f[q]] for q in range(machine.size)]
            for e in idempotents
            for f in idempotents
        )
        expected = {
            "nonnegative-spectrum": any(p > 1 for p in letter_periods),
            "real-spectrum": not all(map(is_two_power, letter_periods)),
            "nonnegative-symmetric": any(
                period(a) > 1 or period(tuple(b[q] for q in a)) > 1
                for a in letters
                for b in letters
            ),
            "nonnegative-diagonal": any(p > 1 for p in periods),
            "real-diagonal": not all(map(is_two_power, periods)),
            "complex-diagonal": False,  # groups on 3 points are solvable
            "one-contractive-layer": violated,
            "rounded-nonnegative-diagonal": any(p > 1 for p in periods),
            "rounded-real-diagonal": not all(map(is_two_power, periods)),
        }
        for name, row in rows.items():
            assert (row.verdict == "impossible") == expected[name], (machine.transitions, row)
            assert (row.theorem is None) == (row.verdict == "open")
            assert (row.witness is None) == (row.verdict != "impossible")
            if isinstance(row.witness, PeriodWitness):
                check_period_witness(machine, row.witness)
                allowed = is_two_power if "real" in name else lambda p: p == 1
                assert not allowed(row.witness.period)
                assert row.bound is not None
            elif isinstance(row.witness, IdempotentWitness):
                check_idempotent_witness(machine, row.witness)
            verdicts_seen.add((name, row.verdict))
            assert not row.in_hand  # no networks were given
        one = rows["one-contractive-layer"]
        assert (one.theorem == ids.ONE_LAYER) == (one.verdict == "possible") != violated
        if all(p == 1 for p in periods):
            assert all(rows[name].verdict == "possible" for name in list(rows)[:5])
    assert len(verdicts_seen) >= 12


def test_every_cycle_of_a_word_that_is_not_allowed_is_visible():
    for machine in SMALL:
        contexts = Contexts(machine)
        for word in product("ab", repeat=2):
            image = contexts.image(word).tolist()
            expected = period(image) > 1
            found = list(period_witnesses(contexts, word, lambda p: p == 1))
            assert bool(found) == expected
            for witness in found:
                check_period_witness(machine, witness)


def test_a_period_that_hides_in_the_outputs_shows_after_a_suffix():
    # a counts modulo 6, the outputs show the parity only; b moves on to the residue modulo 3.
    table = [[(q + 1) % 6, 6 + q % 3] for q in range(6)] + [[q, q] for q in (6, 7, 8)]
    outputs = [0, 1, 0, 1, 0, 1, 2, 3, 4]
    machine = Machine(alphabet="ab", transitions=table, initial=0, outputs=outputs).minimal()
    row = rows_of(machine)["real-spectrum"]
    assert (row.verdict, row.witness.suffix, row.witness.period) == ("impossible", ("b",), 3)
    check_period_witness(machine, row.witness)
    assert rows_of(machine)["nonnegative-spectrum"].witness.suffix == ()


def test_witnesses_verify_themselves_and_altered_ones_do_not():
    """Every field matters: any change to it, in either kind of witness, is noticed."""
    noticed = Counter()
    named = [zoo.get(n).minimal() for n in ("mod:6", "sym:4", "modarith:3")]
    for machine in (*SMALL[::5], *named):
        for row in rows_of(machine).values():
            witness = row.witness
            if witness is None:
                continue
            assert witness.verify(machine)
            if isinstance(witness, PeriodWitness):
                twins = {
                    "index": replace(witness, index=witness.index + 1),
                    "lower index": replace(witness, index=witness.index - 1),
                    "period": replace(witness, period=2 * witness.period),
                    "outputs": replace(witness, outputs=(7,) * len(witness.outputs)),
                    "word": replace(witness, word=()),
                }
            else:
                one, two = map(machine.output, witness.words)
                assert one != two
                twins = {"f": replace(witness, f=()), "swapped": replace(witness, e=())}
            for name, twin in twins.items():
                assert not twin.verify(machine), (machine.transitions, name, twin)
                noticed[name] += 1
    assert min(noticed.values()) > 10
    swap = Machine(alphabet="ab", transitions=[[1, 0], [0, 1]], initial=0, outputs=[0, 1])
    assert not IdempotentWitness(("a",), ("b",), (), ()).verify(swap)


@pytest.mark.parametrize(
    ("index", "period", "outputs", "problem"),
    [(0, 4, (0, 1, 0, 1), "period"), (1, 2, (0, 1, 0), "index"), (0, 2, (0, 0), "outputs"),
     (0, 2, (0, 1, 0), "outputs"), (0, 2, (0,), "outputs"), (0, 3, (0, 1, 0), "period")],
)  # fmt: skip
def test_a_period_that_is_not_the_least_is_refused(index, period, outputs, problem):
    rows = [[(q + 1) % 6] for q in range(6)]
    machine = Machine(alphabet="a", transitions=rows, initial=0, outputs=[1, 0] * 3)
    assert PeriodWitness(("a",), (), (), 0, 2, (7, 3)).verify(machine)
    (found,) = PeriodWitness(("a",), (), (), index, period, outputs).problems(machine)
    assert found.startswith(problem)


def test_a_witness_for_another_machine_is_refused():
    parity, third = zoo.get("mod:2").minimal(), zoo.get("mod:3").minimal()
    witness = rows_of(parity)["nonnegative-spectrum"].witness
    assert witness.verify(parity)
    assert not witness.verify(third)


def test_all_cycles_of_a_letter_are_found():
    # a fixes 0, sends 1 there, and swaps 2 and 3; b walks through the states.
    table = [[0, 1], [0, 2], [3, 3], [2, 0]]
    machine = Machine(alphabet="ab", transitions=table, initial=0, outputs=[0, 1, 2, 3])
    found = list(period_witnesses(Contexts(machine), ("a",), lambda p: p == 1))
    assert [(w.prefix, w.period) for w in found] == [(("b", "b"), 2)]


def test_the_bound_for_a_word_counts_letters():
    row = rows_of(zoo.get("sym:5:swaps"))["real-diagonal"]
    assert len(row.witness.word) == 2
    changes = two_step_changes(diagonal_changes(64, BF16))
    assert row.bound == 2 * (changes + 1)  # every block is forced, the empty word does not count


def test_one_contractive_layer_on_the_structures_of_three_states():
    """62 two-letter three-state structures up to renaming; 19 violate efe = fe."""
    structures = {}
    for machine in SMALL:
        if machine.size < 3:
            continue
        a, b = machine.transitions.T.tolist()
        renamed = [
            tuple(tuple(s.index(image[s[q]]) for q in range(3)) for image in pair)
            for s in permutations(range(3))
            for pair in ((a, b), (b, a))
        ]
        structures[min(renamed)] = rows_of(machine)["one-contractive-layer"].verdict
    assert len(structures) == 62
    assert sum(verdict == "impossible" for verdict in structures.values()) == 19


def test_the_bound_for_parity_is_the_stated_one():
    row = rows_of(PARITY)["nonnegative-spectrum"]
    changes = 64**2 * (BF16 - 1) + 64
    assert row.bound == changes + 1 == 267_378_753
    assert row.bound_detail.changes == changes
    assert rows_of(PARITY, dimension=2, format_values=3)["nonnegative-spectrum"].bound == 11


def test_bounds_of_real_spectra_stay_below_the_general_formula():
    for name in ("mod:3", "mod:5", "mod:6", "cyclic:3", "sym:3"):
        row = rows_of(zoo.get(name))["real-spectrum"]
        w, changes = row.witness, row.bound_detail.changes
        assert changes == 2 * (nonnegative_changes(64, BF16) + 1)
        assert row.bound + 2 <= w.period * (changes // 2 + 1) + 2 + w.index


def test_a_transient_is_counted_before_the_period():
    # 7 then 0 1 0 1 ...: changes at 0, 1, 2, ...; with first=1 the first one does not count.
    assert collision_bound([7, 0, 1], 2, changes=0) == 0
    assert collision_bound([7, 0, 1], 2, changes=0, first=1) == 1
    # 5 5 5 then 0 0 1: forced at 2, then at 4, 5, 7, 8, ...
    assert [collision_bound([5, 5, 5, 0, 0, 1], 3, changes=c) for c in range(4)] == [2, 4, 5, 7]
    with pytest.raises(ValueError, match="no change is forced"):
        collision_bound([0, 1], 2, changes=1, gap=2)


def cast(state, values):
    """Round each coordinate down into a finite set of values: nondecreasing."""
    return tuple(max((v for v in values if v <= x), default=values[0]) for x in state)


def orbit(matrix, bias, start, length):
    states = [tuple(start)]
    for _ in range(length):
        h = states[-1]
        states.append(
            tuple(
                sum(a * x for a, x in zip(r, h, strict=True)) + b
                for r, b in zip(matrix, bias, strict=True)
            )
        )
    return states


def scalar_layers():
    quarters = [Fraction(i, 4) for i in range(-8, 9, 2)]
    for a in (Fraction(0), Fraction(1, 2), Fraction(3, 4), Fraction(1), Fraction(3, 2)):
        for b in quarters:
            for start in quarters:
                yield ((a,),), (b,), (start,)


def plane_layers(seed, count, low=0):
    """Random 2x2 layers, not triangular, with eigenvalues that are rational and at least low."""
    rng = random.Random(seed)

    def number():
        return Fraction(rng.randint(-6, 6), rng.randint(1, 4))

    made = 0
    while made < count:
        p, q, r, s = (number() for _ in range(4))
        det = p * s - q * r
        if det == 0:
            continue
        x, y = (Fraction(rng.randint(low * 6, 9), 6) for _ in range(2))
        corner = Fraction(rng.choice([0, 0, 1]))  # a Jordan block where x = y
        upper = ((x, corner), (Fraction(0), y))
        left = [
            [p * upper[0][0], p * corner + q * upper[1][1]],
            [r * upper[0][0], r * corner + s * upper[1][1]],
        ]
        inverse = [[s / det, -q / det], [-r / det, p / det]]
        matrix = tuple(
            tuple(sum(left[i][k] * inverse[k][j] for k in range(2)) for j in range(2))
            for i in range(2)
        )
        made += 1
        yield matrix, (number(), number()), (number(), number())


VALUES = [Fraction(v) for v in (-1, 0, 1)]


@pytest.mark.parametrize(
    ("dimension", "layers"), [(1, list(scalar_layers())), (2, list(plane_layers(20, 400)))]
)
def test_no_layer_with_eigenvalues_at_least_zero_outlives_the_bound(dimension, layers):
    most = nonnegative_changes(dimension, len(VALUES))
    bound = collision_bound([1, 0], 2, changes=most, first=1)
    worst = 0
    for matrix, bias, start in layers:
        states = [cast(h, VALUES) for h in orbit(matrix, bias, start, 60)]
        changes = [k for k in range(60) if states[k] != states[k + 1]]
        worst = max(worst, len(changes))
        assert len(changes) <= most, (matrix, bias, start)
        collision = next(k for k in range(1, 60) if states[k] == states[k + 1])
        assert collision <= bound
    assert worst >= 2  # the layers do change


def test_diagonal_layers_stay_within_the_smaller_bound_and_nearly_attain_it():
    for values in (VALUES, [Fraction(v) for v in range(5)]):
        most = diagonal_changes(1, len(values))
        worst = 0
        for matrix, bias, start in scalar_layers():
            states = [cast(h, values) for h in orbit(matrix, bias, start, 40)]
            worst = max(worst, sum(states[k] != states[k + 1] for k in range(40)))
        assert most - 1 <= worst <= most


def test_real_eigenvalues_of_any_sign_stay_within_the_bound_for_two_steps():
    outputs = [1, 0, 0]  # counting modulo 3
    most = two_step_changes(nonnegative_changes(2, len(VALUES)))
    bound = collision_bound(outputs, 3, changes=most, gap=2, first=1)
    for matrix, bias, start in plane_layers(21, 300, low=-1):
        states = [cast(h, VALUES) for h in orbit(matrix, bias, start, 100)]
        assert sum(states[k] != states[k + 2] for k in range(98)) <= most
        collision = next(
            k
            for k in range(1, 98)
            if states[k] == states[k + 2] and outputs[k % 3] != outputs[(k + 2) % 3]
        )
        assert collision <= bound


def test_a_negative_eigenvalue_escapes():
    states = [cast(h, VALUES) for h in orbit(((Fraction(-1),),), (0,), (Fraction(1),), 1000)]
    assert all(states[k] != states[k + 1] for k in range(1000))


def test_a_rotation_escapes_the_bound_for_two_steps():
    third = ((Fraction(0), Fraction(-1)), (Fraction(1), Fraction(-1)))
    orbit_of_three = orbit(third, (0, 0), (Fraction(1), Fraction(0)), 1000)
    states = [cast(h, VALUES) for h in orbit_of_three]
    assert all(states[k] != states[k + 2] for k in range(998))


GOLDEN = {
    # class order: nonnegative, real spectrum; symmetric; nonnegative, real, complex diagonal;
    # nonnegative and real diagonal where every operation rounds; contractive
    "parity": "I P I I P P I O P",
    "mod:3": "I I I I I P I I P",
    "mod:4": "I O I I O P I O P",
    "sym:3": "I I I I I P I I P",
    "sym:5": "I I I I I I I I P",
    "sym:5:swaps": "I P I I I I I I P",
    "alt:5": "I I I I I I I I P",
    "quaternion": "I O I I O P I O P",
    "flipflop": "P P P P P P O O P",
    "dyck1:4": "P P P P P P O O P",
    "starts-with:ab": "P P P P P P O O I",
    "contains:ab": "P P P P P P O O I",
    "modarith:5": "O O I I I P I I I",
    "transformations:3": "I I I I I P I I I",
}


@pytest.mark.parametrize("name", GOLDEN)
def test_named_tasks(name):
    machine = zoo.get(name).minimal()
    network = cheapest(machine)
    if network:
        assert exact_closure(network, machine).verdict == "proved"
    rows = rows_of(machine, network=network)
    assert " ".join(row.verdict[0].upper() for row in rows.values()) == GOLDEN[name]
    for row in rows.values():
        if isinstance(row.witness, PeriodWitness):
            check_period_witness(machine, row.witness)
        if isinstance(row.witness, IdempotentWitness):
            check_idempotent_witness(machine, row.witness)


def test_the_witness_with_the_least_bound_is_taken():
    machine = zoo.get("sym:3").minimal()  # s has period 2, c has period 3; both force each step
    assert rows_of(machine)["nonnegative-spectrum"].witness.word == ("s",)
    # One letter counts modulo 3 with one output, the other flips: the flip fails sooner.
    table = [[(q // 2 * 2 + 2) % 6 + q % 2, q ^ 1] for q in range(6)]
    both = Machine(
        alphabet="cf", transitions=table, initial=0, outputs=[0, 1, 2, 3, 2, 3]
    ).minimal()
    row = rows_of(both)["nonnegative-spectrum"]
    assert row.witness.word == ("f",)


def test_periods_by_brute_force():
    for machine in SMALL:
        maps, letters = monoid_maps(machine)
        found = periods(machine, transition_monoid(machine))
        assert list(found.letters.values()) == [period(a) for a in letters]
        assert found.elements == dict(sorted(Counter(map(period, maps)).items()))
    assert periods(machine, None).elements is None
    assert found.to_json()["letters"] == found.letters


def brute_derived_length(permutations):
    """Steps of the derived series, by listing commutators and their products."""
    group, length = set(permutations), 0
    while len(group) > 1:
        commutators = {
            compose(compose(invert(x), invert(y)), compose(x, y)) for x in group for y in group
        }
        derived = set(commutators)
        while len(larger := {compose(x, y) for x in derived for y in commutators}) > len(derived):
            derived = larger
        if derived == group:
            return None
        group, length = derived, length + 1
    return length


def compose(first, second):
    return tuple(second[q] for q in first)


def invert(permutation):
    return tuple(permutation.index(q) for q in range(len(permutation)))


LEAST_LAYERS = {
    "parity": 1, "mod:12": 1, "sym:3": 2, "dihedral:6": 2, "quaternion": 2, "alt:4": 2, "sym:4": 3,
    "alt:5": None, "sym:5": None,
}  # fmt: skip


@pytest.mark.parametrize("name", LEAST_LAYERS)
def test_complex_diagonal_layers_take_the_derived_length(name):
    machine = zoo.get(name).minimal()
    row = rows_of(machine)["complex-diagonal"]
    maps, _ = monoid_maps(machine)
    expected = brute_derived_length(maps)
    assert row.least_layers == expected == LEAST_LAYERS[name]
    assert (row.verdict, row.theorem) == (
        ("impossible" if expected is None else "possible"),
        "subnormal",
    )
    if expected:
        assert f"derived length {expected}" in row.reason


def test_the_depth_of_other_tasks_is_not_stated():
    for name in ("contains:ab", "modarith:3", "flipflop"):
        assert {row.least_layers for row in rows_of(zoo.get(name)).values()} == {None}


def test_a_monoid_that_was_not_listed_leaves_open_what_letters_do_not_refute():
    machine = zoo.get("sym:3").minimal()
    found = {row.class_: row.verdict for row in limits(machine, None)}
    assert list(found.values()) == ["impossible"] * 5 + ["open"] + ["impossible"] * 2 + ["open"]
    aperiodic = zoo.get("contains:ab").minimal()
    assert {row.verdict for row in limits(aperiodic, None)} == {"open"}


def test_beyond_the_limit_of_pairs_the_answer_is_open(monkeypatch):
    """A violation met before the limit still counts; without one nothing is claimed."""
    monkeypatch.setattr("negeig.theory.bounds.witnesses.MAX_PAIRS", 1)
    row = rows_of(zoo.get("dyck1:4"))["one-contractive-layer"]
    assert (row.verdict, row.witness) == ("open", None)
    assert "too many to compare" in row.reason
    row = rows_of(zoo.get("starts-with:a"))["one-contractive-layer"]
    assert row.verdict == "open"  # the identity satisfies it with everything
    monkeypatch.setattr("negeig.theory.bounds.witnesses.MAX_PAIRS", 10)
    assert rows_of(zoo.get("starts-with:a"))["one-contractive-layer"].verdict == "impossible"


def test_a_network_outside_a_class_does_not_count_for_it():
    machine = zoo.get("contains:ab").minimal()
    row = limits(machine, None, networks=[dense([[0, 2], [1, 1]])])[-1]
    assert row.verdict == "open"
    assert "not listed" in row.reason


def dense(matrix):
    zero = tuple(Fraction(0) for _ in matrix)
    step = DenseStep(tuple(tuple(map(Fraction, row)) for row in matrix), zero)
    layer = Layer(
        alphabet=("a",), initial=zero, steps={"a": (step,)}, codes=(zero,), emit=(("x",),)
    )
    return LinearRNN(alphabet=("a",), layers=(layer,), outputs={"x": 0}, empty=0)


def test_spectra_of_all_small_matrices():
    for a, b, c, d in product(range(-2, 3), repeat=4):
        network = dense(((a, b), (c, d)))
        trace, det = a + d, a * d - b * c
        real = trace**2 >= 4 * det
        assert has_real_spectrum(network, nonnegative=False) == real
        assert has_real_spectrum(network, nonnegative=True) == (real and trace >= 0 and det >= 0)
        assert is_diagonal(network, nonnegative=False) == (b == c == 0)
        assert is_diagonal(network, nonnegative=True) == (b == c == 0 and min(a, d) >= 0)
        assert not is_householder(network, low=-1)


def test_spectra_with_repeated_and_nearly_equal_roots():
    chain = [[1, 1, 0], [0, 1, 1], [0, 0, 1]]
    assert has_real_spectrum(dense(chain), nonnegative=True)
    tiny = Fraction(1, 10**30)
    assert not has_real_spectrum(dense([[1, -tiny], [tiny, 1]]), nonnegative=False)
    assert has_real_spectrum(dense([[1, tiny], [tiny, 1]]), nonnegative=True)
    assert not has_real_spectrum(dense([[-tiny, 1], [0, 1]]), nonnegative=True)


def test_spectra_in_a_number_field():
    root3 = NumberField((-3, 0, 1), "1.73205080756887729352744634151").element([0, 1])
    mirror = DeltaStep(Fraction(2), (root3 / 2, Fraction(1, 2)), Fraction(0))
    other = DeltaStep(Fraction(2), (Fraction(1), Fraction(0)), Fraction(0))
    zero = (Fraction(0), Fraction(0))

    def network(*steps):
        layer = Layer(
            alphabet=("a",), initial=zero, steps={"a": steps}, codes=(zero,), emit=(("x",),)
        )
        return LinearRNN(
            alphabet=("a",), layers=(layer,), outputs={"x": 0}, empty=0, field=root3.field
        )

    assert has_real_spectrum(network(mirror), nonnegative=False)
    assert not has_real_spectrum(network(mirror), nonnegative=True)
    assert not has_real_spectrum(network(mirror, other), nonnegative=False)
    assert is_householder(network(mirror, other), low=-1)
    assert not is_householder(network(mirror, other), low=0)


def architecture_rows(name):
    """Rows of the catalogue by the identifier of the architecture."""
    machine = zoo.get(name).minimal()
    network = cheapest(machine)
    found = limits(machine, transition_monoid(machine), networks=[network])
    rows = {row.name: row for row in verdicts(found, [network])}
    assert len(rows) == len(architectures.entries())
    return {a.id: rows[a.name] for a in architectures.entries()}


def test_architectures_on_parity():
    rows = architecture_rows("parity")
    for a in architectures.entries():
        excluded = a.inside in (
            "nonnegative-spectrum", "nonnegative-symmetric", "nonnegative-diagonal",
        )  # fmt: skip
        assert (rows[a.id].verdict == "impossible") == excluded, a.name
    for id in ("linear-attention", "gla", "mamba", "mamba-2", "mlstm", "deltanet"):
        assert rows[id].verdict == "impossible"
    assert rows["deltanet-negative"].verdict == "possible"
    assert rows["deltanet-negative"].theorem == "closure"


def test_architectures_on_star_free_and_group_tasks():
    rows = architecture_rows("contains:ab")
    assert (rows["mamba"].verdict, rows["mamba"].theorem) == ("possible", "star-free")
    rows = architecture_rows("sym:5")
    assert rows["deltanet-negative"].verdict == "open"  # four steps a token are at hand
    assert rows["mamba"].verdict == "impossible"
    assert architecture_rows("sym:5:swaps")["deltanet-negative"].verdict == "possible"

"""Certificates of every kind that the checker knows, and whether what one claims is true.

The oracle reads what a certificate is about with the library, which shares no code with the
checker, and decides the claim anew; it never looks at what proves it, except where that is part of
the claim: words, points and periods.
"""

import io
import json
import random
import re
from dataclasses import replace
from fractions import Fraction
from functools import cache, reduce
from itertools import combinations

import numpy as np

import negeig
from negeig.automata.expressions.regex_machine import regex_to_machine
from negeig.automata.formats import json_file
from negeig.automata.groups.composition import composition_factors
from negeig.automata.groups.identify import identify
from negeig.automata.groups.permgroup import ListedGroup
from negeig.automata.groups.schreier_sims import PermutationGroup
from negeig.automata.machines.machine import Machine
from negeig.automata.machines.minimize import colours
from negeig.automata.monoids.monoid import transition_monoid
from negeig.automata.monoids.submonoids import Multiplication
from negeig.automata.zoo import get
from negeig.claims import Closure, InputError, LimitReached, Region, output_text
from negeig.kernels.standard_suite import TASKS
from negeig.precision.cast.cast import FormatCast
from negeig.precision.closure.any_order_closure import any_order_closure
from negeig.precision.closure.reference import ReferenceSemantics
from negeig.precision.closure.rounded_closure import closure
from negeig.precision.numbers.formats import FORMATS, Format
from negeig.precision.numbers.models import Arithmetic
from negeig.precision.stored import round_parameters
from negeig.proofs_checks import checker
from negeig.proofs_checks.kinds import kind_of
from negeig.proofs_checks.of_bounds import of_bounds
from negeig.proofs_checks.of_claims import Certificates
from negeig.proofs_checks.of_results import of_check
from negeig.proofs_checks.runs.any_order import any_order_certificate
from negeig.proofs_checks.runs.closure import closure_certificate
from negeig.proofs_checks.runs.horizon import horizon_certificate
from negeig.proofs_checks.runs.layers import layers_certificate
from negeig.proofs_checks.runs.machines import comparison_certificate
from negeig.proofs_checks.runs.peeling import peeling_certificate
from negeig.proofs_checks.runs.regions import regions_certificate
from negeig.proofs_checks.runs.scalars import scalar_certificate
from negeig.proofs_checks.runs.words import bits_certificate, word_certificate
from negeig.theory.bounds.dimension_bounds import _on_a_line, may_act
from negeig.theory.bounds.lower_bounds import lower_bounds, seen_by_decoder
from negeig.theory.bounds.peeling import Link, Peeling
from negeig.theory.bounds.peeling_exact import peel_listed
from negeig.theory.bounds.peeling_greedy import peel
from negeig.theory.bounds.plane_rotations import four_steps_obstruction
from negeig.theory.bounds.reflection_bounds import Units, one_step_obstruction
from negeig.theory.closure.exact_search import ExactSemantics
from negeig.theory.closure.explore import explore
from negeig.theory.networks import network_json
from negeig.theory.networks.network import DeltaStep, DenseStep, Layer, LinearRNN
from support.closure_cases import dense, parity
from support.evidence_cases import MADE, TRUE, casts_seen
from support.peeled_by_hand import then

LAST = {
    "last parts": ([[1, 2], [2, 3], [0, 1], [2, 2]], True),
    "last letters": ([[0, 1], [2, 1], [3, 4], [3, 3], [4, 4]], False),
    "last edges": ([[0, 1, 2], [3, 1, 4], [4, 3, 2], [3, 1, 0], [2, 1, 1]], True),
}
"""Machines that take three layers because of an order, and whether with reflections."""

CONJUGATES = {
    "idempotents": [[1, 1], [2, 3], [0, 1], [3, 2]],
    "last parts": [[1, 0], [2, 1], [3, 3], [2, 4], [0, 3]],
}
"""Machines that take three layers; the chain needs more of K than products of idempotents."""

IN_ORDER = [[0, 1], [0, 2], [1, 3], [2, 4], [3, 1]]
"""A machine that takes four layers because of the order in which idempotents come last."""

ARITHMETICS = ("exact", "bf16", "fp32", "fp32:fma", "bf16:acc32", "grid:2^-8")


def lines_of(certificate):
    return list(certificate.lines())


def verdict(lines, permitted=(), **options):
    """What the checker says of the text of some lines: verdict and reason."""
    data = "".join(line + "\n" for line in lines).encode("utf-8", "surrogatepass")
    return verdict_of_bytes(data, permitted, **options)


def verdict_of(certificate, about=(), **evidence):
    """What the checker says of a certificate's first line where parts of it are others."""
    value = json.loads(lines_of(certificate)[0])
    value["about"] |= dict(about)
    value["evidence"] |= evidence
    return verdict([checker.text_of(value)])


def verdict_of_bytes(data, permitted=(), **options):
    file = io.BufferedReader(io.BytesIO(data))
    found = list(checker.check(file, set(permitted), **options))
    return found[-1][:2]


def closures():
    """Closures of one layer and of several, rational and in number fields."""
    for name in ("parity", "flipflop", "mod:3", "dyck1:3", "sym:3"):
        made = negeig.compile(zoo=name)
        for arithmetic in ARITHMETICS:
            try:
                certificate = closure_certificate(
                    made.network, made.machine, arithmetic, max_states=60
                )
            except (InputError, LimitReached):
                continue
            yield certificate


def in_any_order():
    """Exact closures of which formats round no sum."""
    for name, operands in (("parity", "fp32"), ("flipflop", "bf16")):
        made = negeig.compile(zoo=name)
        found = any_order_closure(made.network, made.machine, operands=FORMATS[operands])
        yield any_order_certificate(made.network, made.machine, found.exactness)


def no_order_rounds(network, machine, formats):
    """Whether formats hold all operands, and all sums of some of the terms, from every state."""
    operands, sums = (Format(name=name, **formats[name]) for name in ("operands", "sums"))

    def held(target, x):
        normal = Fraction(2) ** target.emin
        small = Fraction(x) % normal == 0
        return x == 0 or (small and target.nearest(Fraction(x)) == x)

    def some(terms):
        return (sum(part) for n in range(len(terms) + 1) for part in combinations(terms, n))

    def is_exact(factors, *terms):
        products = [a * b for a, b in factors]
        return all(held(operands, x) for pair in factors for x in pair) and all(
            held(sums, x) for x in some([*products, *terms])
        )

    def step_is_exact(step, h):
        if isinstance(step, DenseStep):
            rows = zip(step.matrix, step.bias, strict=True)
            return all(is_exact(list(zip(row, h, strict=True)), b) for row, b in rows)
        s = sum(k * x for k, x in zip(step.key, h, strict=True)) - step.write
        t = step.beta * s
        return (
            is_exact(list(zip(step.key, h, strict=True)), -step.write)
            and is_exact([(step.beta, s)])
            and all(is_exact([(k, t)], x) for k, x in zip(step.key, h, strict=True))
        )

    meaning = NearestSemantics(network)
    found = [meaning.initial()]
    for state in found:  # grows while it is read
        for letter in machine.alphabet:
            symbol = letter
            for layer, vector in zip(network.layers, state, strict=True):
                h = tuple(vector)
                for step in layer.steps[symbol]:
                    if not step_is_exact(step, h):
                        return False
                    h = step.apply(h)
                symbol = layer.emit[layer.nearest(h)][layer.alphabet.index(symbol)]
            after = meaning.step(state, letter)[0]
            if after not in found:
                found.append(after)
    return True


def refutations():
    """Words that err, and words that lead to the same bits."""
    network = parity(dense([[-127 / 256]]))
    machine = Machine(alphabet="1", transitions=[[1], [0]], initial=0, outputs=[1, 0])
    for arithmetic in ("bf16", "e4m3fnuz", "fp16:acc32:rtz", "bf16:ftz"):
        found = closure(network, machine, arithmetic, round_parameters=True)
        yield word_certificate(network, machine, arithmetic, found.wrong_word)
        if found.verdict == "collision":
            yield bits_certificate(network, machine, arithmetic, found.words)
    yield word_certificate(negeig.compile(zoo="mod:3").network, get("parity"), "exact", ("1", "1"))


def comparisons():
    yield comparison_certificate(get("mod:2"), get("parity"))
    yield comparison_certificate(get("mod:4"), get("parity"))
    yield comparison_certificate(get("sym:3"), get("sym:3"))


def evidence(name):
    for found, about in MADE[name]():
        try:
            yield kind_of(found).certificate(found, about)
        except InputError:
            continue


def remembering(network):
    """The same network above a layer that counts letters, which nobody asks for."""
    one, zero = Fraction(1), Fraction(0)
    flip = (DeltaStep(2 * one, (one,), zero),)
    counter = Layer(
        alphabet=network.alphabet, initial=(one,), steps=dict.fromkeys(network.alphabet, flip),
        codes=((one,), (-one,)), emit=(network.alphabet,) * 2,
    )  # fmt: skip
    return replace(network, layers=(counter, *network.layers))


def layer_by_layer():
    """Three layers closed one by one, two, and one by itself."""
    made = negeig.compile(zoo="first-symbol")
    for network in (remembering(made.network), made.network):
        yield layers_certificate(network, made.machine, "bf16", regions=False)
    made = negeig.compile(zoo="tomita:5")
    yield layers_certificate(made.network, made.machine, "exact")


def by_regions():
    """Layers that shrink what they hold, one by itself and one among others."""
    made = negeig.compile(zoo="ends-with:01")
    for arithmetic in ("exact", "fp32", "bf16:acc32"):
        yield regions_certificate(made.network, made.machine, arithmetic)
    made = negeig.compile(zoo="first-symbol")
    yield layers_certificate(remembering(made.network), made.machine, "exact")
    yield layers_certificate(made.network, made.machine, "fp32")


def horizons():
    """Words of some letters, over one letter and over two."""
    task = TASKS["mod3-rotations"]
    yield horizon_certificate(task.network, task.machine, "bf16:acc32", 12)
    made = negeig.compile(zoo="sym:3")
    yield horizon_certificate(made.network, made.machine, "fp32", 2)


def chains():
    """Chains of idempotents of every ending, with reflections and without."""
    for machine, reflections in (
        (get("transformations:4").minimal(), True),
        (get("starts-with:a").minimal(), True),
        (get("parity").minimal(), True),
        (regex_to_machine("(a(ab)*b)*").minimal(), False),
        (regex_to_machine("(a|b)*bbb").minimal(), False),
    ):
        yield peeling_certificate(machine, peel(machine, reflections=reflections))
    both = [(transitions, True) for transitions in (*CONJUGATES.values(), IN_ORDER)]
    for transitions, reflections in (*LAST.values(), *both):
        machine = structure(transitions)
        found = peel_listed(transition_monoid(machine), reflections=reflections)
        yield peeling_certificate(machine, found)
    yield from of_all_maps()


def structure(transitions):
    """The machine of some transitions that tells all its states apart."""
    return Machine(
        alphabet="abcde"[: len(transitions[0])], transitions=transitions, initial=0,
        outputs=range(len(transitions)),
    )  # fmt: skip


def of_all_maps():
    """Group complexities: of the maps of three points, and of what is left of those of four."""
    three, four = (get(f"transformations:{k}").minimal() for k in (3, 4))
    whole = Peeling(value=2, reflections=True, ending="complexity", exhaustive=False)
    yield peeling_certificate(three, whole)
    kernel = Multiplication(transition_monoid(four)).whole().kernel()
    e = kernel.representatives[0]
    word = kernel.table.monoid.word
    rest = kernel.local(e, kernel.dividing(e)).generators.tolist()
    link = Link(idempotent=word(e), generators=tuple(map(word, rest)))
    yield peeling_certificate(four, replace(whole, value=3, links=(link,)))


HELD = {
    "plane": "quaternion",
    "space": "sym:5:swaps",
    "not solvable": "alt:5",
    "not A5": "sym:6",
    "four steps": "sym:5",
}
"""Tasks with a group of each of these needs."""

THREE_INVOLUTIONS = [[0, 1, 3, 2, 4, 6, 5], [0, 3, 4, 1, 2, 5, 6], [2, 1, 0, 3, 6, 5, 4]]
"""They generate the simple group of order 168, which is no group of reflections."""

A6 = [[1, 2, 0, 3, 4, 5], [0, 2, 3, 4, 5, 1]]
"""Of these the second takes four steps, because of a simple factor."""


def permuting(letters):
    """The machine whose letters permute its states, all of which it tells apart."""
    return structure([list(row) for row in zip(*letters, strict=True)])


def acting_groups():
    """Groups of all needs, by the certificates of bounds."""
    machines = [*map(get, HELD.values()), permuting(THREE_INVOLUTIONS), permuting(A6)]
    for machine in machines:
        yield from certified_bounds(machine)


def scalars():
    """One letter, whose square is not the identity, and two mirrors; and a constant beside."""
    tasks = ("mod:3", "sym:3:swaps", "starts-with:a", "quaternion")
    for machine in (*map(get, tasks), structure([[1, 0, 0], [0, 2, 0], [2, 1, 0]])):
        yield from certified_bounds(machine)
        yield scalar_certificate(machine.minimal())


def certified_bounds(machine):
    """The certificates of all bounds of a task."""
    machine, found = machine.minimal(), Certificates()
    of_bounds(lower_bounds(machine, transition_monoid(machine)), machine, found)
    return found.made


def permutations(machine, points, words):
    """What words, as columns, do to states, by their place; None unless all states are reached,
    no two of them are equivalent, and all words permute them.
    """
    reached, queue = {machine.initial}, [machine.initial]
    for q in queue:  # grows while it is read
        new = set(machine.transitions[q].tolist()) - reached
        reached |= new
        queue += new
    classes = told_apart(machine)[points].tolist()
    if not reached >= set(points) or len(set(classes)) < len(points):
        return None
    rows = []
    for word in words:
        image = reduce(lambda states, a: machine.transitions[states, a], word, list(points))
        if sorted(image) != sorted(points):
            return None
        rows.append([points.index(int(q)) for q in image])
    return rows


def told_apart(machine):
    """The class of each state: two are in one where no word tells them apart."""
    classes, count = np.array(colours(machine.outputs)), 0
    while len(set(classes.tolist())) > count:
        count = len(set(classes.tolist()))
        rows = np.column_stack([classes, classes[machine.transitions]])
        classes = np.unique(rows, axis=0, return_inverse=True)[1].reshape(-1)
    return classes


def has_needs(machine, data):
    """Whether words permute states as a group with these needs, by the library's own functions."""
    rows = permutations(machine, data["points"], data["generators"])
    needs, words = data["needs"], data["generators"]
    if not rows:
        return False
    group = PermutationGroup(rows)
    if needs == "not solvable":
        return not group.is_solvable
    if needs == "not A5":
        factors = composition_factors(group)
        return factors is None or any(not re.fullmatch(r"C\d+|A5", x) for x in factors)
    listed = ListedGroup(group.elements())
    if needs in ("plane", "space"):
        found = identify(listed.rows)
        return not may_act(found, lambda: listed.rows, 2 if needs == "plane" else 3)
    if any(len(word) != 1 for word in words):
        return False
    elements = listed.rows.tolist()
    letters = tuple((i, elements.index(row)) for i, row in enumerate(rows))
    if needs == "one step":
        return one_step_obstruction(Units(listed, letters)) is not None
    return four_steps_obstruction(Units(listed, letters)) is not None


SOURCES = {
    "closure": lambda: (*closures(), *in_any_order()),
    "collision": refutations,
    "equivalence": comparisons,
    "group": acting_groups,
    "horizon": horizons,
    "inequivalence": comparisons,
    "layers": layer_by_layer,
    "peeling": chains,
    "period": scalars,
    "regions": by_regions,
    "scalar": scalars,
    "word": refutations,
}


@cache
def of_kind(kind):
    """Certificates of a kind, made when they are first asked for."""
    made = SOURCES[kind]() if kind in SOURCES else ()
    found = [certificate for certificate in made if certificate.kind == kind]
    return [*found, *(evidence(kind) if kind in MADE else ())]


def read_machine(value):
    return json_file.parse(json.dumps(value), "machine")[0]


def read_arithmetic(value):
    if value == "exact":
        return Arithmetic(name="exact")
    fields = dict(value)
    for key in ("operations", "state", "sums"):
        if fields[key] is not None:
            fields[key] = Format(name=key, **fields[key])
    return Arithmetic(name="read", parameters=fields["operations"], **fields)


def claim_holds(header):
    """Whether a claim is true, by the library alone."""
    about, data, kind = header["about"], header["evidence"], header["kind"]
    if kind in TRUE and kind != "collision":
        return TRUE[kind](about, data)
    if kind == "equivalence":
        one, two = map(read_machine, about)
        return one.difference(two) is None
    if kind == "inequivalence":
        one, two = map(read_machine, about)
        return output_text(one.output(data["word"])) != output_text(two.output(data["word"]))
    if kind == "group":
        return has_needs(read_machine(about), data)
    if kind == "scalar":
        machine = read_machine(about).minimal()
        return not _on_a_line(machine.transitions, seen_by_decoder(machine))
    if kind == "peeling":
        monoid = transition_monoid(read_machine(about).minimal())
        most = peel_listed(monoid, reflections=data["reflections"])
        least = layers_shown(about, data)
        if least == 1 and not data["links"]:
            return len(set(seen_by_decoder(read_machine(about).minimal()).ravel().tolist())) > 1
        return not most.exhaustive or most.value >= least
    machine = read_machine(about["machine"])
    network = network_json.loads(json.dumps(about["network"]))
    if kind == "closure" and "operands" in about["arithmetic"]:
        closed = explore(ExactSemantics(network), network, machine, max_states=500)
        return closed.verdict == "proved" and no_order_rounds(network, machine, about["arithmetic"])
    model = read_arithmetic(about["arithmetic"])
    if kind in ("horizon", "regions"):
        most = data["length"] if kind == "horizon" else 8
        return right_up_to(most, semantics(network, model, nearest=True), network, machine)
    if kind in ("closure", "layers"):
        return (
            explore(semantics(network, model), network, machine, max_states=5000).verdict
            == "proved"
        )
    if kind == "word":
        word, symbol = data["word"], run(network, model, data["word"])[1]
        said = network.outputs.get(symbol) if word else network.empty
        return (bool(word) and symbol is None) or output_text(said) != output_text(
            machine.output(word)
        )
    one, two = words = [[a for x in w for a in x["word"] * x["times"]] for w in data["words"]]
    if data["cast"] is None:
        seen = [run(network, model, word)[0] for word in words]
    else:
        cast = dict(data["cast"])
        signed = cast.pop("has_negative_zero")
        view = FormatCast(Format(name="cast", has_negative_zero=True, **cast), signed)
        seen = [casts_seen(network.layers, word, view, False) for word in words]
    goals = {output_text(machine.output(word)) for word in words}
    return seen[0] == seen[1] and one[-1] == two[-1] and len(goals) == 2


def layers_shown(about, data):
    """How many layers a chain shows; a group complexity by the points of its cycle."""
    fixed = {"one layer": 1, "idempotents": 2, "letters": 2, "complexity": 0}
    layers = len(data["links"]) + fixed.get(data["ending"], 3)
    if data["ending"] != "complexity":
        return layers
    one, maps = (
        tuple(range(len(about["transitions"]))),
        list(zip(*about["transitions"], strict=True)),
    )

    def value(of, word):
        return reduce(lambda x, i: tuple(of[i][q] for q in x), word, one)

    for link in data["links"]:
        known = list(maps)
        for part in link["parts"]:
            known.append(value(known, part))
        parts = known[len(maps) :] if data["reflections"] else maps
        one = value(parts, link["idempotent"])
        maps = [then(value(parts, word), one) for word in link["generators"]]
    q = reduce(
        lambda q, a: about["transitions"][q][about["alphabet"].index(a)],
        data["prefix"], about["initial"],
    )  # fmt: skip
    turn, points = value(maps, data["f"]), []
    while q not in points:
        points.append(q)
        q = turn[q]
    return layers + len(points) - 1


def right_up_to(length, meaning, network, machine):
    """Whether all words of so many letters are right: their states, one set for each length."""
    wanted = [output_text(output) for output in machine.outputs]
    said = {symbol: output_text(output) for symbol, output in network.outputs.items()}
    if output_text(network.empty) != wanted[machine.initial]:
        return False
    reached = {(meaning.initial(), machine.initial)}
    for _ in range(length):
        after = set()
        for state, q in reached:
            for column, letter in enumerate(machine.alphabet):
                target, symbol = meaning.step(state, letter)
                goal = int(machine.transitions[q, column])
                if symbol is None or said[symbol] != wanted[goal]:
                    return False
                after.add((target, goal))
        reached = after
    return True


class NearestSemantics:
    """Exact states, each decoded to the nearest code."""

    def __init__(self, network):
        self.layers = network.layers

    def initial(self):
        return tuple(layer.initial for layer in self.layers)

    def step(self, state, letter):
        after = []
        for layer, vector in zip(self.layers, state, strict=True):
            after.append(tuple(layer.apply(letter, vector)))
            column = layer.alphabet.index(letter)
            letter = layer.emit[layer.nearest(after[-1])][column]
        return tuple(after), letter


def semantics(network, model, nearest=False):
    if model.is_exact:
        return NearestSemantics(network) if nearest else ExactSemantics(network)
    stored, _ = round_parameters(network, model, round_parameters=False)
    return ReferenceSemantics(network, stored, model)


def run(network: LinearRNN, model, word):
    meaning = semantics(network, model)
    state, symbol = meaning.initial(), None
    for letter in word:
        state, symbol = meaning.step(state, letter)
    return state, symbol


def mutated(lines, rng: random.Random):
    """A certificate with one or two of its parts altered, as lines."""
    values = [json.loads(line) for line in lines]
    for _ in range(rng.choice((1, 1, 1, 2))):
        at = 0 if rng.random() < 0.5 else rng.randrange(len(values))
        what = rng.random()
        if len(values) > 1 and at and what < 0.15:
            del values[at]
        elif len(values) > 1 and at and what < 0.25:
            other = rng.randrange(1, len(values))
            values[at], values[other] = values[other], values[at]
        elif not at and has_evidence(values[0]) and rng.random() < 0.5:
            values[0] = {**values[0], "evidence": altered(values[0]["evidence"], rng)}
        else:
            values[at] = altered(values[at], rng)
    return [checker.text_of(value) for value in values]


def has_evidence(value):
    return isinstance(value, dict) and "evidence" in value


def altered(value, rng):
    """A JSON value with one part replaced, dropped or repeated."""
    if isinstance(value, dict) and value and rng.random() < 0.97:
        key = rng.choice(sorted(value))
        if rng.random() < 0.05:
            return {k: v for k, v in value.items() if k != key}
        return {**value, key: altered(value[key], rng)}
    if isinstance(value, list) and value and rng.random() < 0.9:
        i, what = rng.randrange(len(value)), rng.random()
        if what < 0.08:
            return value[:i] + value[i + 1 :]
        if what < 0.16:
            return [*value[:i], value[i], *value[i:]]
        if what < 0.24:
            j = rng.randrange(len(value))
            swapped = list(value)
            swapped[i], swapped[j] = swapped[j], swapped[i]
            return swapped
        return [*value[:i], altered(value[i], rng), *value[i + 1 :]]
    return leaf(value, rng)


def leaf(value, rng):
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return rng.choice((value + 1, value - 1, -value, 0, 1, 2 * value + 1, value ^ 4))
    if isinstance(value, str):
        if value and rng.random() < 0.6:
            i = rng.randrange(len(value))
            return value[:i] + rng.choice("0123456789abcdef-/") + value[i + 1 :]
        return rng.choice(("0", "1", "-1", "1/2", "2", value + "0", value[1:], "exact", "0", "s"))
    return rng.choice((None, 0, 1, [], {}, "1", True))


def verified_certificates(result):
    """Return the certificates of a result of ``check``, all of which the checker verifies.

    Every closure has one, every proof by regions in exact arithmetic, every bound that does not
    assume which group the letters act as.
    """
    found = of_check(result)
    closed = [
        claim.id
        for claim in result.claims
        if isinstance(claim.evidence, Closure)
        or (isinstance(claim.evidence, Region) and claim.arithmetic == "exact")
    ]
    lacking = {text.partition(":")[0] for text in found.missing}
    assert lacking.isdisjoint(closed), found.missing
    own = {f"{bound.quantity} >= {bound.value}" for bound in result.lower_bounds if bound.own_group}
    assert {text for text in lacking if ">=" in text or "eigen" in text} <= own, found.missing
    for certificate in found.made:
        assert verdict(lines_of(certificate)) == ("VERIFIED", ""), certificate.kind
    return found.made

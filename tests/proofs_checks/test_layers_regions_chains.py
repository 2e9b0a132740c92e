"""What certificates of layers, regions, horizons and chains have to show, and what they may not."""

import json
import random
from dataclasses import replace
from fractions import Fraction

import pytest

import negeig
from negeig.automata.expressions.regex_machine import regex_to_machine
from negeig.automata.machines.machine import Machine
from negeig.automata.zoo import get
from negeig.claims import InputError, LimitReached
from negeig.kernels.standard_suite import TASKS
from negeig.precision.closure.any_order_closure import any_order_closure
from negeig.precision.numbers.arithmetic import parse
from negeig.proofs_checks import checker
from negeig.proofs_checks.certificate import text_of
from negeig.proofs_checks.runs import words_of_maps
from negeig.proofs_checks.runs.any_order import any_order_certificate
from negeig.proofs_checks.runs.horizon import LONGEST, horizon_certificate
from negeig.proofs_checks.runs.layers import layers_certificate
from negeig.proofs_checks.runs.peeling import peeling_certificate
from negeig.proofs_checks.runs.regions import regions_certificate
from negeig.proofs_checks.runs.subject import arithmetic_json
from negeig.theory.bounds.peeling_greedy import peel
from support.certificates import claim_holds, layers_shown, lines_of, of_kind, remembering, verdict


def with_evidence(certificate, **changed):
    header, *rows = lines_of(certificate)
    value = json.loads(header)
    return [text_of({**value, "evidence": {**value["evidence"], **changed}}), *rows]


def replace_outputs(machine):
    """Another machine, whose outputs are those of its states in reverse."""
    return Machine(
        alphabet=machine.alphabet, transitions=machine.transitions, initial=machine.initial,
        outputs=machine.outputs[::-1],
    )  # fmt: skip


# ---- layers


def test_what_nobody_asks_for_is_one_class():
    made = negeig.compile(zoo="transformations:3")
    direct = layers_certificate(made.network, made.machine, "exact").evidence
    above = layers_certificate(remembering(made.network), made.machine, "exact").evidence
    assert above["layers"] == [2, *direct["layers"]]
    assert above["classes"][0] == 2  # rows, both in one class
    assert above["states"] == direct["states"]


def test_rows_in_one_class_lead_where_each_of_them_does():
    """Of two classes made one what is below is wrong on some way, and that is seen."""
    (*_, certificate) = of_kind("layers")
    header, *rows = lines_of(certificate)
    count = sum(certificate.evidence["layers"])
    merged = [text_of([0, *json.loads(row)[1:]]) for row in rows[count : 2 * count]]
    ends = [text_of([q, 0]) for q in range(4)]
    evidence = {**certificate.evidence, "states": 4}
    lines = [text_of({**json.loads(header), "evidence": evidence}), *rows[:count], *merged, *ends]
    said, reason = verdict(lines)
    assert (said, "the output is not the machine's" in reason) == ("NOT VERIFIED", True)


def test_a_start_that_is_missing_is_no_row():
    """Were it row -1, the last one, states that are never reached would prove anything."""
    certificate = of_kind("layers")[-1]
    header, *rows = lines_of(certificate)
    value = json.loads(header)
    count = certificate.evidence["layers"][0]
    own = json.loads(rows[2 * count - 1])[0]  # the class of the last row
    (state,) = (q for q, at in map(json.loads, rows[2 * count :]) if at == own)
    machine, network = value["about"]["machine"], value["about"]["network"]
    machine["initial"], network["empty"] = state, machine["outputs"][state]
    value["evidence"]["classes"] = [count + 1]

    def said(initial, row):
        network["layers"][0]["initial"] = initial
        ends = text_of([own, row])
        found = verdict([text_of(value), *rows[: 2 * count], ends, *rows[2 * count :]])
        return found[0]

    assert said(json.loads(rows[count - 1])[0], count - 1) == "VERIFIED"
    assert said(["5"] * network["layers"][0]["dim"], -1) != "VERIFIED"


def test_a_stack_that_errs_has_no_certificate_layer_by_layer():
    made = negeig.compile(zoo="transformations:3")
    with pytest.raises(InputError, match="the network errs"):
        layers_certificate(made.network, replace_outputs(made.machine), "exact")
    with pytest.raises(LimitReached):
        layers_certificate(made.network, made.machine, "exact", max_states=3)


# ---- any order


def test_formats_hold_every_sum_of_some_terms():
    """Adjacent swaps of four add numbers of three bits: in two bits an order may round."""
    made = negeig.compile(zoo="sym:4:adjacent")
    found = any_order_closure(made.network, made.machine).exactness
    header, *rows = lines_of(any_order_certificate(made.network, made.machine, found))
    value = json.loads(header)
    for name in ("sums", "operands"):
        for precision in (2, 3):
            arithmetic = value["about"]["arithmetic"]
            changed = {**arithmetic, name: {**arithmetic[name], "precision": precision}}
            about = {**value["about"], "arithmetic": changed}
            lines = [text_of({**value, "about": about}), *rows]
            said, reason = verdict(lines)
            assert (said == "VERIFIED") == claim_holds(json.loads(lines[0])), (name, precision)
            assert said == "VERIFIED" or reason.endswith("some order of some sum may round")
    narrow = {**value["about"]["arithmetic"], "sums": {**arithmetic["sums"], "emax": 1}}
    about = {**value["about"], "arithmetic": narrow}
    assert verdict([text_of({**value, "about": about}), *rows])[0] == "NOT VERIFIED"


# ---- regions


def boxes():
    (certificate, *_) = of_kind("regions")
    header, *rows = lines_of(certificate)
    return header, [json.loads(row) for row in rows]


def test_regions_are_carried_into_regions_and_lie_in_the_cell_of_a_code():
    header, rows = boxes()
    count = json.loads(header)["evidence"]["layers"][0]
    refused = 0
    for i in range(count):
        for change in (
            {"box": [["-1000", "1000"]]},  # no cell is as large
            {"box": [[rows[i][0]["box"][0][0]] * 2]},  # what leads here leads out of it
            {"code": (rows[i][0]["code"] + 1) % count},
            {"after": rows[i][0]["after"][::-1]},
        ):
            other = [*rows]
            other[i] = [{**rows[i][0], **change}]
            if other != rows:
                said, reason = verdict([header, *map(text_of, other)])
                assert said == "NOT VERIFIED", (i, change)
                assert reason
                refused += 1
    assert refused > 2 * count


def test_regions_in_rounded_arithmetic_have_room_for_its_errors():
    header, rows = boxes()
    value = json.loads(header)
    arithmetics = [x.about["arithmetic"] for x in of_kind("closure")]
    rounded = [x for x in arithmetics if x != "exact" and "operands" not in x]
    held = next(x for x in arithmetics if "operands" in x)
    for arithmetic in (*rounded, held):
        value["about"]["arithmetic"] = arithmetic
        said = verdict([text_of(value), *map(text_of, rows)])[0]
        assert said != "VERIFIED", arithmetic  # exact boxes have no room, or parameters are others
    made = negeig.compile(zoo="ends-with:01")
    for arithmetic in ("fp32", "bf16:acc32", "fp32:fma", "fp32:ftz"):
        certificate = regions_certificate(made.network, made.machine, arithmetic)
        assert verdict(lines_of(certificate)) == ("VERIFIED", "")
    with pytest.raises(InputError):
        regions_certificate(made.network, made.machine, "fp32:daz")
    with pytest.raises(InputError):
        regions_certificate(negeig.compile(zoo="mod:3").network, get("parity"))


BOUNDED = (
    "fp32", "bf16:all-ops", "fp32:fma", "bf16:acc32", "fp16:acc32-step", "fp16:ftz", "bf16:rtz",
    "fp16:sum32", "grid:2^-8", "fp16:rna",
)  # fmt: skip


def test_regions_show_nothing_of_what_no_order_rounds():
    """Of boxes not every state is looked at, so that none is rounded is not seen."""
    header, rows = boxes()
    value = json.loads(header)
    (held, *_) = (
        x.about["arithmetic"] for x in of_kind("closure") if "operands" in x.about["arithmetic"]
    )
    value["about"]["arithmetic"] = held
    said, reason = verdict([text_of(value), *map(text_of, rows)])
    assert (said, "not seen to round nothing" in reason) == ("NOT VERIFIED", True)


def test_an_initial_state_that_storing_rounds_has_no_regions():
    """Where a letter leaves it alone it is stored all the same, elsewhere than its box says."""
    made = negeig.compile(zoo="ends-with:01")
    header, *rows = lines_of(regions_certificate(made.network, made.machine, "bf16:acc32"))
    value = json.loads(header)
    (layer,) = value["about"]["network"]["layers"]
    (first,) = layer["initial"]
    layer["initial"] = [str(Fraction(first) * (1 - Fraction(1, 2**20)))]
    said, reason = verdict([text_of(value), *rows])
    assert (said, "storing rounds the initial state" in reason) == ("NOT VERIFIED", True)


def test_errors_are_not_bounded_where_the_bound_would_not_hold():
    def of(fields):
        return checker.Rounded(json.loads(text_of(fields)))

    narrow, wide = (arithmetic_json(parse(name)) for name in ("bf16:acc32", "fp32"))
    swapped = {**narrow, "operations": narrow["state"], "state": wide["state"]}
    with pytest.raises(checker.Failure, match="no operands"):
        checker.Bounds(of(swapped))
    assert checker.Bounds(of(narrow))
    form = checker.Form([1, 0], 1)
    for name, terms in (("e2m1fn", 1), ("bf16", 40), ("fp32:daz", 1)):
        with pytest.raises(checker.Failure, match="nothing bounds"):
            form.off(of(arithmetic_json(parse(name))).ops, terms)
    large = checker.Form([1, 0], Fraction(2) ** 200)
    with pytest.raises(checker.Failure, match="nothing bounds"):
        large.off(of(wide).ops, 1)


def random_layer(rng, dim, model):
    """A layer of one letter: one or two steps, whose numbers all formats hold; and its value."""

    def number():
        return str(Fraction(rng.randrange(-6, 7), 8))

    def step():
        if rng.random() < 0.5:
            rows = [[number() for _ in range(dim)] for _ in range(dim)]
            return {"matrix": rows, "bias": [number() for _ in range(dim)]}
        return {"beta": number(), "key": [number() for _ in range(dim)], "write": number()}

    value = {
        "alphabet": ["a"], "dim": dim, "initial": ["0"] * dim, "codes": [["0"] * dim],
        "steps": {"a": [step() for _ in range(rng.choice((1, 2)))]}, "emit": [["x"]],
    }  # fmt: skip
    return checker.Layer("layer", value, checker.rational, model), value


@pytest.mark.parametrize("name", BOUNDED)
def test_errors_are_within_their_bounds(name):
    """Random layers on random states: nothing is ever off by more, and something nearly by 1/64."""
    rng = random.Random(name)
    checker.progress.left = 10**12
    model = checker.Rounded(json.loads(text_of(arithmetic_json(parse(name)))))
    nearest = Fraction(0)
    for _ in range(20):
        dim = rng.randrange(1, 4)
        layer, value = random_layer(rng, dim, model)
        exact = checker.Layer("layer", value, checker.rational, checker.EXACT)
        units = [[int(i == j) for j in range(dim + 1)] for i in range(dim)]
        forms = [checker.Form(unit, 1) for unit in units]
        bounds = layer.move(layer.action["a"], forms, checker.Bounds(model))
        for _ in range(20):
            h = tuple(model.store.of(rng.uniform(-1, 1)) for _ in range(dim))
            moved = layer.move(layer.action["a"], h)
            goal = exact.move(layer.action["a"], tuple(map(Fraction, h)))
            for form, x, y in zip(bounds, moved, goal, strict=True):
                assert value_of(form, h) == y
                assert abs(Fraction(x) - y) <= form.error
                assert abs(Fraction(x)) <= form.size
                if form.error:
                    nearest = max(nearest, abs(Fraction(x) - y) / form.error)
    assert nearest > Fraction(1, 64)


def value_of(form, h):
    *factors, shift = form.parts
    return sum((a * Fraction(x) for a, x in zip(factors, h, strict=True)), Fraction(shift))


# ---- horizons


def test_a_horizon_is_no_longer_than_what_is_listed():
    certificate = of_kind("horizon")[0]
    length = certificate.evidence["length"]
    assert verdict(with_evidence(certificate, length=length))[0] == "VERIFIED"
    assert verdict(with_evidence(certificate, length=length - 1))[0] == "MALFORMED"
    said, reason = verdict(with_evidence(certificate, length=length + 1))
    assert (said, bool(reason)) == ("NOT VERIFIED", True)


def test_a_state_is_not_listed_as_nearer_to_the_end_than_it_is():
    """A depth too great hides the states that follow."""
    certificate = of_kind("horizon")[1]
    header, *rows = lines_of(certificate)
    length, first = certificate.evidence["length"], len(rows) - certificate.evidence["states"]
    for i in range(first, len(rows)):
        *at, depth = json.loads(rows[i])
        if depth < length:
            other = [*rows]
            other[i] = text_of([*at, length])
            assert verdict([header, *other])[0] == "NOT VERIFIED", i


@pytest.mark.parametrize("most", [6, 20, 33])
def test_a_horizon_is_cut_to_what_the_states_hold(most):
    """Each length that is certified is the longest whose states fit."""
    made = remembering(negeig.compile(zoo="sym:3").network)
    task = TASKS["mod3-rotations"]
    for network, machine in ((made, get("sym:3")), (task.network, task.machine)):
        try:
            cut = horizon_certificate(network, machine, "fp32", shorten=True, max_states=most)
        except LimitReached:
            assert most == 6  # words of one letter already lead to more
            continue
        length = cut.evidence["length"]
        assert verdict(lines_of(cut)) == ("VERIFIED", "")
        assert cut.evidence["states"] <= most
        whole = horizon_certificate(network, machine, "fp32", length)
        assert whole.evidence["states"] == cut.evidence["states"]
        if length < LONGEST:
            longer = horizon_certificate(network, machine, "fp32", length + 1)
            assert longer.evidence["states"] > most
            said, reason = verdict(with_evidence(cut, length=length + 1))
            assert (said, bool(reason)) == ("NOT VERIFIED", True)


def test_a_word_within_the_length_that_errs_has_no_horizon():
    made = negeig.compile(zoo="mod:3")
    with pytest.raises(InputError, match="the network errs"):
        horizon_certificate(made.network, get("parity"), "fp32", 3)


# ---- chains

CHAINS = [
    ("transformations:4", True, 3), ("transformations:5", True, 4), ("starts-with:a", True, 2),
]  # fmt: skip
NESTED = [("(a(ab)*b)*", 3), ("(a(a(ab)*b)*b)*", 4), ("(ab|ba)*", 3), ("(a|b)*bbb", 1)]


@pytest.mark.parametrize(("name", "reflections", "value"), CHAINS)
def test_chains_show_as_many_layers_as_they_say(name, reflections, value):
    machine = get(name).minimal()
    certificate = peeling_certificate(machine, peel(machine, reflections=reflections))
    assert verdict(lines_of(certificate)) == ("VERIFIED", "")
    assert layers_shown(certificate.about, certificate.evidence) == value


@pytest.mark.parametrize(("regex", "value"), NESTED)
def test_chains_without_reflections(regex, value):
    machine = regex_to_machine(regex).minimal()
    certificate = peeling_certificate(machine, peel(machine, reflections=False))
    assert verdict(lines_of(certificate)) == ("VERIFIED", "")
    assert layers_shown(certificate.about, certificate.evidence) == value
    # With reflections fewer do, and then only products of idempotents are left alone.
    other = with_evidence(certificate, reflections=True)
    assert (verdict(other)[0] == "VERIFIED") == (certificate.evidence["links"] == [] and value < 2)


def test_what_a_link_uses_divides_its_idempotent():
    machine = get("transformations:4").minimal()
    certificate = peeling_certificate(machine, peel(machine))
    (link,) = certificate.evidence["links"]
    more = {**link, "parts": [*link["parts"], []]}
    more["generators"] = [[*link["generators"][0], len(link["parts"])], *link["generators"][1:]]
    said, reason = verdict(with_evidence(certificate, links=[more]))
    assert (said, "need not divide" in reason) == ("NOT VERIFIED", True)
    cycle = {**link, "parts": [[0], *link["parts"][1:]]}
    said, reason = verdict(with_evidence(certificate, links=[cycle]))
    assert said == "NOT VERIFIED"
    longer = with_evidence(certificate, links=[link, link])
    assert verdict(longer)[0] != "VERIFIED"


def test_chains_that_have_no_certificate_say_why(monkeypatch):
    machine = get("parity").minimal()
    found = peel(machine)
    for ending, why in (("trivial", "shows no layer"), ("complexity", "no states as all maps")):
        with pytest.raises(InputError, match=why):
            peeling_certificate(machine, replace(found, ending=ending))
    last = get("ends-with:a").minimal()
    with pytest.raises(InputError, match="the last letter tells the output"):
        peeling_certificate(last, replace(found, ending="one layer"))
    monkeypatch.setattr(words_of_maps, "MAX_PRODUCTS", 10)
    large = get("transformations:4").minimal()
    with pytest.raises(LimitReached, match="products"):
        peeling_certificate(large, peel(large))

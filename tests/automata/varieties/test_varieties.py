"""Classes of languages: definitions, oracles, known languages, and every witness replayed."""

import dataclasses
import functools
import itertools
import json
import random

import numpy as np
import pytest

from negeig.automata import zoo
from negeig.automata.expressions.regex_machine import regex_to_machine
from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.monoid import transition_monoid
from negeig.automata.varieties.identities import Equation, Regular, parse, word_map
from negeig.automata.varieties.membership import classify, neutral_letters, tier_machine
from negeig.automata.varieties.table import CLASSES
from negeig.claims import InputError, LimitReached
from support.oracles import ORACLES, oracle_machine
from support.variety_definitions import MONOID, TIER, Table

LANGUAGE = {"SP", "SL", "SPL", "Fin", "Cofin", "TSL", "TFin", "TCofin"}

# Each class with smaller ones that it contains.
CONTAINS = {
    "CB": "1",
    "B": "CB",
    "Acom": "CB",
    "Com": "Acom Gab",
    "G": "Gsol",
    "Gsol": "Gnil",
    "Gnil": "Gab Gp",
    "Sol": "QA Gsol",
    "QA": "SF",
    "SF": "FO2B Dot1 FO2S MTGD",
    "N": "Fin Cofin",
    "Def": "N",
    "RDef": "N",
    "GD": "Def RDef",
    "LT": "GD CB SL",
    "SL": "Def RDef",
    "SPL": "SP SL",
    "LTT": "LT Acom",
    "LAcom": "LTT",
    "LPT": "LAcom PT Dot1",
    "Dot1": "LTT PT SPL",
    "LB": "LT B",
    "FO2S": "LB LPT FO2",
    "FO2B": "FO2S GLPT",
    "GLPT": "GLT LPT",
    "GLT": "FO2 LT",
    "FO2": "R L PT B MTGD",
    "PT": "SP MTF Acom N",
    "R": "PT MTRDef",
    "L": "PT MTDef",
    "MTF": "Acom N",
    "MTDef": "MTF Def",
    "MTRDef": "MTF RDef",
    "MTGD": "MTDef MTRDef GD",
    "DO": "FO2 G",
    "DS": "DO",
    "Reg": "Inv CR",
    "Inv": "G",
    "BG": "ECom PT",
    "ECom": "Inv Com",
    "ERRB": "ECom",
    "ELRB": "ECom",
    "TDef": "Def",
    "TGD": "TDef TRDef GD",
    "TSL": "SL TDef TRDef",
    "TLT": "LT TGD TSL",
    "TLTT": "LTT TLT",
    "TLAcom": "TLTT LAcom",
    "TLPT": "TLAcom LPT",
    "TLB": "TLT LB",
}


def verdicts(machine, **options):
    return {m.short: m.holds for m in classify(transition_monoid(machine), **options)}


def unproved(machine, members):
    """Negative verdicts whose witness does not replay."""
    return [m.short for m in members if m.holds is False and not m.verify(machine)]


def two_letter_machines(states):
    """Minimal machines with initial state 0, up to a swap of the letters, grouped by them."""
    maps = itertools.product(range(states), repeat=states)
    for a, b in itertools.combinations_with_replacement(maps, 2):
        found = []
        for outputs in itertools.product((0, 1), repeat=states):
            table = list(zip(a, b, strict=True))
            machine = Machine(alphabet="ab", transitions=table, initial=0, outputs=outputs)
            if machine.minimal().size == states:
                found.append(machine)
        if found:
            yield found


@functools.cache
def small_machines():
    """All minimal two-letter machines with at most three states, and what is said of them.

    Outputs do not matter to the classes decided on the monoid: those are asked of one machine of
    each group, the classes of languages of every machine.
    """
    groups = []
    for machines in itertools.chain(*map(two_letter_machines, (1, 2, 3))):
        found = [classify(transition_monoid(machines[0]))]
        found += [classify(transition_monoid(m), only=LANGUAGE) for m in machines[1:]]
        groups.append((machines, found))
    return groups


def naive_tier(machine):
    """Letters that do something, as tuples; a machine where none does keeps its letters."""
    columns = [tuple(column) for column in machine.transitions.T.tolist()]
    moving = [c for c in columns if c != tuple(range(machine.size))]
    return moving or columns


def naive_monoid_classes(machine):
    table = Table([tuple(column) for column in machine.transitions.T.tolist()])
    tier = Table(naive_tier(machine))
    result = {short: bool(decide(table)) for short, decide in MONOID.items()}
    return result | {short: bool(MONOID[base](tier)) for short, base in TIER.items()}


@pytest.mark.exhaustive
def test_small_machines_by_definition():
    groups = small_machines()
    assert len(groups) == 226
    seen = set()
    for machines, found in groups:
        ours = {m.short: m.holds for m in found[0]}
        expected = naive_monoid_classes(machines[0])
        assert {short: ours[short] for short in expected} == expected, machines[0].transitions
        seen |= set(expected.items())
    # Only a class that no machine of this size refutes has one verdict.
    one_sided = {s for s in MONOID if len({v for short, v in seen if short == s}) == 1}
    assert one_sided == {"Sol"}


def accepted_by_length(letters, accepting, initial, length):
    """Whether each word of a length is accepted; words of two letters are binary numbers."""
    states = np.array([initial])
    for _ in range(length):
        states = np.array(letters)[:, states].T.reshape(-1)
    return np.array(accepting, dtype=bool)[states]


def drops_letters(letters, accepting, length=8):
    """Whether no accepted word of at most a length leaves the language when it loses a letter."""
    words = [accepted_by_length(letters, accepting, 0, n) for n in range(length + 1)]
    for n in range(1, length + 1):
        code = np.arange(2**n)
        for i in range(n):
            shorter = (code >> (i + 1) << i) | (code & ((1 << i) - 1))
            if (words[n] & ~words[n - 1][shorter]).any():
                return False
    return True


def naive_language_classes(letters, accepting):
    """Finite, cofinite, SL and SPL from words and full tables, for at most three states."""
    n, two = len(accepting), (list(letters) * 2)[:2]
    lengths = [accepted_by_length(two, accepting, 0, k) for k in range(n, 2 * n)]
    alive = [
        any(accepted_by_length(two, accepting, q, k).any() for k in range(n)) for q in range(n)
    ]
    ends = [
        {q for q in ends if alive[q]}
        for word in itertools.product(two, repeat=6)
        for ends in [{functools.reduce(lambda q, a: a[q], word, p) for p in range(n)}]
    ]
    t = Table(letters)
    in_language = np.array([accepting[m[0]] for m in t.maps], dtype=bool)
    e, y, u, v = np.ix_(t.E, t.S, t.M, t.M)
    larger, smaller = in_language[t.mul(u, e, y, e, v)], in_language[t.mul(u, e, v)]
    return {
        "Fin": not any(words.any() for words in lengths),
        "Cofin": all(words.all() for words in lengths),
        "SL": all(len(states) <= 1 for states in ends),
        "SPL": not (larger & ~smaller).any(),
    }


def test_small_languages_by_definition():
    seen = set()
    for machines, found in small_machines():
        letters = [tuple(column) for column in machines[0].transitions.T.tolist()]
        for machine, members in zip(machines, found, strict=True):
            ours = {m.short: m.holds for m in members if m.short in LANGUAGE}
            expected = naive_language_classes(letters, machine.outputs)
            expected["SP"] = drops_letters(letters, machine.outputs)
            tier = naive_language_classes(naive_tier(machine), machine.outputs)
            expected |= {"T" + short: tier[short] for short in ("Fin", "Cofin", "SL")}
            assert ours == expected, (machine.transitions, machine.outputs)
            seen |= set(expected.items())
    assert len(seen) == 2 * len(LANGUAGE)


def test_every_witness_of_small_machines_replays():
    for machines, found in small_machines():
        for machine, members in zip(machines, found, strict=True):
            assert unproved(machine, members) == []


def test_inclusions_hold_on_small_machines():
    for machines, found in small_machines():
        holds = {m.short: m.holds for m in found[0]}
        for larger, smaller in CONTAINS.items():
            for short in smaller.split():
                assert holds[larger] or not holds[short], (short, larger, machines[0].transitions)


def random_machine(rng):
    """A minimal machine of a mixture of permutations, chains, constants and any maps."""
    n, k = rng.choice([4, 4, 5, 6]), rng.choice([1, 2, 2, 3])
    letters = []
    for _ in range(k):
        draw = [
            lambda: rng.sample(range(n), n),
            lambda: [rng.choice([q, min(q + 1, n - 1)]) for q in range(n)],
            lambda: [max(q, rng.randrange(n)) for q in range(n)],
            lambda: [rng.randrange(n)] * n,
            lambda: [rng.choice([q, n - 1, rng.randrange(n)]) for q in range(n)],
            lambda: [rng.randrange(n) for _ in range(n)],
        ]
        letters.append(rng.choice(draw)())
    return Machine(
        alphabet="abc"[:k],
        transitions=list(zip(*letters, strict=True)),
        initial=0,
        outputs=[rng.randrange(2) for _ in range(n)],
    ).minimal()


@pytest.mark.exhaustive
def test_random_machines_by_definition():
    rng = random.Random(20_240)
    tried = 0
    while tried < 120:
        machine = random_machine(rng)
        try:
            monoid = transition_monoid(machine, max_elements=40)
        except LimitReached:
            continue
        tried += 1
        members = classify(monoid)
        ours = {m.short: m.holds for m in members}
        expected = naive_monoid_classes(machine)
        assert {s: ours[s] for s in expected} == expected, machine.transitions.tolist()
        assert unproved(machine, members) == [], machine.transitions.tolist()


ORACLE_FIELDS = {
    "is_regular": "Reg",
    "is_group": "G",
    "is_aperiodic": "SF",
    "is_commutative": "Com",
    "is_R_trivial": "R",
    "is_L_trivial": "L",
    "is_J_trivial": "PT",
    "is_inverse": "Inv",
    "is_block_group": "BG",
    "is_band": "B",
    "is_DA": "FO2",
    "idempotents_commute": "ECom",
    "all_maximal_subgroups_solvable": "Sol",
}


def disagreements(entry):
    ours = verdicts(oracle_machine(entry), only=ORACLE_FIELDS.values())
    theirs = entry["algebra"]
    return {field for field, short in ORACLE_FIELDS.items() if ours[short] != theirs[field]}


@pytest.mark.parametrize("entry", ORACLES, ids=lambda entry: entry["name"])
def test_oracles(entry):
    assert set(ORACLE_FIELDS) >= {f for f in entry["algebra"] if f.startswith("is_")}
    assert disagreements(entry) == set()
    machine = oracle_machine(entry)
    assert unproved(machine, classify(transition_monoid(machine))) == []


def test_changed_oracle_is_caught():
    for field in ORACLE_FIELDS:
        entry = json.loads(json.dumps(ORACLES[0]))
        entry["algebra"][field] = not entry["algebra"][field]
        assert disagreements(entry) == {field}


# Languages with classes they are in, and classes they are not in.
KNOWN = {
    "(ab)*": ("SL LT SF Inv FO2S", "PT FO2 Com GD R L"),
    "a*b*": ("SP SL PT R L", "CB Com B GD"),
    "a[ab]*": ("RDef GD R SL MTRDef ELRB", "Def L PT ERRB N"),
    "[ab]*a": ("Def GD L SL MTDef ERRB", "RDef R PT ELRB N"),
    "[ab]*aba[ab]*": ("LT GLT", "SL PT GD FO2"),
    "[ab]*a[ab]*a[ab]*": ("Acom PT LTT", "CB LT B SP"),
    "b*(ab*ab*)*": ("Gp Gab Com", "SF QA"),
    "(aa)*": ("QA Gab", "SF PT"),
    "(aaa)*|b": ("Sol", "SF G"),
    "abc": ("Fin N SL LT PT MTF", "Cofin SP B"),
    "~(abc)": ("Cofin N LT PT", "Fin SP"),
    "()|a|b|ab": ("Fin SP", "Cofin"),
    "c*ac*bc*": ("TFin TSL PT TLT", "SL LT Fin LTT"),
    "c*(ac*bc*)*": ("TSL TLT", "SL LT LTT TDef"),
    # Two copies of the same steps in another order: local monoids cannot tell, counting cannot.
    "ee*xff*yee*zff*": ("LAcom TLAcom LPT Dot1", "LTT TLTT LT"),
    # Knast's kind of language: the local monoids are J-trivial, dot-depth one it has not.
    "e*(af*be*)*(cf*de*)*": ("LPT FO2S", "Dot1 LAcom FO2"),
    "(a(ab)*b)*": ("SF", "FO2B FO2S FO2 GLPT"),
    # Exactly one factor bb: threshold testable, and its local monoids count to two.
    "(a|ba)*bb(a|ab)*": ("LTT GLPT", "LT GLT LB"),
}


@pytest.mark.parametrize("regex", KNOWN)
def test_known_languages(regex):
    inside, outside = KNOWN[regex]
    ours = verdicts(regex_to_machine(regex))
    assert [short for short in inside.split() if ours[short] is not True] == []
    assert [short for short in outside.split() if ours[short] is not False] == []


ZOO = {
    "parity": ("Gp", "SF QA"),
    "even-pairs": ("LT", "Com G"),
    "dyck1:2": ("SF Inv", "FO2 LT PT FO2S FO2B"),
    "contains:aba": ("LT", "SL SP"),
    "subsequence:ab": ("PT", "CB SP"),
    "tomita:1": ("SL CB", "G"),
    "tomita:2": ("SL LT", "PT"),
    "tomita:4": ("SL LT", "PT"),
    "tomita:5": ("Gab Gp", "SF"),
    "tomita:6": ("Gp", "SF"),
    "tomita:7": ("PT SP", "LB"),
    "mod:6": ("Gnil", "Gp"),
    "sym:3": ("Gsol", "Gnil Gab"),
    "sym:5": ("G", "Gsol Sol"),
    "quaternion": ("Gp Gnil", "Gab"),
    "flipflop": ("B L ERRB TDef", "R CB Def"),
}


@pytest.mark.parametrize("name", ZOO)
def test_known_tasks(name):
    inside, outside = ZOO[name]
    machine = zoo.get(name).minimal()
    members = classify(transition_monoid(machine))
    ours = {m.short: m.holds for m in members}
    assert [short for short in inside.split() if ours[short] is not True] == []
    assert [short for short in outside.split() if ours[short] is not False] == []
    assert unproved(machine, members) == []
    if not machine.is_acceptor:
        assert {m.short for m in members if m.holds is None} == LANGUAGE


def membership(machine, short):
    (found,) = classify(transition_monoid(machine), only=[short])
    return found


def tampered(found, **changes):
    return dataclasses.replace(found, witness=dataclasses.replace(found.witness, **changes))


ALL_NEGATIVE = zoo.get("sym:5"), zoo.get("dyck1:2"), regex_to_machine("(abc)*(aab|bba)")


@pytest.mark.parametrize("machine", ALL_NEGATIVE, ids=repr)
def test_tampered_witnesses_are_refused(machine):
    still = Machine(
        alphabet=machine.alphabet,
        transitions=[[0] * len(machine.alphabet)],
        initial=0,
        outputs=[machine.outputs[0]],
    )
    for found in classify(transition_monoid(machine)):
        if found.holds is not False:
            continue
        witness = found.witness
        assert found.verify(machine), found.short
        # The machine with one state is in all classes but one of finite, cofinite.
        if found.short not in {"Fin", "Cofin", "TFin", "TCofin"}:
            assert not found.verify(still), found.short
        assert not tampered(found, rule="x = x").verify(machine)
        assert not dataclasses.replace(found, witness=None).verify(machine)
        assert not dataclasses.replace(found, short="none").verify(machine)
        if witness.context is None:
            continue
        one, other = witness.outputs
        assert not tampered(found, outputs=(other, one)).verify(machine)
        assert not tampered(found, outputs=(one, one)).verify(machine)
        assert not tampered(found, context=None).verify(machine)


def test_side_conditions_are_checked():
    # Words of different lengths: x^(ω-1) y for x = aa, y = a breaks the equation of QA.
    even = regex_to_machine("(aa)*")
    parity = zoo.get("parity")
    found = membership(parity, "QA")
    words = dict(found.witness.words)
    assert len(words["x"]) == len(words["y"])
    longer = {**words, "x": words["x"] * 3}
    assert found.verify(parity)
    assert not tampered(found, words=tuple(longer.items())).verify(parity)
    unequal = (("x", ("a",) * 2), ("y", ("a",)))
    claimed = tampered(found, words=unequal, context=((), ()), outputs=(0, 1))
    assert not claimed.verify(even)

    # The empty word is no word of S: with x empty, y x^ω = x^ω fails in every definite language.
    ends = regex_to_machine("[ab]*a")
    found = membership(regex_to_machine("a[ab]*"), "Def")
    claimed = tampered(found, words=(("x", ()), ("y", ("a",))), context=((), ()), outputs=(1, 0))
    assert membership(ends, "Def").holds
    assert not claimed.verify(ends)

    # A neutral letter is no word of the tier: with x = c it is idempotent, but not definite.
    tier = regex_to_machine("[abc]*ac*")
    assert neutral_letters(tier) == ("c",)
    found = membership(tier, "Def")
    assert found.verify(tier)
    assert membership(tier, "TDef").holds
    assert not dataclasses.replace(found, short="TDef").verify(tier)

    # Letters outside e: two a's are not one, but between b's only b's may stand in e Mₑ e.
    one_a = regex_to_machine("b*ab*")
    words = {"e": ("b",), "x": ("a",)}
    assert Equation("x x = x", local="e").broken(one_a, words)
    assert not Equation("x x = x", local="e", within=(("x", "e"),)).broken(one_a, words)


CLASSES_BY_SHORT = {entry.short: entry for entry in CLASSES}


def test_omega_is_an_exponent_that_works():
    """Writing ω out as the number that is given breaks the rule with plain words."""
    for name in ("parity", "dyck1:2", "sym:3", "contains:aba"):
        machine = zoo.get(name).minimal()
        for found in classify(transition_monoid(machine)):
            if found.holds is not False or found.witness.context is None:
                continue
            rule = next(
                r for r in CLASSES_BY_SHORT[found.short].rules if r.text == found.witness.rule
            )
            if not hasattr(rule, "formula"):
                continue
            words = dict(found.witness.words)
            e = words["e"] * found.witness.omega if rule.local else ()
            sides = [
                spelled(parse(side), words, found.witness.omega, e, rule.local)
                for side in rule.formula.split("=")
            ]
            prefix, suffix = found.witness.context
            outputs = tuple(machine.output(prefix + side + suffix) for side in sides)
            assert outputs == found.witness.outputs, (name, found.short)


def spelled(term, words, omega, e, local):
    """The word of a term, ω written out; variables of local rules have e on both sides."""
    result = e
    for base, exponent in term:
        if isinstance(base, tuple):
            word = spelled(base, words, omega, e, local)
        else:
            word = e + words[base] + e if local else words[base]
        result += word * {"ω": omega, "ω-1": (omega or 0) - 1}.get(exponent, exponent)
    return result


def test_union_of_groups_that_is_not_orthodox():
    """A Rees matrix semigroup over C2 with sandwich matrix ((1, 1), (1, g)) is in DS, not in DO."""
    machine = Machine(
        alphabet="ab", transitions=[[0, 2], [1, 3], [0, 3], [1, 2]], initial=0, outputs=range(4)
    )
    members = classify(transition_monoid(machine), only=["DS", "DO", "CR", "FO2"])
    assert {m.short: m.holds for m in members} == {
        "DS": True,
        "DO": False,
        "CR": True,
        "FO2": False,
    }
    assert unproved(machine, members) == []
    expected = naive_monoid_classes(machine)
    assert all(expected[m.short] == m.holds for m in members)


def test_witness_words_begin_and_end_in_the_idempotent():
    """Here the inverse fue of an s in e Mₑ e is another element when f is not written out."""
    machine = Machine(
        alphabet="abc",
        transitions=[[1, 2, 3], [1, 1, 1], [1, 2, 4], [0, 4, 1], [1, 1, 0]],
        initial=0,
        outputs=[1, 0, 0, 1, 0],
    )
    found = membership(machine, "FO2B")
    assert found.holds is False
    assert found.verify(machine)


def test_regular_rule_tries_every_word():
    machine = zoo.get("dyck1:2")
    assert Regular().broken(machine, {"x": ("(",)}) is None
    found = membership(regex_to_machine("aab"), "Reg")
    assert found.holds is False
    assert found.witness.context is None
    x = word_map(regex_to_machine("aab"), dict(found.witness.words)["x"])
    table = Table([tuple(c) for c in regex_to_machine("aab").transitions.T.tolist()])
    x = table.maps.index(tuple(x.tolist()))
    assert all(table.mul(x, y, x) != x for y in table.M)


def test_classes_are_documented_and_distinct():
    assert len({entry.short for entry in CLASSES}) == len(CLASSES)
    assert len({entry.name for entry in CLASSES}) == len(CLASSES)
    assert all(entry.source and entry.rules for entry in CLASSES)
    assert set(MONOID) | set(TIER) | LANGUAGE == set(CLASSES_BY_SHORT)
    # Everything the Language Toolkit's classify knows, but two variables with factors between.
    toolkit = (
        "1 Acom B CB Def FO2 FO2B FO2S Fin GD GLPT GLT LB LPT LT LTT MTDef MTF MTGD MTRDef PT "
        "RDef SF SL SP TDef TGD TLB TLPT TLT TLTT TRDef TSL LAcom TLAcom Dot1 SPL Cofin"
    )
    assert set(toolkit.split()) <= set(CLASSES_BY_SHORT)


def test_tier_machine_drops_neutral_letters():
    machine = regex_to_machine("c*ac*bc*")
    assert tier_machine(machine).alphabet == ("a", "b")
    assert tier_machine(machine).accepts("ab")
    everything = regex_to_machine("[ab]*")
    assert tier_machine(everything) is everything
    assert all(v for v in verdicts(everything, only=list(TIER)).values())


def test_json_is_deterministic():
    monoid = transition_monoid(zoo.get("dyck1:2"))
    first, again = (json.dumps([m.to_json() for m in classify(monoid)]) for _ in range(2))
    assert first == again
    shown = json.loads(first)
    assert [row["short"] for row in shown] == [entry.short for entry in CLASSES]
    aperiodic = next(row for row in shown if row["short"] == "CB")
    assert aperiodic["witness"]["rule"] == "x x = x"
    assert set(aperiodic["witness"]["words"]) == {"x"}


def test_limit_leaves_classes_undecided():
    monoid = transition_monoid(zoo.get("contains:aba"))
    found = {m.short: m for m in classify(monoid, max_lookups=0)}
    assert found["LT"].holds is None
    assert "look-ups for one class: stopped at" in found["LT"].reason
    assert "max_lookups of classify" in found["LT"].reason
    assert found["G"].holds is False
    # A verdict does not wait for its witness.
    found = {m.short: m for m in classify(transition_monoid(zoo.get("sym:5")), max_lookups=0)}
    assert found["Sol"].holds is False
    assert found["Sol"].witness is None
    assert found["Sol"].reason == "no witness found within max_lookups"
    assert not found["Sol"].verify(zoo.get("sym:5"))


def test_errors():
    twice = Machine(alphabet="a", transitions=[[1], [0]], initial=0, outputs=[1, 1])
    with pytest.raises(InputError, match="minimise it first"):
        classify(transition_monoid(twice))
    monoid = transition_monoid(zoo.get("parity"))
    with pytest.raises(InputError, match=r"2 problems\n.*no class 'X'; there are 1, G") as error:
        classify(monoid, only=["X", "LT", "Y"])
    assert error.value.exit_code == 2
    with pytest.raises(InputError, match=r"unexpected '\)' in a product"):
        parse("x)y")


def test_larger_tasks():
    """Groups of thousands of elements, long counters and definite machines of many states."""
    seven = zoo.get("sym:7")
    members = classify(transition_monoid(seven), only=["Gsol", "Gnil", "Gp", "QA", "SF", "DO"])
    assert [m.holds for m in members] == [False, False, False, False, False, True]
    assert unproved(seven, members) == []
    counter = zoo.get("mod:500")
    members = classify(transition_monoid(counter))
    assert {m.short for m in members if m.holds} >= {"Gnil", "Gab", "Inv"}
    assert unproved(counter, members) == []
    window = regex_to_machine("[ab]*a[ab]{6}")
    members = classify(transition_monoid(window))
    assert {m.short for m in members if m.holds} >= {"Def", "MTGD", "Dot1", "LTT", "SPL"}
    assert {m.short for m in members if m.holds is None} == set()
    assert unproved(window, members) == []

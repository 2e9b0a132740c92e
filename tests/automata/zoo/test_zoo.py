"""The zoo: machines against direct predicates, oracles and their natural points."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import chain, product
from math import factorial

import pytest

from negeig.automata import zoo
from negeig.automata.machines.machine import Machine
from negeig.automata.zoo.permutations import cycle_notation
from negeig.claims import InputError, LimitReached
from support.oracles import ORACLES

NAMES = (
    *("parity", "quaternion", "flipflop", "even-pairs"),
    *(f"{head}:{m}" for head in ("mod", "cyclic", "cycle-nav") for m in (1, 2, 3, 5, 8)),
    *(f"dihedral:{m}" for m in (3, 4, 5, 6, 7)),
    *(f"sym:{n}{form}" for n in (2, 3, 4, 5) for form in ("", ":swaps", ":adjacent")),
    *(f"alt:{n}" for n in (3, 4, 5, 6)),
    *(f"{head}:{d}" for head in ("dyck1", "dyck2") for d in (1, 2, 3, 4)),
    *(f"tomita:{number}" for number in range(1, 8)),
    *(f"modarith:{m}{form}" for m in (2, 3, 4, 5) for form in ("", ":precedence")),
    *(f"transformations:{n}" for n in (2, 3, 4, 5)),
    *(
        f"{head}:{word}"
        for head in ("starts-with", "ends-with", "contains", "subsequence")
        for word in ("a", "aba", "aab", "abab", "01", "0100", "cab", "é:x", "aabaaab")
    ),
    *("adder", "adder:carry", "abab", "first-symbol", "flipflop-wir", "quaternion:all"),
    *(f"cyclic:{m}:all" for m in (1, 2, 3, 7, 60)),
    *(f"cycle-nav:{m}:origin" for m in (1, 2, 3, 5)),
    *(f"dihedral:{m}:all" for m in (3, 4, 5, 11)),
    *(f"sym:{n}:all" for n in (2, 3, 4, 5)),
    *(f"alt:{n}:all" for n in (3, 4, 5)),
    *(f"product:{factors}:all" for factors in ("alt:4,cyclic:5", "sym:3,cyclic:10")),
    *(f"product:{factors}:all" for factors in ("cyclic:3,cyclic:4,cyclic:5", "quaternion,sym:2")),
    *(f"product:{factors}:all" for factors in ("cyclic:2,cyclic:3", "dihedral:12,quaternion")),
    *(f"{head}:{n}" for head in ("flipflop", "gridworld") for n in (1, 2, 3, 4, 9)),
    *(f"recall:{k}:{v}" for k in (1, 2, 3) for v in (1, 2, 3)),
    *(f"permutation-reset:{n}" for n in (2, 3, 4, 5)),
    *(f"sym:{n}:swaps:reveal" for n in (2, 3, 4, 5)),
)

WORDS = 20_000
"""Words to compare for each task: all up to the longest length that stays below this."""

WORD_PROBLEMS = [
    name
    for name in NAMES
    if name.partition(":")[0] in ("cyclic", "dihedral", "sym", "alt", "quaternion", "product")
    and not name.endswith(":reveal")
]


def all_words(alphabet: tuple[str, ...], at_most: int) -> Iterator[tuple[str, ...]]:
    count = length = 0
    while count + len(alphabet) ** length <= at_most and length <= 16:
        yield from product(alphabet, repeat=length)
        count += len(alphabet) ** length
        length += 1


def long_words(machine: Machine, seed: int = 20_404) -> Iterator[tuple[str, ...]]:
    """Random words that end where nothing can change any more seldom: most others soon would."""
    print(f"seed {seed}")
    choose = random.Random(seed)
    columns = range(len(machine.alphabet))
    table = machine.transitions.tolist()
    for _ in range(200):
        state, word = machine.initial, []
        for _ in range(choose.randrange(5, 60)):
            alive = [a for a in columns if set(table[table[state][a]]) != {table[state][a]}]
            column = choose.choice(alive if alive and choose.random() < 0.99 else columns)
            state = table[state][column]
            word.append(machine.alphabet[column])
        yield tuple(word)


def disagreement(machine: Machine, predicate: zoo.Predicate) -> tuple[str, ...] | None:
    """First word on which the machine does not output what the predicate says."""
    for word in chain(all_words(machine.alphabet, WORDS), long_words(machine)):
        found, expected = machine.output(word), predicate(word)
        if (found, type(found)) != (expected, type(expected)):
            return word
    return None


@pytest.mark.parametrize("name", NAMES)
def test_machine_does_what_the_predicate_says(name: str) -> None:
    entry, parameters = zoo.find(name)
    assert disagreement(zoo.get(name), entry.predicate(*parameters)) is None


@pytest.mark.parametrize("name", NAMES)
def test_size_is_announced_exactly_and_every_state_is_reached(name: str) -> None:
    machine = zoo.get(name)
    entry, parameters = zoo.find(name)
    assert entry.size(*parameters) == (machine.size, len(machine.alphabet))
    assert zoo.get(name, max_states=machine.size) == machine
    with pytest.raises(LimitReached):
        zoo.get(name, max_states=machine.size - 1)
    reached = {machine.initial}
    frontier = [machine.initial]
    while frontier:
        new = set(machine.transitions[frontier].ravel().tolist()) - reached
        reached |= new
        frontier = sorted(new)
    assert len(reached) == machine.size


MUTATED = (
    *("mod:3", "dyck2:2", "sym:3", "modarith:3", "contains:aba", "adder", "adder:carry", "abab"),
    *("first-symbol", "flipflop-wir", "quaternion:all", "cyclic:4:all", "cycle-nav:3:origin"),
    *("dihedral:3:all", "sym:3:all", "alt:4:all", "product:cyclic:2,cyclic:3:all", "flipflop:3"),
    *("gridworld:4", "recall:2:2", "permutation-reset:3", "sym:3:swaps:reveal"),
)


@pytest.mark.parametrize("name", MUTATED)
def test_the_comparison_can_fail(name: str) -> None:
    machine = zoo.get(name)
    entry, parameters = zoo.find(name)
    predicate = entry.predicate(*parameters)
    for state in range(machine.size):
        for column in range(len(machine.alphabet)):
            table = machine.transitions.copy()
            table[state, column] = (table[state, column] + 1) % machine.size
            wrong = Machine(
                alphabet=machine.alphabet, transitions=table, initial=0, outputs=machine.outputs
            )
            assert disagreement(wrong, predicate) is not None


def test_every_example_is_tested_and_every_entry_is_documented() -> None:
    tested = {zoo.find(name)[0].pattern for name in NAMES}
    assert tested == {entry.pattern for entry in zoo.entries()}
    for entry in zoo.entries():
        for example in entry.examples:
            assert zoo.find(example)[0] is entry
            assert zoo.get(example).size > 0
        texts = (entry.sentence, entry.alphabet, entry.outputs, entry.source)
        assert all(text.strip() for text in texts)
        assert entry.sentence.endswith(".")


@pytest.mark.parametrize("name", [n for n in NAMES if zoo.get(n).points is not None])
def test_the_state_is_a_function_of_the_product_on_the_points(name: str) -> None:
    machine = zoo.get(name)
    assert machine.points is not None
    assert len(machine.points) == len(machine.alphabet)
    n = len(machine.points[0])
    assert all(sorted(p) == list(range(n)) for p in machine.points)
    state_of = {tuple(range(n)): machine.initial}
    todo = list(state_of)
    for element in todo:
        for column, generator in enumerate(machine.points):
            image = tuple(generator[i] for i in element)
            target = int(machine.transitions[state_of[element], column])
            if image in state_of:
                assert state_of[image] == target
            else:
                state_of[image] = target
                todo.append(image)
    assert len(state_of) == machine.size == len(set(state_of.values()))


def test_natural_points_have_the_smallest_known_dimension() -> None:
    dimension = {"sym:5": 5, "alt:5": 5, "dihedral:7": 7, "cyclic:6": 6, "mod:3": 3, "parity": 2}
    dimension |= {"sym:5:all": 5, "alt:5:all": 5, "dihedral:7:all": 7, "quaternion:all": 8}
    dimension |= {"product:alt:4,cyclic:5:all": 9, "product:sym:3,cyclic:10:all": 13}
    dimension |= {"quaternion": 8, "sym:4:swaps": 4, "sym:4:adjacent": 4, "cycle-nav:5": 5}
    for name, n in dimension.items():
        points = zoo.get(name).points
        assert points is not None
        assert {len(p) for p in points} == {n}
    assert zoo.get("flipflop").points is None


@pytest.mark.parametrize("name", WORD_PROBLEMS)
def test_word_problems_output_the_element_so_all_states_matter(name: str) -> None:
    machine = zoo.get(name)
    assert len(set(machine.outputs)) == machine.size


def test_permutation_words_are_read_left_to_right() -> None:
    # 1 -> 2 -> 3 under s then c; the other way round 1 -> 2 -> 1.
    assert zoo.get("sym:3").output(["s", "c"]) == "(1 3)"
    assert zoo.get("sym:3").output(["c", "s"]) == "(2 3)"
    assert zoo.get("quaternion").output("ij") == "k"
    assert zoo.get("quaternion").output("ji") == "-k"
    assert zoo.get("dihedral:5").output("srr") == "s r^2"
    assert zoo.get("dihedral:5").output("rrs") == "s r^3"


def test_expressions() -> None:
    left, right = zoo.get("modarith:5"), zoo.get("modarith:5:precedence")
    assert (left.output("1+2*3"), right.output("1+2*3")) == (4, 2)
    assert (left.output("1-1-1"), right.output("0*1+4*3-2")) == (4, 0)
    for word in ("", "1+", "+", "11", "1++1", "*1"):
        assert left.output(word) is right.output(word) is None
    assert zoo.get("modarith:12").output(["11", "+", "3"]) == 2
    for name in ("modarith:5", "modarith:5:precedence"):
        machine, (entry, parameters) = zoo.get(name), zoo.find(name)
        value = entry.predicate(*parameters)
        for word in product("01234", "+-*", "01234", "+-*", "01234", "+-*", "124"):
            assert machine.output(word) == value(word)


@pytest.mark.parametrize("n", [6, 7, 8])
def test_large_symmetric_groups(n: int) -> None:
    machine = zoo.get(f"sym:{n}")
    assert machine.size == factorial(n) == len(set(machine.outputs))
    swap, cycle = machine.points or ()
    images = list(range(n))
    word = "".join("sc"[i * i % 7 % 2] for i in range(50))
    for letter in word:
        images = [(swap if letter == "s" else cycle)[i] for i in images]
    assert machine.output(word) == cycle_notation(images)


ORACLES = {entry["name"]: entry for entry in ORACLES}

TASK_OF_ORACLE: dict[str, tuple[str, dict[str, str], object]] = {
    # oracle: zoo name, oracle letter -> zoo letter, the output that the oracle accepts
    "parity": ("parity", {"a": "1", "b": "0"}, 1),
    **{f"mod{m}": (f"mod:{m}", {"a": "1", "b": "0"}, 1) for m in (2, 3, 4, 5, 6, 7, 8, 10, 12)},
    "D3_wp": ("dihedral:3", {}, "1"),
    "D4_wp": ("dihedral:4", {}, "1"),
    **{f"S{n}_wp": (f"sym:{n}", {"a": "c", "b": "s"}, "()") for n in (3, 4, 5)},
    "A5_wp": ("alt:5", {"a": "c", "b": "t"}, "()"),
    **{f"tomita{k}": (f"tomita:{k}", {}, 1) for k in (1, 2, 3, 4)},
    "starts_with_a": ("starts-with:a", {}, 1),
    "ends_with_a": ("ends-with:a", {}, 1),
    "contains_aba": ("contains:aba", {}, 1),
    "flip_flop": ("flipflop", {}, 1),
    **{f"dyck1_depth{d}": (f"dyck1:{d}", {}, 1) for d in (1, 2, 3)},
    "modarith5_leftright": ("modarith:5", {}, 0),
    **{f"T{n}": (f"transformations:{n}", {}, 1) for n in (3, 4, 5)},
}


@pytest.mark.parametrize("oracle", TASK_OF_ORACLE)
def test_oracles_agree(oracle: str) -> None:
    name, renamed, accepted = TASK_OF_ORACLE[oracle]
    minimal = ORACLES[oracle]["minimal"]
    machine = zoo.get(name)
    # Breadth first over the two in step, in the oracle's letter order: the pairs must be a
    # bijection, so the zoo machine is the oracle's minimal one up to the numbering.
    partner = {minimal["initial"]: machine.initial}
    todo = [minimal["initial"]]
    for state in todo:
        assert (machine.outputs[partner[state]] == accepted) == (state in minimal["accepting"])
        for letter, target in zip(
            ORACLES[oracle]["alphabet"], minimal["table"][state], strict=True
        ):
            column = machine.index(renamed.get(letter, letter))
            reached = int(machine.transitions[partner[state], column])
            if target not in partner:
                partner[target] = reached
                todo.append(target)
            assert partner[target] == reached
    assert len(set(partner.values())) == machine.size == minimal["n_states"]
    assert len(machine.alphabet) == len(ORACLES[oracle]["alphabet"])


def test_letter_orders_of_the_contract() -> None:
    orders = {"flipflop": "srh", "sym:4": "sc", "dihedral:4": "rs", "dyck2:2": "()[]"}
    orders |= {"cyclic:4": "0g", "parity": "01", "modarith:5": "01234+-*", "cycle-nav:3": "-0+"}
    orders |= {"flipflop-wir": "wir01", "flipflop:3": "123h", "gridworld:3": "L0R", "abab": "ab"}
    orders |= {"contains:10": "01", "contains:b": "ab", "contains:xa": "abx", "tomita:5": "01"}
    for name, letters in orders.items():
        assert zoo.get(name).alphabet == tuple(letters)
    assert zoo.get("sym:3:swaps").alphabet == ("1-2", "1-3", "2-3")
    assert zoo.get("sym:3:adjacent").alphabet == ("1-2", "2-3")
    assert zoo.get("sym:3:swaps:reveal").alphabet == ("1-2", "1-3", "2-3", "?1", "?2", "?3")
    assert zoo.get("recall:2:2").alphabet == ("1=0", "1=1", "2=0", "2=1", "?1", "?2")
    assert zoo.get("permutation-reset:2").alphabet == ("s", "c", "=()", "=(12)")
    assert zoo.get("adder").alphabet == ("00", "01", "10", "11")


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("pairity", "parity"),
        ("symm:5", "sym:N"),
        ("mood:3", "mod:M"),
        ("tomitta", "tomita:1..7"),
        ("SYM:5", "sym:N"),
        ("contain:aba", "contains:W"),
        ("dyck:3", "dyck1:D"),
    ],
)
def test_unknown_names_list_the_nearest(name: str, nearest: str) -> None:
    with pytest.raises(InputError) as error:
        zoo.get(name)
    assert nearest in str(error.value)
    assert "negeig zoo" in str(error.value)
    assert name in str(error.value)
    assert error.value.exit_code == 2


BAD_NAMES = (
    *("", ":", ":3", "mod", "mod:", "mod:0", "mod:-1", "mod:3.0", "mod:three", "mod: 3", "mod:³"),
    *("mod:3:4", "sym:1", "sym:5:cycles", "sym:5:", "sym::swaps", "parity:2", "parity:"),
    *("tomita:0", "tomita:8", "dihedral:2", "alt:2", "starts-with:", "contains", "quaternion:8"),
    *("mod:" + "9" * 31, "mod:" + "9" * 10_000, "x" * 100_000, "modarith:1", "cyclic:0x3"),
    *("recall:2", "recall:0:2", "recall:2:x", "recall:2:", "recall:2:2:2", "gridworld:0"),
    *("sym:10:all", "sym:1:all", "alt:2:all", "alt:10:all", "dihedral:2:all", "cyclic:0:all"),
    *("product", "product:", "product:alt:4,cyclic:5", "product:alt:4:all", "product:,:all"),
    *("product:alt:4,cyclic:1:all", "product:alt:4,flipflop:2:all", "product:alt:4,cyclic:all"),
    *("product:" + "x," * 10_000 + "x:all", "product:cyclic:²,cyclic:3:all", "quaternion:all:all"),
    *("product:cyclic:" + "9" * 31 + ",cyclic:2:all", "product:\udcff,cyclic:2:all", "adder:sum"),
    *("flipflop:0", "flipflop:wir", "permutation-reset:1", "permutation-reset:10", "sym:3:reveal"),
    *("starts-with:\udcff", "\udcff", "mod:\n3", "mod:3\n"),
)


@pytest.mark.parametrize("name", BAD_NAMES, ids=lambda name: ascii(name[:20]))
def test_bad_names_and_parameters(name: str) -> None:
    with pytest.raises(InputError) as error:
        zoo.get(name)
    assert error.value.exit_code == 2
    message = str(error.value)
    assert len(message) < 600
    message.encode("utf-8")


def test_a_parameter_that_is_too_small_says_what_is_allowed() -> None:
    with pytest.raises(InputError, match="dihedral:M takes a whole number, at least 3; found '2'"):
        zoo.get("dihedral:2")
    with pytest.raises(InputError, match="a whole number, 1 to 7; found '8'"):
        zoo.get("tomita:8")
    with pytest.raises(InputError, match="of the form sym:N, sym:N:swaps, sym:N:adjacent"):
        zoo.get("sym:5:cycles")
    with pytest.raises(InputError, match="a whole number, 2 to 9; found '10'"):
        zoo.get("sym:10:all")
    with pytest.raises(InputError, match=r"alt:N from 3 to 9 and quaternion; found 'alt:2', 'x'"):
        zoo.get("product:cyclic:5,alt:2,x:all")
    with pytest.raises(InputError, match="a product has at least two factors"):
        zoo.get("product:cyclic:5:all")


TOO_LARGE = (
    *("sym:9", "sym:30", "sym:1000000000", "sym:30:swaps", "sym:30:adjacent", "alt:9", "alt:12"),
    *("alt:99999999999999999999", "mod:1000000000000", "cyclic:" + "9" * 30, "dihedral:50001"),
    *("dyck1:10000000", "dyck2:16", "dyck2:" + "9" * 30, "modarith:100000", "modarith:9000"),
    *("modarith:400:precedence", "transformations:1000000", "cycle-nav:100001"),
    *("sym:8:all", "sym:9:all", "alt:8:all", "dihedral:3000:all", "cyclic:6000:all"),
    *("cyclic:" + "9" * 30 + ":all", "product:sym:5,sym:5:all", "product:sym:9,alt:9:all"),
    *("product:" + ",".join(["cyclic:2"] * 1000) + ":all", "permutation-reset:8"),
    *("recall:17:2", "recall:" + "9" * 30 + ":2", "recall:2:" + "9" * 30, "recall:99999999:1"),
    *("gridworld:100001", "flipflop:100000", "sym:8:swaps:reveal", "sym:99999999:swaps:reveal"),
    *("cycle-nav:100001:origin", "recall:1:50000"),
    *("starts-with:" + "a" * 100_000, "contains:" + "".join(map(chr, range(0x4E00, 0x9E00)))),
)


@pytest.mark.parametrize("name", TOO_LARGE, ids=lambda name: name[:20])
def test_tasks_too_large_stop_before_they_are_built(name: str) -> None:
    with pytest.raises(LimitReached) as error:
        zoo.get(name)
    is_countable = error.value.reached < 10**30
    assert error.value.option == "--max-states" * is_countable
    assert ("no limit is high enough" in str(error.value)) != is_countable
    assert is_countable or "machine states: at least 10^30, the limit" in str(error.value)
    assert error.value.exit_code == 3
    assert len(str(error.value)) < 400
    assert error.value.reached > error.value.value


def test_the_limit_can_be_raised() -> None:
    assert zoo.get("mod:200000", max_states=200_000).size == 200_000

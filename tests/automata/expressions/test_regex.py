"""Regular expressions: what they mean, their errors, their limits."""

import contextlib
import itertools
import random
import re
import tracemalloc
from functools import cache

import pytest

from negeig.automata.expressions.regex import RegexError, parse
from negeig.automata.expressions.regex_machine import regex_to_machine
from negeig.automata.expressions.regex_tree import (
    Class,
    Complement,
    Concatenation,
    Intersection,
    Repeat,
    Union,
)
from negeig.automata.languages.counting import count
from negeig.automata.machines.operations import difference, reorder, words
from negeig.claims import InputError, LimitReached
from support.oracles import ORACLES

# An independent meaning: expressions of the test's own, ("kind", operands), mean the set of their
# words up to LENGTH over a, b. All words this long are looked at, so nothing is sampled.
LENGTH = 5
ALL = frozenset("".join(w) for w in words("ab", LENGTH))
BASES = {"a": {"a"}, "b": {"b"}, ".": {"a", "b"}, "[]": set(), "()": {""}, "[^a]": {"b"}}
POSTFIX = {"*": (0, 99), "+": (1, 99), "?": (0, 1), "{2}": (2, 2), "{0}": (0, 0), "{1,2}": (1, 2),
           "{2,}": (2, 99)}  # fmt: skip
BINDING = {"|": 0, "&": 1, ".": 2, "~": 3, "postfix": 4, "base": 5}


def concatenated(left, right):
    return frozenset(u + v for u in left for v in right if len(u) + len(v) <= LENGTH)


@cache
def meaning(tree):
    kind, *operands = tree
    if kind == "base":
        return frozenset(BASES[operands[0]])
    if kind == "postfix":
        low, high = POSTFIX[operands[1]]
        base, power, result = meaning(operands[0]), frozenset([""]), frozenset()
        # Copies beyond the length plus the required ones add no words that are looked at.
        for copies in range(min(high, LENGTH + low) + 1):
            if copies >= low:
                result |= power
            power = concatenated(power, base)
        return result
    if kind == "~":
        return ALL - meaning(operands[0])
    left, right = map(meaning, operands)
    return {"|": left.__or__, "&": left.__and__, ".": lambda r: concatenated(left, r)}[kind](right)


def written(tree, around=0):
    """Write a tree with as few parentheses as the precedences allow."""
    kind, *operands = tree
    own = BINDING[kind]
    if kind == "base":
        return operands[0]
    if kind == "postfix":
        # A ? or + after another quantifier would be lazy or possessive elsewhere, and is refused.
        text = written(operands[0], own + (operands[1] in "?+")) + operands[1]
    elif kind == "~":
        text = "~" + written(operands[0], own)
    else:
        text = ("" if kind == "." else kind).join(written(o, own) for o in operands)
    return f"({text})" if own < around else text


def accepted(machine, length=LENGTH):
    """Return the accepted words up to a length as strings."""
    rows, result, level = machine.transitions.tolist(), set(), [("", machine.initial)]
    for _ in range(length + 1):
        result |= {word for word, state in level if machine.outputs[state] == 1}
        level = [
            (word + letter, rows[state][column])
            for word, state in level
            for column, letter in enumerate(machine.alphabet)
        ]
    return result


def one_more(trees):
    return [("postfix", t, p) for t in trees for p in POSTFIX] + [("~", t) for t in trees]


def pairs(left, right):
    return [(op, s, t) for op in "|&." for s in left for t in right]


ZERO = [("base", base) for base in BASES]
ONE = one_more(ZERO) + pairs(ZERO, ZERO)
TWO = one_more(ONE) + pairs(ONE, ZERO) + pairs(ZERO, ONE)


@pytest.mark.exhaustive
def test_every_expression_of_at_most_two_operators():
    assert len(ZERO + ONE + TWO) == 6 + 156 + 6864
    for tree in ZERO + ONE + TWO:
        machine = regex_to_machine(written(tree), "ab")
        assert accepted(machine) == meaning(tree), written(tree)
        assert machine == machine.minimal(), written(tree)


def random_tree(rng, operators):
    if operators == 0:
        return ("base", rng.choice(list(BASES)))
    kind = rng.choice(["postfix", "~", "|", "&", ".", ".", "|"])
    if kind == "postfix":
        return (kind, random_tree(rng, operators - 1), rng.choice(list(POSTFIX)))
    if kind == "~":
        return (kind, random_tree(rng, operators - 1))
    left = rng.randrange(operators)
    return (kind, random_tree(rng, left), random_tree(rng, operators - 1 - left))


def test_larger_random_expressions():
    seed = 314
    print("seed", seed)
    rng = random.Random(seed)
    for _ in range(1500):
        tree = random_tree(rng, rng.randint(3, 12))
        machine = regex_to_machine(written(tree), "ab")
        # Complements make truncated sets wrong only for words beyond LENGTH, never for shorter.
        assert accepted(machine) == meaning(tree), written(tree)


def python_regex(rng, depth):
    """Return an expression that Python's re reads in the same way."""
    if depth == 0:
        return rng.choice(["a", "b", "c", ".", "[ab]", "[^ab]", "[a-c]", "[^b-c]", r"\-", r"\x61"])
    kind = rng.randrange(5)
    if kind == 0:
        return python_regex(rng, depth - 1) + python_regex(rng, depth - 1)
    if kind == 1:
        return f"(?:{python_regex(rng, depth - 1)}|{python_regex(rng, depth - 1)})"
    quantifier = rng.choice(["*", "+", "?", "{2}", "{1,3}", "{2,}", "{0}", "{0,2}"])
    return f"(?:{python_regex(rng, depth - 1)}){quantifier}"


def test_the_common_subset_means_what_it_means_to_python():
    seed = 2718
    print("seed", seed)
    rng = random.Random(seed)
    candidates = ["".join(w) for w in words("abc-", 4)]
    for _ in range(400):
        theirs = python_regex(rng, rng.randint(1, 3))
        ours = regex_to_machine(theirs.replace("(?:", "("), "abc-")
        matches = re.compile(theirs, re.DOTALL)
        expected = {word for word in candidates if matches.fullmatch(word)}
        assert accepted(ours, 4) == expected, theirs


def test_random_expressions_agree_with_automata_lib_on_all_lengths():
    from automata.fa.dfa import DFA
    from automata.fa.nfa import NFA

    seed = 161803
    print("seed", seed)
    rng = random.Random(seed)

    def tree(depth):
        if depth == 0:
            return rng.choice("abab.")
        match rng.randrange(4):
            case 0:
                return f"({tree(depth - 1)}{tree(depth - 1)})"
            case 1:
                return f"({tree(depth - 1)}){rng.choice(['*', '+', '?', '{2}', '{1,2}', '{1,}'])}"
            case 2:
                return f"(({tree(depth - 1)})|({tree(depth - 1)}))"
            case _:
                return f"(({tree(depth - 1)})&({tree(depth - 1)}))"

    for _ in range(150):
        text = tree(rng.randint(1, 5))
        machine = regex_to_machine(text, "ab")
        theirs = DFA.from_nfa(NFA.from_regex(text, input_symbols={"a", "b"}))
        ours = DFA(
            states=set(range(machine.size)),
            input_symbols={"a", "b"},
            transitions={
                q: dict(zip(machine.alphabet, row, strict=True))
                for q, row in enumerate(machine.transitions.tolist())
            },
            initial_state=0,
            final_states={q for q, output in enumerate(machine.outputs) if output},
        )
        assert ours == theirs, text


@pytest.mark.parametrize(
    "entry", [e for e in ORACLES if e["regex"] is not None], ids=lambda entry: entry["name"]
)
def test_oracle_expressions(entry):
    machine = regex_to_machine(entry["regex"], entry["alphabet"])
    assert machine.alphabet == tuple(sorted(entry["alphabet"]))
    in_order = reorder(machine, entry["alphabet"]).minimal()
    assert in_order.transitions.tolist() == entry["minimal"]["table"]
    assert [q for q, o in enumerate(in_order.outputs) if o] == entry["minimal"]["accepting"]
    assert [count(machine, n) for n in range(11)] == entry["num_accepted_by_length_0_to_10"]


@pytest.mark.parametrize(
    ("short", "spelt_out"),
    [
        ("~ab", "(~a)b"),
        ("~a*", "~(a*)"),
        ("a~b", "a(~b)"),
        ("~~a*", "a*"),
        ("~a~b", "(~a)(~b)"),
        ("ab*", "a(b*)"),
        ("a|b&.*", "a|(b&(.*))"),
        ("ab&.b|a", "((ab)&(.b))|a"),
        ("~a&~b|b", "((~a)&(~b))|b"),
        ("a{2}{3}", "a{6}"),
        ("a{2,3}{2}", "a{4,6}"),
        ("a{3}{0,1}", "()|aaa"),
        ("a?{3}", "a{0,3}"),
        ("a+{2,3}", "aaa*"),
        ("a{0}*", "()"),
        ("a*{0}", "()"),
        ("(a{0,3}){2,}", "a*"),
        ("(a{1,3}){2,}", "aaa*"),
        ("a***", "a*"),
        ("[^]", "."),
        ("[]|a", "a"),
        ("[]*", "()"),
        ("[bab-b]", "a|b"),
        ("[-a]|[a-]", r"\-|a|\-"),
        (r"[\]\-\^]", r"\]|\-|\^"),
        (r"[.*|&~()[]", r"\.|\*|\||\&|\~|\(|\)|\["),
    ],
)
def test_precedence_and_short_forms(short, spelt_out):
    alphabet = "ab-]^.*|&~()["
    assert regex_to_machine(short, alphabet) == regex_to_machine(spelt_out, alphabet)


def test_precedences_would_be_told_apart():
    """The negative twin: the other readings are other languages."""
    for short, other in [
        ("~ab", "~(ab)"),
        ("~a*", "(~a)*"),
        ("ab*", "(ab)*"),
        ("a|b&b", "(a|b)&b"),
    ]:
        assert difference(regex_to_machine(short, "ab"), regex_to_machine(other, "ab")) is not None


@pytest.mark.parametrize(
    ("text", "letter"),
    [
        (r"\n", "\n"), (r"\t", "\t"), (r"\r", "\r"), (r"\f", "\f"), (r"\v", "\v"), (r"\0", "\0"),
        (r"\\", "\\"), (r"\*", "*"), (r"\ ", " "), (" ", " "), ("\t", "\t"), ("\n", "\n"),
        (r"\x41", "A"), (r"\u0041", "A"), (r"\U0001F600", "\U0001f600"),
        (r"\“", "“"), (r"\^", "^"), (r"\$", "$"), ("[$]", "$"), (r"\ε", "ε"), (r"[\∅]", "∅"),
        ("-", "-"), (",", ","), ("é", "é"), (r"[\x41]", "A"),
    ],
)  # fmt: skip
def test_letters_and_escapes(text, letter):
    machine = regex_to_machine(text)
    assert machine.alphabet == (letter,)
    assert machine.transitions.tolist() == [[1], [2], [2]]
    assert machine.outputs == (0, 1, 0)


@pytest.mark.parametrize(
    ("text", "given", "alphabet"),
    [
        ("ba", "", "ab"),
        ("[^x]", "", "x"),
        ("[a-d]", "", "abcd"),
        ("~b", "ca", "abc"),
        (".", "a", "a"),
        ("a{0}", "", "a"),
        ("[^a-c]z", "", "abcz"),
        ("éz\U0001f600A", "", "Azé\U0001f600"),
        ("a", ["a", "a"], "a"),
    ],
)
def test_alphabet_is_what_occurs_and_what_is_given(text, given, alphabet):
    assert parse(text, given).alphabet == tuple(alphabet)
    assert regex_to_machine(text, given).alphabet == tuple(alphabet)


def test_given_letters_may_be_longer_than_a_character():
    machine = regex_to_machine("a.|[^a]b", ["set", "b", "ab"])
    assert machine.alphabet == ("a", "ab", "b", "set")
    yes = {("a", x) for x in machine.alphabet} | {(x, "b") for x in ("ab", "b", "set")}
    assert {w for w in words(machine.alphabet, 3) if machine.accepts(w)} == yes
    assert machine == machine.minimal()


ERRORS = [
    ("", 1, "the expression is empty: write () for the empty word"),
    ("a|", 3, "found the end, nothing after '|'"),
    ("|a", 1, "found '|', nothing before it"),
    ("a||b", 3, "found '|', nothing after '|'"),
    ("|*", 1, "found '|', nothing before it"),
    ("&a", 1, "found '&', nothing before it"),
    ("a&", 3, "found the end, nothing after '&'"),
    ("a|&b", 3, "found '&', nothing after '|'"),
    ("(|a)", 2, "found '|', nothing after '('"),
    ("(a|)", 4, "found ')', nothing after '|'"),
    ("b(a&)c", 5, "found ')', nothing after '&'"),
    ("~", 2, "found the end, nothing after '~'"),
    ("a~", 3, "found the end, nothing after '~'"),
    ("~|a", 2, "found '|', nothing after '~'"),
    ("(~)", 3, "found ')', nothing after '~'"),
    ("*", 1, "'*' after the start has nothing to repeat"),
    ("*a", 1, "'*' after the start has nothing to repeat"),
    ("a|+", 3, "'+' after '|' has nothing to repeat"),
    ("(?)", 2, "'?' after '(' has nothing to repeat"),
    ("~*", 2, "'*' after '~' has nothing to repeat"),
    ("a~{2}", 3, "'{' after '~' has nothing to repeat"),
    ("{2}", 1, "'{' after the start has nothing to repeat"),
    ("{3}", 1, "or '~'; the letter 3 has no braces"),
    ("{0,1}", 1, "or '~'; {{0,1}} is a letter of several characters"),
    ("(", 1, "this '(' is never closed"),
    ("ab(cd", 3, "this '(' is never closed"),
    ("(a(b)", 1, "this '(' is never closed"),
    ("(a(b", 3, "this '(' is never closed"),
    ("a)", 2, "this ')' closes nothing"),
    (")", 1, "this ')' closes nothing"),
    ("(a))b", 4, "this ')' closes nothing"),
    ("a]", 2, "this ']' closes nothing"),
    ("a}", 2, "this '}' closes nothing"),
    ("[", 1, "this '[' is never closed"),
    ("a[bc", 2, "this '[' is never closed"),
    ("[^", 1, "this '[' is never closed"),
    ("[a-", 1, "this '[' is never closed"),
    ("[a]]", 4, "this ']' closes nothing"),
    ("x[c-a]", 3, "the range c-a is reversed"),
    ("[ab-a]", 3, "the range b-a is reversed"),
    ("[a-c-e]", 5, "'-' is not between two letters"),
    ("a{", 2, "this '{' is never closed"),
    ("a{}", 2, "nothing between the braces"),
    ("a{,3}", 2, "is a count elsewhere: write {0,3}"),
    ("a{x}", 2, "one character is a letter without braces"),
    ("a{1;2}", 2, "looks like a count"),
    ("a{ 1}", 2, "is a count elsewhere: write {1}"),
    ("a{-1}", 2, "looks like a count"),
    ("a{1,2", 2, "this '{' is never closed"),
    ("a{\u0661}", 2, "one character is a letter without braces"),
    ("ab{3,2}", 3, "found 3 > 2"),
    ("a{" + "9" * 5000 + "}", 2, "at most 18 digits"),
    ("ab\\", 3, "nothing after '\\'"),
    ("[\\", 2, "nothing after '\\'"),
    (r"a\j", 2, r"unknown escape '\j': expected \n \t"),
    (r"\1", 1, r"'\1' is a backreference elsewhere"),
    (r"[a\w]", 3, r"'\w' is a letter, a digit or _ elsewhere: write [A-Za-z0-9_]"),
    (r"\é", 1, r"unknown escape '\é'"),
    (r"\xg0", 1, r"expected 2 hexadecimal digits after '\x'"),
    (r"a\u12", 2, r"expected 4 hexadecimal digits after '\u'"),
    (r"\U00110000", 1, "U+110000 is not a character"),
    (r"\ud800", 1, "U+D800 is not a character"),
    ("ab\udc80", 3, "half of a surrogate pair"),
    ("()", 1, "the alphabet is empty"),
    ("[]", 1, "the alphabet is empty"),
    (".", 1, "the alphabet is empty"),
    ("~().{3}", 1, "the alphabet is empty"),
    ("[\u0001-\U0010ffff]", 2, "U+D800 to U+DFFF"),
    ("[\U00010000-\U0002ffff]", 1, "131,072 letters; at most 65,536"),
]


@pytest.mark.parametrize(("text", "column", "message"), ERRORS)
def test_errors_name_the_column_and_what_was_expected(text, column, message):
    with pytest.raises(RegexError) as caught:
        regex_to_machine(text)
    error = caught.value
    assert error.column == column
    assert error.exit_code == 2
    assert error.code == "bad-regex"
    first, _, caret = str(error).split("\n")
    assert first.startswith(f"regex: column {column}: ")
    assert message in first
    assert caret.strip() == "^"
    assert len(str(error)) < 400
    str(error).encode()  # can be printed


def test_every_short_text_is_read_or_refused_properly():
    """No text over the special characters ends in another kind of error."""
    read = 0
    for length in range(1, 5):
        for chars in itertools.product("a()|~*[-]{1}&\\", repeat=length):
            text = "".join(chars)
            with contextlib.suppress(RegexError):
                read += regex_to_machine(text).size > 0
    assert read > 100


@pytest.mark.parametrize(
    ("text", "column", "shown", "under"),
    [
        ("ab|", 4, "ab|", 3),
        ("a|*b", 3, "a|*b", 2),
        ("\t|*", 3, "\\t|*", 3),
        ("a\n\x00*|", 5, "a\\n\\x00*|", 8),
        ("日本|*", 4, "日本|*", 5),
        ("e\u0301|*", 4, "e\\u0301|*", 8),
        ("\U0001f600|*", 3, "\U0001f600|*", 3),
        ("\U00010400|*", 3, "\U00010400|*", 2),
        ("\u200b|*", 3, "\\u200b|*", 7),
    ],
)
def test_caret_is_under_its_column_as_displayed(text, column, shown, under):
    _, line, caret = str(RegexError(text, column, "wrong")).split("\n")
    assert line == "  " + shown
    assert caret == "  " + " " * under + "^"


def test_long_expressions_are_cut_around_the_column():
    _, line, caret = str(RegexError("x" * 500 + "!" + "y" * 500, 501, "wrong")).split("\n")
    assert line.startswith("  ...x")
    assert line.endswith("y...")
    assert line[len(caret) - 1] == "!"
    assert len(line) < 80


def test_given_letters_that_are_no_letters_are_all_named():
    with pytest.raises(InputError) as caught:
        parse("a", ["", "b", 3, "\ud800"])
    assert len(caught.value.problems) == 3


def limit(text, alphabet="", **options):
    """Return the limit a text hits and the peak of memory on the way, in bytes."""
    tracemalloc.start()
    try:
        with pytest.raises(LimitReached) as caught:
            regex_to_machine(text, alphabet, **options)
        return caught.value, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_exponential_machines_stop_at_the_limit():
    assert regex_to_machine("(a|b)*a(a|b){9}", max_states=1024).size == 1024
    error, _ = limit("(a|b)*a(a|b){9}", max_states=1023)
    assert (error.limit, error.value, error.reached) == ("machine states", 1023, 1024)
    with pytest.raises(LimitReached, match="the limit is 100,000; raise it with --max-states"):
        regex_to_machine("(a|b)*a(a|b){20}")
    _, peak = limit("(a|b)*a(a|b){20}", max_states=10_000)
    assert peak < 10e6


@pytest.mark.parametrize(
    "text",
    [
        "(a{1000}){1000}",
        "a{999999999}",
        "((a|b){1000}&.*){1000}",
        "(~a){999999}",
        "(((a{99}){99}){99}){99}",
    ],
)
def test_repetition_is_refused_before_it_is_expanded(text):
    error, peak = limit(text)
    assert error.limit == "states of the nondeterministic automaton"
    assert error.reached > error.value
    assert peak < 20e6


def test_an_inner_machine_beyond_the_limit_stops_too():
    for text in ("~((a|b)*a(a|b){9})&a", "(~((a|b)*a(a|b){9}))a", "(a{7})*&(a{11})*"):
        assert limit(text, max_states=70)[0].limit == "machine states"
    assert regex_to_machine("(a{7})*&(a{11})*", max_states=77).size == 77


def test_a_machine_inside_an_expression_brings_no_refusing_state():
    """Its refusing state in the subsets would more than double them, and hit the limit."""
    text = "(a|b)*((a(a|b){7})&.*)"
    assert regex_to_machine(text, max_states=256).size == 256


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("(" * 100_000 + "a" + ")" * 100_000, 3),
        ("~" * 100_001 + "a", 3),
        ("a" + "*" * 100_000, 1),
        ("a?" + "*" * 60_000, 1),
        ("(" * 20_000 + "a" + "b)" * 20_000, 20_003),
        ("(" * 1500 + "a" + "b)&.*" * 1500, 4),
        ("~(" * 600 + "a" + "b)" * 600, 603),
        ("(" * 1100 + "a" + "b)*" * 1100, 1102),
    ],
)
def test_nesting_far_deeper_than_the_recursion_limit(text, size):
    assert regex_to_machine(text).size == size


def test_unclosed_deep_nesting_is_an_error():
    with pytest.raises(RegexError) as caught:
        parse("(" * 100_000)
    assert caught.value.column == 100_000


def test_large_alphabets_cost_what_the_classes_cost():
    letters = [chr(0x4E00 + i) for i in range(5000)]
    tracemalloc.start()
    machine = regex_to_machine(f".*{letters[7]}.{{5}}", letters)
    every = regex_to_machine("|".join(letters))
    ranged = regex_to_machine(f"[{letters[0]}-{letters[-1]}]")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert machine.size == 64
    assert len(machine.alphabet) == 5000
    assert every == ranged
    assert every.transitions.tolist() == [[1] * 5000, [2] * 5000, [2] * 5000]
    assert peak < 60e6


def test_a_large_table_is_refused_when_states_alone_would_not_be():
    letters = [chr(0x4E00 + i) for i in range(5000)]
    error, peak = limit(".*a.{9}", ["a", *letters], max_states=1100)
    assert error.limit == "table entries"
    assert peak < 60e6


def test_equal_languages_give_equal_machines_whatever_the_text():
    texts = ["(a|b)*aba(a|b)*", ".*aba.*", "~(~(.*aba.*))", "[ab]*aba.*", "(.*aba.*|.*aba)&.{3,}"]
    machines = [regex_to_machine(text, "ab") for text in texts]
    assert all(machine == machines[0] for machine in machines)
    assert machines[0].size == 4


def test_tree_is_what_the_text_says():
    a, b = (Class(((ord(c), ord(c)),)) for c in "ab")
    assert parse("a~b*").root == Concatenation((a, Complement(Repeat(b, 0, None))))
    assert parse("ab|a&b").root == Union((Concatenation((a, b)), Intersection((a, b))))
    assert parse("[ca-b]").root == Class(((97, 99),))

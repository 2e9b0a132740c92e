"""Operators of other dialects are refused by name, and letters of several characters are read."""

import itertools
import re
import warnings

import pytest

from negeig.automata.expressions.regex import parse
from negeig.automata.expressions.regex_error import RegexError
from negeig.automata.expressions.regex_machine import regex_to_machine
from negeig.automata.expressions.regex_tree import Class, Named, Union
from negeig.automata.machines.operations import words

FOREIGN = [
    *[("a" + sign, 2, f"'{sign}' is an anchor elsewhere") for sign in "^$"],
    ("^a", 1, r"write \^ for the letter, or use --syntax python"),
    *[
        (f"ab{first}{second}c", 3, f"'{first}{second}' is {kind} elsewhere")
        for first in ("*", "+", "?", "{2}", "{2,}", "{2,3}")
        for second, kind in (("?", "lazy"), ("+", "possessive"))
    ],
    ("(a)*?", 4, "'*?' is lazy elsewhere, which does not change whole words: write '*'"),
    *[
        (f"a({sign}b)", 2, f"'({sign.rstrip('x>)1')}")
        for sign in ("?:", "?=", "?!", "?<=", "?<!", "?>", "?#", "?P<x>", "?<x>", "?P=x)", "?P>x)",
                     "?|", "?(1)", "?R)", "?&x)")
    ],
    ("a(?i)b", 2, "'(?' sets flags elsewhere: write both cases"),
    ("a(?i-s:b)", 2, "'(?' sets flags elsewhere: write both cases"),
    ("a(?^:b)", 2, "'(?' sets flags elsewhere: write both cases"),
    ("(a(?1)?b)", 3, "'(?' calls a group elsewhere"),
    ("(*UTF)a", 1, "'(*' is a verb of PCRE"),
    ("(*pla:a)", 1, "'(*' is a verb of PCRE"),
    *[(rf"a\{kind}b", 2, rf"'\{kind}' is ") for kind in "dDwWsSAZzGbBRXhHpPNkgqoaecC123456789"],
    (r"a\K", 2, r"'\K' forgets"),
    (r"\Qa\E", 1, r"'\Q' begins a quotation"),
    (r"\E", 1, r"'\E' ends a quotation"),
    (r"\d", 1, "write [0-9], or use --syntax python"),
    (r"[a\d]", 3, r"'\d' is a digit elsewhere"),
    (r"\012", 1, r"'\0' before a digit is an octal escape elsewhere"),
    *[
        (f"a[[:{name}:]b]", 3, f"'[:{name}:]' is a class of POSIX: write {letters}")
        for name, letters in [("alpha", "A-Za-z"), ("digit", "0-9"), ("punct", "its letters")]
    ],
    ("[[:^digit:]]", 2, "'[:^digit:]' is a class of POSIX: write 0-9 with ^"),
    ("[^[:digit:]]", 3, "'[:digit:]' is a class of POSIX"),
    ("[:digit:]", 1, "'[:digit:]' is a class of POSIX"),
    ("[[.ch.]]", 2, "'[.ch.]' is a class of POSIX"),
    ("[[=a=]]", 2, "'[=a=]' is a class of POSIX"),
    *[(f"[ab{sign * 2}b]", 4, f"'{sign * 2}' combines two classes elsewhere") for sign in "&|~-"],
    *[(f"[!{sign * 2}~]", 3, f"'{sign * 2}' combines two classes elsewhere") for sign in "&|~-"],
    ("[a[bc]]", 7, "classes are not nested"),
    *[(f"a|{sign}", 3, f"'{sign}' is the empty word elsewhere: write ()") for sign in "ελϵɛΛ"],
    *[(f"[a{sign}]", 3, f"'{sign}' is the empty word elsewhere: write ()") for sign in "ελϵɛΛ"],
    *[(f"a{sign}b", 2, f"'{sign}' is a union elsewhere: write |") for sign in "∪∨"],
    *[(f"a{sign}b", 2, f"'{sign}' is an intersection elsewhere: write &") for sign in "∩∧"],
    *[(f"(a){sign}", 4, f"'{sign}' is a repetition elsewhere: write *") for sign in "∗⋆"],
    *[(f"a {sign} b", 3, f"'{sign}' is a product elsewhere: write nothing") for sign in "·⋅∘"],
    *[(f"{sign}a", 1, f"'{sign}' is a complement elsewhere: write ~") for sign in "¬∁"],
    ("a∖b", 2, "'∖' is a difference elsewhere: write r&~s"),
    ("Σ*a", 1, r"'Σ' is the alphabet elsewhere: write ., and \Σ for the letter"),
    ("a|∅", 3, "'∅' is the empty set elsewhere: write []"),
    ("a{,3}", 2, "'{,3}' is a count elsewhere: write {0,3}"),
    ("a{,}", 2, "'{,}' is a count elsewhere: write *"),
    ("a{1, 2}", 2, "'{1, 2}' is a count elsewhere: write {1,2}"),
    ("a{1, }", 2, "'{1, }' is a count elsewhere: write {1,}"),
    ("a{ 2 }", 2, "'{ 2 }' is a count elsewhere: write {2}"),
]  # fmt: skip

BRACES = [
    ("a{up", 2, "this '{' is never closed: expected '}'; write {2}, {2,} or {2,3} to repeat"),
    ("{a{b}}", 1, "braces do not nest; write {2}, {2,} or {2,3} to repeat"),
    ("{{up}", 1, "braces do not nest"),
    ("{1-2}", 1, "looks like a count, which is {2}, {2,} or {2,3}: write {{1-2}} for a letter"),
    (
        "{10}",
        1,
        "has nothing to repeat: expected a letter, '.', '[', '(' or '~'; {{10}} is a letter",
    ),
    ("a{x}", 2, "one character is a letter without braces: write x; a count has digits, as {2}"),
    ("{*}", 1, r"one character is a letter without braces: write \*;"),
    (r"{\}}", 1, r"one character is a letter without braces: write \};"),
    ("{{x}}", 1, "one character is a letter without braces: write x;"),
    ("a{}", 2, "nothing between the braces: write {2}"),
    ("a{ }", 2, "nothing between the braces: write {2}"),
    ("{{}}", 1, "braces do not nest"),
    ("{up|down}", 4, r"braces hold one letter: write {up}|{down}, or \| for a '|' in it"),
    ("{{ up}}", 1, "begins or ends with a space"),
    (r"a{\x}", 3, "expected 2 hexadecimal digits"),
    ("{up,down}", 4, r"braces hold one letter: write {up}|{down}, or \, for a ',' in it"),
    ("{ up}", 1, "begins or ends with a space: leave it out"),
    ("{up }", 1, "begins or ends with a space: leave it out"),
    ("a[b{up}]", 4, "a class has single characters, not {up}: write ({up}|...)"),
    ("a[b{10}]", 4, "a class has single characters, not {10}: write ({{10}}|...)"),
    ("[^{a1}{a2}]", 3, r"write ({a1}|...), or \{ for the letter"),
    ("~{2}", 2, "has nothing to repeat"),
]


@pytest.mark.parametrize(("text", "column", "message"), FOREIGN + BRACES)
def test_the_error_names_the_operator_and_its_column(text, column, message):
    with pytest.raises(RegexError) as caught:
        regex_to_machine(text, "ab")
    assert caught.value.column == column
    assert message in str(caught.value).split("\n")[0]


@pytest.mark.parametrize(
    "text",
    [
        "(a+)?", "(a*)+", "(a{2})?", "a**", "a+*", "a{2}{3}", "a?{2}", r"\^a\$", "[a^$]", "[^^]",
        r"\ε|\λ|\∅", "[[:]", "[.a]", "[{}]", "[{a}]", r"[\{ab}]", "[a&|~]", r"[&\&]", "[a-]",
        r"[+-\-]", r"\0|1", r"\∪\∗\·\¬\Σ\Λ[\∩]", "{a·b}", "(*)",
    ],
)  # fmt: skip
def test_what_only_looks_like_another_dialect_is_read(text):
    """The twin of FOREIGN; of the last one another error is right."""
    if text == "(*)":
        with pytest.raises(RegexError, match="has nothing to repeat"):
            parse(text)
    else:
        assert regex_to_machine(text).size > 0


TOKENS = ["a", "b", "1", "-", " ", ".", "[ab]", "[^a]", "[a^]", "[b-]", "()", "(", ")", "|", "*",
          "+", "?", "{2}", "{1,}", "{,2}", "^", "$", "(?:", "(?=", "(?!", "(?i)", "(?P<x>", "(?>",
          r"\d", r"\s", r"\w", r"\b", r"\B", r"\A", r"\Z", r"\1", r"\x61", r"\0", r"\-", "#", "ε",
          "[[:alpha:]]", "[a&&b]", "[^a--b]"]  # fmt: skip


@pytest.mark.parametrize(
    ("most", "both"), [(2, 300), pytest.param(3, 6_000, marks=pytest.mark.exhaustive)]
)
def test_what_python_reads_too_means_the_same_or_is_refused(most, both):
    """Nothing with a meaning there is taken for something else here."""
    read = 0
    letters = sorted("ab1- #^\0")
    for text in map("".join, itertools.chain(*(product(TOKENS, n) for n in range(1, most + 1)))):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                pattern = re.compile(text, re.DOTALL)
            machine = regex_to_machine(text, letters)
        except (re.error, FutureWarning, RegexError):
            continue
        for word in words(machine.alphabet, 2):
            expected = pattern.fullmatch("".join(word)) is not None
            assert machine.accepts(word) == expected, (text, word)
        read += 1
    assert read > both


def product(tokens, length):
    return itertools.product(tokens, repeat=length)


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("{up}", ["up"]),
        ("a{up}{2}b", ["a", "up", "up", "b"]),
        (r"{1\-2}{\x312}", ["1-2", "12"]),
        ("{{1-2}}{{12}}{{1,2}}{{up}}", ["1-2", "12", "1,2", "up"]),
        (r"{(1 2)}{a\|b*}{{a|b}}", ["(1 2)", "a|b*", "a|b"]),
        (r"a{{10}}{2}{{\}\}}}", ["a", "10", "10", "}}"]),
        (r"{a\,b}{\{\}}{\ x\ }", ["a,b", "{}", " x "]),
        (r"{ε0}{^$}", ["ε0", "^$"]),
    ],
)
def test_letters_of_several_characters(text, letters):
    machine = regex_to_machine(text)
    assert machine.alphabet == tuple(sorted(set(letters)))
    assert [w for w in words(machine.alphabet, 4) if machine.accepts(w)] == [tuple(letters)]


def test_a_count_that_is_a_letter_of_the_alphabet_too_is_refused():
    for text, instead in [
        (".{10}", "write {{10}} for the letter, or {010} to repeat"),
        (".{0,1}", "write {{0,1}} for the letter, or {00,1} to repeat"),
    ]:
        with pytest.raises(RegexError) as caught:
            parse(text, ["00", "10", "0,1"])
        assert caught.value.column == 2
        assert instead in str(caught.value)
    assert parse(".{010}{{10}}", ["00", "10"]).alphabet == ("00", "10")
    assert parse(".{10}", ["00", "11"]).alphabet == ("00", "11")


def test_a_count_is_one_beside_a_letter_of_one_character_which_has_no_braces():
    assert parse("[0-9]{3}", "0123456789") == parse("[0-9]{3}")


def test_a_named_letter_is_one_letter_among_those_given():
    machine = regex_to_machine("({up}.)*&~({up}{up}.*)", ["up", "down", "u", "left"])
    assert machine.alphabet == ("down", "left", "u", "up")
    expected = {
        w
        for w in words(machine.alphabet, 4)
        if len(w) % 2 == 0 and all(a == "up" for a in w[::2]) and w[:2] != ("up", "up")
    }
    assert {w for w in words(machine.alphabet, 4) if machine.accepts(w)} == expected
    assert machine == machine.minimal()
    assert parse("{up}|a").root == Union((Named("up"), Class(((97, 97),))))

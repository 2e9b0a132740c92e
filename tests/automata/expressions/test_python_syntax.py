"""Expressions of Python's re: the same words as re.fullmatch, and refusals by name."""

import itertools
import random
import re
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from negeig.automata.expressions.python_syntax import parse_python
from negeig.automata.expressions.regex_error import RegexError
from negeig.automata.expressions.regex_machine import regex_to_machine
from negeig.automata.machines.operations import words
from negeig.claims import InputError


def matched(text, letters, length):
    """Return the words that Python says an expression matches, None where it has no meaning."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            pattern = re.compile(text)
    except (re.error, OverflowError, Warning):
        return None
    return {w for w in words(letters, length) if pattern.fullmatch("".join(w))}


def accepted(machine, length):
    return {w for w in words(machine.alphabet, length) if machine.accepts(w)}


def agrees(text, given_letters, length):
    """Hold one expression to Python; return whether it was read at all."""
    refused = None
    try:
        machine = regex_to_machine(text, given_letters, syntax="python")
    except RegexError as error:
        refused = error
    if refused is None:
        assert accepted(machine, length) == matched(text, machine.alphabet, length), text
    elif matched(text, given_letters, length) is not None:
        reason = str(refused).split("\n")[0]
        assert any(why in reason for why in REASONS), (text, reason)
        assert 1 <= refused.column <= len(text)
    return refused is None


REASONS = ("is not at the start", "is not at the end", "inside a repetition", "is possessive",
           "leaves no letter", "is a boundary", "is a backreference", "is a look-around",
           "is an atomic group", "is a conditional")  # fmt: skip
TOKENS = ["a", "b", ".", "[^a]", r"\d", "^", "$", "(", "(?:", ")", "|", "*", "+?", "{2}", "??", "+",
          r"\Z", "{,2}", "(?i:"]  # fmt: skip


@pytest.mark.parametrize(
    ("most", "read"), [(3, 1_000), pytest.param(4, 10_000, marks=pytest.mark.exhaustive)]
)
def test_every_short_text_means_what_it_means_to_python(most, read):
    texts = ["".join(t) for n in range(most + 1) for t in itertools.product(TOKENS, repeat=n)]
    assert sum(agrees(text, "aA1\n", 2) for text in texts) > read


PIECES = [
    "a", "b", "A", "\n", r"\n", " ", "#", ".", "[^a]", r"[^\n]", "[a-b]", r"[\s\S]", r"[^\s\S]",
    r"\d", r"\D", r"\w", r"\s", r"\S", r"\W", "^", "$", r"\A", r"\Z", "(", "(?:", ")", ")", ")",
    "|", "*", "+", "?", "{2}", "{,1}", "{1,2}", "{1,", "*?", "+?", "??", "(?i)", "(?s)", "(?m)",
    "(?x)", "(?im)", "(?i:", "(?s:", "(?x:", "(?m:", "(?-m:", "(?#c)", r"(?#\)", r"\b", r"\1",
    "(?=", "(?>", "*+", "(?P<n>", "(?P=n)", "(?(1)", r"\#", r"\ ", "[ ]", "[#]", "]", "-", "{",
    "}", "\\\\\n", "\\\n", "# c\n", "[", "[^", "^]", r"\x61", r"\101", "(?a)", "(?a:", "&", "~",
    "1", "_", "K", "\u212a",
]  # fmt: skip
"""Pieces of expressions, put together without regard to what they mean."""


@pytest.mark.parametrize(
    ("texts", "read"), [(1_000, 150), pytest.param(6_000, 900, marks=pytest.mark.exhaustive)]
)
def test_texts_of_random_pieces_mean_what_they_mean_to_python(texts, read):
    print("seed", texts)
    draw = random.Random(texts)
    drawn = ["".join(draw.choices(PIECES, k=draw.randint(1, 9))) for _ in range(texts)]
    assert sum(agrees(text, "ab\nA1 K", 2) for text in drawn) > read


@pytest.mark.exhaustive
def test_texts_of_random_pieces_agree_on_words_up_to_length_six():
    few = [piece for piece in PIECES if set(piece) <= set(r"ab\n^$.[]sSAZ()?:|*+{12,}m-")]
    draw = random.Random(6)
    drawn = ["".join(draw.choices(few, k=draw.randint(1, 8))) for _ in range(1_000)]
    assert sum(agrees(text, "ab\n", 6) for text in drawn) > 130


LEAVES = st.sampled_from(
    ["a", "B", "1", "_", ".", "[ab]", "[^a]", "[^aB_]", "[A-B1]", r"[\da]", r"[^\w]", r"\d", r"\D",
     r"\w", r"\W", r"\s", r"\S", r"[\s\S]", " ", r"\ ", r"\n", "[ ]", r"\x61", r"\101", r"[\101]",
     r"\u0042", "()", "(?:)", "(?#a^b)", "[]a]", "[^]a]", "{", "}", "]", "-", "a{,", r"\{2}", "#"]
)  # fmt: skip
QUANTIFIERS = st.sampled_from(["*", "+", "?", "{2}", "{1,2}", "{2,}", "{,1}", "{,}", "{0}"])


def larger(inner):
    group = st.sampled_from(
        ["(", "(?:", "(?i:", "(?s:", "(?x:", "(?a:", "(?-i:", "(?i-s:", "(?sx-i:"]
    )
    grouped = st.builds(lambda g, r: f"{g}{r})", group, inner)
    return st.one_of(
        grouped,
        st.builds(lambda r, s: r + s, inner, inner),
        st.builds(lambda r, s: f"(?:{r}|{s})", inner, inner),
        st.builds(
            lambda r, q, lazy: f"(?:{r}){q}{lazy}", inner, QUANTIFIERS, st.sampled_from(["", "?"])
        ),
        st.builds(lambda r, s: f"{r}|{s}", inner, inner),
    )


EXPRESSIONS = st.recursive(LEAVES, larger, max_leaves=8)
FLAGS = st.sampled_from(["", "", "(?i)", "(?s)", "(?x)", "(?m)", "(?a)", "(?ix)", "(?is)"])
STARTS, ENDS = st.sampled_from(["", "", "^", r"\A"]), st.sampled_from(["", "", "$", r"\Z"])


@given(FLAGS, STARTS, EXPRESSIONS, ENDS)
def test_expressions_mean_what_they_mean_to_python(flags, start, expression, end):
    # A word of three letters is enough to tell the pieces apart, and few enough for all of them.
    agrees(f"{flags}{start}(?:{expression}){end}", "aAbB1_ \n", 2)
    agrees(f"{flags}{start}{expression}{end}", "aB1 ", 3)


@pytest.mark.parametrize(
    "text",
    [r"(?a:\w)\w", r"(?a)\w(?u:\w)", r"(?i:(?-i:a)a)", "(?s:.)(?-s:.)", "(b|^a)b", "(|^)a(a$|b)",
     "((^)|a)b",
     "(^a)?b", "b(a$){,1}", "(^a|b$){1}", r"a|[^\s\S]", r"(?#a\)b)",
     r"(?i)[^a]\d?", r"(?ai)[^\W\d]", "(?x: a\\  [ ] #b\n)", "(?x)a # c\\\n^\nb", "(?m)^a$"],
)  # fmt: skip
def test_flags_hold_where_they_are_set_and_anchors_in_every_branch(text):
    assert agrees(text, "aAbé1\u0661 \n", 3)


PLACED = st.recursive(
    st.sampled_from(["a", "b", "^", "$", "()", r"\Z"]),
    lambda inner: st.one_of(
        st.builds(lambda r: f"({r})", inner),
        st.builds(lambda r, s: r + s, inner, inner),
        st.builds(lambda r, s: f"({r}|{s})", inner, inner),
        st.builds(lambda r, q: f"({r}){q}", inner, QUANTIFIERS),
    ),
    max_leaves=7,
)


@given(PLACED)
def test_anchors_are_dropped_only_where_they_hold(expression):
    agrees(expression, "ab\n", 4)


@pytest.mark.parametrize(
    ("text", "letters", "expected"),
    [
        ("^(11)*$", "", "1"),
        (r"\A(?:a|b)\Z", "", "ab"),
        ("(?i)k", "", "Kk"),
        ("(?i)[a-c]", "", "ABCabc"),
        ("(?i:a)b", "", "Aab"),
        (r"\d", "01a", "01a"),
        ("(?x) a  # the letter\n", "", "a"),
        ("(?i)ß", "", "ß"),
    ],
)
def test_the_alphabet_is_what_occurs_in_either_case_and_what_is_given(text, letters, expected):
    assert parse_python(text, letters).alphabet == tuple(expected)


def test_letters_that_are_equal_in_another_case_are_told_by_python():
    """The Kelvin sign is a k where it is a letter; ASCII knows nothing of it."""
    for flag in ("i", "ia"):
        machine = regex_to_machine(f"(?{flag})k", "\u212a", syntax="python")
        assert machine.accepts("\u212a") == (flag == "i")
        assert machine.accepts("K")


REFUSED = [
    ("a^b", 2, "'^' is not at the start"),
    ("(a|b)(^c)", 7, "'^' is not at the start"),
    (r"a|b\A", 4, r"'\A' is not at the start"),
    ("a$b", 2, "'$' is not at the end"),
    ("(a$|b)(c|)", 3, "'$' is not at the end"),
    (r"(\Z)a", 2, r"'\Z' is not at the end, and holds only where nothing follows"),
    (r"a$\n", 2, r"or only a newline that ends the word: write that one without it, a\n for a$\n"),
    (r"(?m)a$\nb", 6, r"or where a newline does: write that newline without it, a\nb for a$\nb"),
    (r"(?m)a\n^b", 8, r"or a newline last: write that newline without it, a\nb for a\n^b"),
    (r"(?m)a\n\Ab", 8, r"only where nothing has been read: write that case without what"),
    ("a?^b", 3, "only where nothing has been read: write that case without what stands before it"),
    ("(^a)*b", 2, "an anchor inside a repetition"),
    ("((^a)|b)*", 3, "an anchor inside a repetition"),
    ("(b$)*", 3, "it holds in one round at most: write that round out, as in (|^a)b for (^a)*b"),
    ("a(b$){1,2}", 4, "an anchor inside a repetition"),
    ("a*+", 2, "'*+' is possessive"),
    ("a{2}+", 2, "'{2}+' is possessive"),
    ("(?>a)", 1, "'(?>' is an atomic group"),
    ("a(?=b)", 2, "'(?=' is a look-around"),
    ("a(?!)", 2, "'(?!' is a look-around"),
    ("(?<=a)b", 1, "'(?<=' is a look-around"),
    ("(?<!a)b", 1, "'(?<!' is a look-around"),
    (r"(a)b\1", 5, r"'\1' is a backreference"),
    (r"(?x) (a) # \1" + "\n" + r"\1", 15, r"'\1' is a backreference"),
    ("(?P<x>a)(?P=x)", 9, "'(?P=x)' is a backreference"),
    ("(a)?(?(1)b|c)", 5, "'(?(' is a conditional"),
    (r"[\b]\ba", 5, r"'\b' is a boundary"),
    (r"a\B", 2, r"'\B' is a boundary"),
    (r"ab\d", 3, r"'\d' leaves no letter of the alphabet: give letters (--alphabet), such as '0'"),
    ("a[^a]", 2, "'[^a]' leaves no letter of the alphabet"),
    ("()", 1, "the alphabet is empty"),
    ("[[a]]", 2, "Python warns: Possible nested set"),
    ("[a&&b]", 3, "Python warns: Possible set intersection"),
    ("a(b", 2, "Python says: missing ), unterminated subpattern"),
    ("a**", 3, "Python says: multiple repeat"),
    (r"a\y", 2, r"Python says: bad escape \y"),
    ("a(?i)b", 2, "Python says: global flags not at the start"),
    ("a{2,1}", 3, "Python says: min repeat greater than max repeat"),
    ("a{99999999999}", 1, "Python says: the repetition number is too large"),
    ("(?au)a", 5, "Python says: bad inline flags"),
    ("(" * 5000 + ")" * 5000, 1, "nested too deeply for Python's parser"),
    ("a\udc80", 2, "half of a surrogate pair"),
    ("[\u0001-\U0010ffff]", 1, "U+D800 to U+DFFF"),
    ("(?i)[\U00010000-\U0002ffff]", 1, "131,072 letters; at most 65,536"),
]


@pytest.mark.parametrize(("text", "column", "message"), REFUSED)
def test_what_is_refused_is_named_with_its_column(text, column, message):
    with pytest.raises(RegexError) as caught:
        parse_python(text)
    assert message in str(caught.value).split("\n")[0]
    assert (caught.value.column, caught.value.exit_code) == (column, 2)


def test_letters_are_characters():
    with pytest.raises(InputError, match="'up' is not one character"):
        parse_python("a", ["b", "up"])
    with pytest.raises(InputError, match="not a non-empty string"):
        parse_python("a", [""])


def test_an_item_that_a_later_python_adds_is_refused(monkeypatch):
    import negeig.automata.expressions.python_syntax as syntax

    class Later(list):
        state = syntax._tree("a").state

    monkeypatch.setattr(syntax, "_tree", lambda text: Later([("NEW_OP", None)]))
    with pytest.raises(RegexError, match="NEW_OP is not supported"):
        parse_python("a", "a")


def test_deep_trees_and_large_alphabets():
    assert regex_to_machine("(?:" * 200 + "a" + ")*" * 200, syntax="python").size == 1
    letters = [chr(0x4E00 + i) for i in range(5000)]
    machine = regex_to_machine(r"\w+[^\d]", letters, syntax="python")
    assert (machine.size, len(machine.alphabet)) == (3, 5000)

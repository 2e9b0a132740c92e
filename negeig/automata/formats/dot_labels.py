r"""Labels of edges in DOT graphs: letters, and what other tools write there.

In a graph that declares its letters with the attribute ``alphabet``, a label is a list of them and
nothing else. In any other graph a label is read as the tools that draw machines write it: letters,
``input / output`` of a Mealy machine, or the empty word; and what means something else, such as a
guard, a weight, a probability, a range or a regular expression, is refused by name.

A label holds one letter or several, separated by commas, or by the line breaks ``\n``, ``\l``,
``\r`` of DOT; white space around a letter does not count. ``\,`` is a comma, ``\\`` a backslash,
``\uXXXX`` any character; a comma or a character written so means nothing but itself.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from typing import NamedTuple

from negeig.automata.formats import symbols
from negeig.automata.formats.symbols import ITSELF
from negeig.automata.problems import shown
from negeig.claims import Letter

LABEL_PART = re.compile(r"\\(?:u(?P<code>[0-9A-Fa-f]{4})|(?P<escaped>.))|(?P<plain>[^\\]|\\)", re.S)

WRAPPED = re.compile(r"(?<!\\),[ \t\r]*(?:\n|\\[nlr])")
JUSTIFIED = re.compile(r"(?<!\\)\\[lr]\s*\Z")

DECLARE = 'if it is a letter, declare all letters, as in digraph { alphabet="a,b"; ... }'

LATEX = re.compile(
    r"\\\\?(?:lambda|Lambda|land|lor|lnot|leq|neg|neq|notin|rho|rangle|rightarrow)(?![A-Za-z])"
    r"|/\\(?:\s|\\\\?\s|$)|/\\\\\s"
)
"""Commands that begin like the line breaks of DOT, and a conjunction like an output."""

MARK = re.compile("[①-⓿❶-➓]")

WEIGHTED = re.compile(r"(?:^|[\s:;(\[{@|=])(?:\d+\.\d*|\.\d+|\d+\s*%)(?=$|[\s)\]}])")

MEANINGS = (
    (re.compile(r"[+-]?(\d+\.\d*|\.\d+)([eE][+-]?\d+)?|\d+(\.\d+)?\s*%"),
     "a probability or weight"),
    (re.compile(r"'.*'|\".*\"|‘.*’|“.*”", re.S), "a letter in quotes; take the quotes out"),
    (re.compile(r".*&#?\w+;.*", re.S), "an HTML entity; write the character itself"),
    (re.compile(r".*(→|↦|->|=>|;|⊢).*", re.S), "a step of a pushdown automaton or Turing machine"),
    (re.compile(r"\[.*\]", re.S), "a range of characters; write the letters out, with commas"),
    (re.compile(r".*(\.\.\.|…|⋯).*|.*\.\.(\s.*)?|(.*\s)?\.\..*", re.S),
     "an elision; write the letters out, with commas"),
    (re.compile(r"\$.*\$", re.S), "a formula of LaTeX; write the characters themselves"),
    (re.compile(r".*([<>≤≥≠]|:=|==).*", re.S), "a guard or an assignment, as of a timed automaton"),
    (re.compile(r".*[&∧∨¬\u0304\u0305].*|[!~].+", re.S),
     "a guard, as of an omega-automaton of Spot or HOA"),
    (re.compile(r".*[|∪].*", re.S), "a choice; write the letters separated by commas"),
    (re.compile(r".*:.*", re.S), "an input with a probability, as of AALpy, or a pair, as of foma"),
    (re.compile(r"[?!].+|.+[?!]", re.S), "an input or output action of a reactive system"),
    (re.compile(r".*[*+^].*", re.S), "a regular expression, as of a generalised automaton"),
    (re.compile(r".*[{}\[\]].*", re.S), "a set, a guard or a mark of acceptance"),
    (re.compile(r".*(∖|\\|Σ|Γ).*", re.S), "all letters but some, as in textbooks"),
)  # fmt: skip
"""What labels of two or more characters mean elsewhere, the first that fits."""


class Part(NamedTuple):
    """One letter of a label, None for the empty word, and its output in a Mealy machine."""

    letter: Letter | None
    output: str | None = None


def split_label(label: str) -> list[Letter]:
    r"""Return the letters of a label of a graph that declares its letters, in order.

    Raises ValueError on an empty letter, an unknown escape, and ``ε``.

    Examples
    --------
    >>> split_label("a, b"), split_label(r"\,"), split_label(r"x\ny")
    (['a', 'b'], [','], ['x', 'y'])
    """
    letters = []
    for text, shape in _pieces(label):
        if "ε" in shape:
            raise ValueError(r"ε is the empty word elsewhere; the letter ε is written \u03b5")
        letters.append(text)
    if "" in letters:
        raise ValueError(rf"an empty letter in label {shown(label)}; a comma is written \,")
    return letters


def parts(label: str, silent: Container[str] = ()) -> list[Part]:
    r"""Return what a label of a graph that does not declare its letters says.

    ``silent`` are letters that are the empty word in the dialect of the graph.

    Raises ValueError saying what the label looks like and what to do.

    Examples
    --------
    >>> parts("press / lit")
    [Part(letter='press', output='lit')]
    >>> parts("a,ε")
    [Part(letter='a', output=None), Part(letter=None, output=None)]
    >>> parts("a & !b")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ValueError: label "a & !b" looks like a guard, as of an omega-automaton of Spot or HOA; ...
    """
    if symbols.is_empty_word(label.replace("\\\\", "\\")):
        # Before commas and escapes are looked for: &epsilon; and \varepsilon are one symbol.
        return [Part(None)]
    raw = label.replace("\\\\", "\\")
    if raw[:1] in ("\\", "$") and (what := symbols.refused(raw)):
        raise ValueError(f"label {shown(label)} is {what}; {DECLARE}")
    if command := LATEX.search(label):
        raise ValueError(
            f"label {shown(label)} has {command[0]}, a command of LaTeX or a conjunction; write "
            "the character itself"
        )
    if re.search(r"\\\\u[0-9A-Fa-f]{4}", label):
        raise ValueError(
            rf"label {shown(label)} looks like codes of characters, as of brics.automaton; write "
            r"\uXXXX with one backslash, and letters out instead of a range"
        )
    # A line may break after a comma, and may end in a justification.
    lines = WRAPPED.sub(",", JUSTIFIED.sub("", label)).replace("\n", r"\n")
    found = [
        Part(None) if text in silent else _part(text, shape, label)
        for text, shape in _pieces(lines)
    ]
    mealy = [part for part in found if part.output is not None]
    if mealy and len(mealy) < len(found):
        raise ValueError(
            f"label {shown(label)} has a comma within an input or output, or some letters without "
            r"output; write \, for a comma, and one 'input / output' for each letter"
        )
    return found


def output_of(text: str, shape: str) -> tuple[slice, slice] | None:
    """Return where name and output are in ``name / output``, None where there is no slash.

    Raises ValueError when it cannot be told which slash separates them.

    Examples
    --------
    >>> output_of("s0 / a/b", "s0 / a/b"), output_of("/", "/")
    ((slice(0, 2, None), slice(5, None, None)), None)
    """
    if "/" not in shape or len(shape) == 1:
        return None
    spaced = [match.start() for match in re.finditer(r"(?<=\s)/(?=\s)", shape)]
    places = spaced or [match.start() for match in re.finditer("/", shape)]
    if len(places) > 1:
        raise ValueError(f"{shown(text)} has several slashes; write 'name / output'")
    start, end = places[0], places[0] + 1
    name, output = shape[:start], shape[end:]
    if not name.strip() or not output.strip():
        raise ValueError(f"{shown(text)} has nothing on one side of its slash")
    lead = len(output) - len(output.lstrip())
    return slice(0, len(name.rstrip())), slice(end + lead, None)


def written(letters: Iterable[Letter]) -> str:
    r"""Return letters as a label that :func:`split_label` takes apart again.

    Examples
    --------
    >>> written(["a", ","])
    'a,\\,'
    """
    return ",".join("".join(map(_escaped, letter)) for letter in letters)


def _escaped(character: str) -> str:
    if character in ",\\":
        return "\\" + character
    if character == "ε" or (ord(character) < 0x10000 and not character.isprintable()):
        return f"\\u{ord(character):04x}"
    return "\\u0020" if character == " " else character


def _part(text: str, shape: str, label: str) -> Part:
    """Return one letter, with its output if it has one; ValueError for anything else."""
    if not text:
        raise ValueError(rf"an empty letter in label {shown(label)}; a comma is written \,")
    if symbols.is_empty_word(shape):
        return Part(None)
    ends = output_of(text, shape)
    if ends is None:
        _check_letter(shape, label)
        return Part(text)
    before, after = (shape[end] for end in ends)
    if WEIGHTED.search(after):
        raise ValueError(
            f"label {shown(label)} looks like a letter with a weight or a probability, which are "
            r"not read; in an output, write the point as \u002e"
        )
    for side in (before, after):
        if symbols.is_empty_word(side) or side in ("λ", "-", "Λ"):
            raise ValueError(
                f"label {shown(label)} looks like a transducer that reads or writes nothing; a "
                "Mealy machine writes one output for each letter"
            )
    _check_letter(before, label)
    return Part(text[ends[0]], text[ends[1]])


def looks_like(shape: str) -> str | None:
    """Return what a symbol of a drawing is instead of a letter, None where it is one.

    Examples
    --------
    >>> looks_like("a"), looks_like("λ*"), looks_like("50%")
    (None, 'is the closure under the empty word', 'looks like a probability or weight')
    """
    if MARK.search(shape):
        return "has a mark of acceptance, as of Spot"
    if what := symbols.word(shape, drawn=True):
        return f"is {what}"
    if len(shape) == 1:
        return None
    found = next((what for pattern, what in MEANINGS if pattern.fullmatch(shape)), None)
    found = found or symbols.refused(shape) or (MEANINGS[0][1] if WEIGHTED.search(shape) else None)
    return found and f"looks like {found}"


def _check_letter(shape: str, label: str) -> None:
    """Raise ValueError unless a piece of a label is nothing but a letter."""
    if what := looks_like(shape):
        piece = "" if shape == label or ITSELF in shape else f"{shown(shape)} in "
        raise ValueError(f"{piece}label {shown(label)} {what}; {DECLARE}")
    depth = 0
    for character in shape if len(shape) > 1 else "":
        depth += (character == "(") - (character == ")")
        if depth < 0:
            break
    if depth:
        raise ValueError(
            rf"label {shown(label)} has a comma within brackets, or a slash or one bracket alone; "
            rf"write a comma as \, or {DECLARE}"
        )


def _pieces(label: str) -> Iterator[tuple[str, str]]:
    """Yield the text of each piece, and its shape: escaped characters as ITSELF."""
    text: list[str] = []
    shape: list[str] = []
    # White space after a letter belongs to it only once something else follows.
    space: list[str] = []
    for part in LABEL_PART.finditer(label):
        plain, escaped, code = part["plain"], part["escaped"], part["code"]
        if plain == "," or (escaped and escaped in "nlr"):
            yield "".join(text), "".join(shape)
            text, shape, space = [], [], []
            continue
        if plain and plain.isspace():
            if text:
                space.append(plain)
            continue
        if code and 0xD800 <= int(code, 16) < 0xE000:
            raise ValueError(f"{part[0]} in label {shown(label)} is half of a surrogate pair")
        if plain == "\\" or (escaped and escaped not in '\\," '):
            raise ValueError(f"the escape {part[0]} in label {shown(label)} is not known")
        text += [*space, chr(int(code, 16)) if code else part[0][-1]]
        # A backslash is a backslash to every tool that writes DOT.
        shape += [*space, plain or ("\\" if escaped == "\\" else ITSELF)]
        space = []
    yield "".join(text), "".join(shape)

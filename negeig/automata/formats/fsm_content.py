"""The lines of AT&T FSM text: edges, final states, outputs and weights."""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass, field

from negeig.automata.formats.text import Edges, lines
from negeig.automata.problems import Problems, shown

FIELD = re.compile(r"[^ \t\r]+")
NUMBER = re.compile(
    r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[+-]?(?i:inf(?:inity)?)"
)
ZERO = re.compile(r"[+-]?(?:0+\.?0*|\.0+)(?:[eE][+-]?[0-9]+)?")
INFINITE = re.compile(r"\+?inf(?:inity)?", re.IGNORECASE)
SPACES = re.compile(r"[ \t]*[^ \t]+\t[^ \t]+\t(?:[^ \t]+\t)? +(?:\t|$)")

SECTION = re.compile(r"^---[ \t\r]*$", re.MULTILINE)

NO_OUTPUT = -1

COMMENTS = ("#", "//", "/*", "*/", "%", ";", "!", "--", "<!--")
"""How comments begin elsewhere."""

SOURCE_TARGET_LETTER = "write AT&T lines 'source target letter'"
OTHER_DIALECTS = {
    "---": "a sectioned file, as .fsm files of mCRL2 and LearnLib are; "
    f"{SOURCE_TARGET_LETTER}, or export DOT or Aldebaran (.aut)",
    "(START)": f"a file of Grail+; {SOURCE_TARGET_LETTER}",
    "(FINAL)": f"a file of Grail+; {SOURCE_TARGET_LETTER}",
    "|-": f"a file of Grail+; {SOURCE_TARGET_LETTER}",
    "-|": f"a file of Grail+; {SOURCE_TARGET_LETTER}",
    ".i": f"a file of KISS2; {SOURCE_TARGET_LETTER}",
    ".o": f"a file of KISS2; {SOURCE_TARGET_LETTER}",
    "des": "a file of Aldebaran; name it .aut",
}
"""What a line is in another dialect, by its first word or, for Grail+, by a later one."""


@dataclass
class Content:
    """What the lines say: edges with their outputs, final states, and what was understood.

    ``outputs`` has for each edge the index of its output in ``symbols``, or NO_OUTPUT.
    """

    edges: Edges = field(default_factory=Edges)
    outputs: array[int] = field(default_factory=lambda: array("i"))
    symbols: dict[str, int] = field(default_factory=dict)
    final: set[int] = field(default_factory=set)
    # Fourth fields that may be outputs or weights: the place of the first, and all there are.
    numbers: dict[str, str] = field(default_factory=dict)
    # Whether some line has its letter again as output.
    repeats: bool = False
    # The place of the first line that has an output different from its letter.
    transducer: str = ""


def content(text: str, problems: Problems) -> Content:
    r"""Return what the lines say; the first state of the edges is initial.

    Examples
    --------
    >>> found = content("0 1 a x\n1 Infinity", Problems("m.fsm"))
    >>> list(found.edges.labels), list(found.symbols), found.final
    (['a'], ['x'], set())
    """
    found = Content()
    if section := SECTION.search(text):
        place = text.count("\n", 0, section.start()) + 1
        problems.add(f"line {place}, column 1: this looks like {OTHER_DIALECTS['---']}")
        return found
    for number, line in lines(text):
        fields = [(m[0], f"line {number}, column {m.start() + 1}: ") for m in FIELD.finditer(line)]
        words = [word for word, _ in fields]
        if not words:
            continue
        if odd := next((c for c in line if c.isspace() and c not in " \t\r"), None):
            problems.add(
                f"line {number}, column {line.index(odd) + 1}: white space U+{ord(odd):04X}, which "
                "does not separate fields; write a space or, in a letter, its code"
            )
            continue
        if words == ["--"]:
            problems.add(f"{fields[0][1]}a second machine begins; a file holds one")
            break
        if foreign := _foreign(words):
            problems.add(f"{fields[0][1]}this looks like {foreign}")
            break
        if SPACES.match(line.rstrip("\r")):
            problems.add(
                f"{fields[0][1]}a field of white space, as foma writes a space; write \\u0020"
            )
        elif len(words) > 2:
            _edge(fields, found, problems)
        else:
            _final(fields, found, problems)
    if found.repeats and found.numbers and not found.transducer:
        # Where some fourth fields repeat the letter, all are outputs and none is a weight.
        found.transducer = next(iter(found.numbers.values()))
    return found


def _foreign(words: list[str]) -> str | None:
    """Return what dialect a line is of, where it is not AT&T's."""
    if what := OTHER_DIALECTS.get(words[0]):
        return what
    if words[0].startswith(COMMENTS):
        return "a comment, which AT&T text does not have; take it out"
    marks = [word for word in words[1:3] if word in ("|-", "-|")] if len(words) == 3 else []
    return OTHER_DIALECTS[marks[0]] if marks else None


def _edge(fields: list[tuple[str, str]], found: Content, problems: Problems) -> None:
    source, target, letter, *rest = fields
    found.edges.add(source, letter, target)
    output = NO_OUTPUT
    if len(rest) > 2:
        place = rest[1][1]
        problems.add(f"{place}{len(fields)} fields in a line, expected at most 5")
        rest = []
    if rest:
        word, place = rest[0]
        is_weight = len(rest) == 1 and NUMBER.fullmatch(word) is not None and word != letter[0]
        if is_weight and not word.isdigit():
            _weight(rest[0], problems)
        else:
            if is_weight:
                found.numbers.setdefault(word, place)
            elif word == letter[0]:
                found.repeats = True
            elif not found.transducer:
                found.transducer = place
            output = found.symbols.setdefault(word, len(found.symbols))
            if len(rest) == 2:
                _weight(rest[1], problems)
    found.outputs.append(output)


def _weight(weight: tuple[str, str], problems: Problems) -> None:
    word, place = weight
    if ZERO.fullmatch(word) is None:
        problems.add(
            f"{place}weight {shown(word)}, expected 0 or none; weights are not read: take it out"
        )


def _final(fields: list[tuple[str, str]], found: Content, problems: Problems) -> None:
    """Note a final state; one of infinite weight, which OpenFst writes so, is not final."""
    state = found.edges.state(*fields[0])
    if len(fields) == 2 and INFINITE.fullmatch(fields[1][0]):
        return
    found.final.add(state)
    if len(fields) == 2:
        _weight(fields[1], problems)

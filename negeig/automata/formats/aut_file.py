r"""Labelled transition systems in the Aldebaran format of CADP, mCRL2 and LTSmin.

::

    des (0, 2, 2)
    (0, "open", 1)
    (1, "close", 0)

The first line has the initial state and the numbers of transitions and of states; every other line
is one transition. All states accept, so the words of the machine are the traces of the system. The
internal action ``i``, ``tau`` or ``"tau"`` is the empty word, so they are its weak traces; ``"i"``
in quotes and other spellings, ``I`` or ``τ``, are refused, because tools differ. Any other label is
one letter, unless it has a meaning of :mod:`.meanings`; in it ``\uXXXX`` is a character by its code
and ``\\`` a backslash. Probabilistic and stochastic systems are refused.

Source: the manual page aut of CADP, https://cadp.inria.fr/man/aut.html.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from negeig.automata.formats import symbols
from negeig.automata.formats.completion import Notices, chosen
from negeig.automata.formats.edges import complete_edges
from negeig.automata.formats.text import Edges, escape, lines, unescape
from negeig.automata.machines.machine import Machine
from negeig.automata.machines.size import check_size
from negeig.automata.problems import Problems, shown
from negeig.claims import InputError, Letter

HEADER = re.compile(r"\s*des\s*\(\s*(\d{1,18})\s*,\s*(\d{1,18})\s*,\s*(\d{1,18})\s*\)\s*")
STATE = re.compile(r"[0-9]{1,18}")
SILENT = ("i", "tau", '"tau"')
SILENT_ELSEWHERE = re.compile(r'"?(?:[iI]|[tT][aA][uU]|τ|\\tau|internal|silent|hidden)"?')
STOCHASTIC = re.compile(r"(?:.*;)?\s*(?:rate|prob)\s+[-+%.\w].*", re.IGNORECASE | re.DOTALL)
ACTION = re.compile(r"[!?]\w")
PART = r"(?:\d+\.\d*|\.\d+|\d+/\d+|\d+\s*%)\s*"
WEIGHTED = re.compile(rf".*(?:(?:[;@,\[{{]\s*|\s){PART}[\]}}]?|\s\(\s*{PART}\))")


def parse(
    text: str, name: str, max_states: int = 100_000, accepting: Sequence[str] | None = None
) -> tuple[Machine, Notices]:
    r"""Read a machine from an Aldebaran file; see the module for the conventions.

    Parameters
    ----------
    accepting : sequence of str, optional
        The states that accept, instead of all.

    Raises
    ------
    InputError
        Every problem, with its line and column.
    LimitReached
        More than ``max_states`` states.

    Examples
    --------
    >>> machine, notices = parse('des (0, 2, 2)\n(0, "open", 1)\n(1, close, 0)', "door.aut")
    >>> machine.accepts(["open", "close"]), machine.accepts(["close"]), len(notices)
    (True, False, 2)
    """
    problems = Problems(name)
    edges = Edges()
    header_line = initial = states = transitions = 0
    for number, line in lines(text):
        place = f"line {number}, column {len(line) - len(line.lstrip()) + 1}: "
        if not line.strip():
            continue
        if not header_line:
            header_line = number
            header = HEADER.fullmatch(line)
            if header is None:
                problems.add(
                    f"{place}expected 'des (initial, transitions, states)', found "
                    f"{shown(line.strip())}; probabilistic systems are not read"
                )
                raise problems.error()
            initial, transitions, states = map(int, header.groups())
            check_size(states, 1, max_states, name)
            for state in range(states):
                edges.state(str(state), place)
            continue
        found = _transition(line.strip())
        if found is None:
            problems.add(
                f"{place}expected '(source, \"label\", target)', found {shown(line.strip())}; "
                "probabilistic systems are not read"
            )
            continue
        source, label, target = found
        ends = [str(int(end)) for end in (source, target)]
        if any(int(end) >= states for end in ends):
            problems.add(f"{place}a state is not one of 0 to {states - 1}, as the first line says")
            continue
        edges.add((ends[0], place), (label, place), (ends[1], place))
    count = len(edges.flat) // 3
    if not problems and count != transitions:
        problems.add(f"the first line says {transitions} transitions, found {count}")
    if not problems and initial >= states:
        problems.add(f"the initial state {initial} is not one of 0 to {states - 1}")
    letters = _letters(edges, problems)
    outputs = [1] * states
    notices: Notices = ("a labelled transition system: every state accepts",)
    if accepting is not None:
        outputs = [int(o) for o in chosen(accepting, edges.states, problems)]
        notices = ()
    if None in letters:
        notices += ("the internal action was read as the empty word",)
    if problems:
        raise problems.error()
    machine, further = complete_edges(
        name,
        edges=edges,
        letters=letters,
        numbers=range(states),
        initial=[initial],
        outputs=outputs,
        max_states=max_states,
    )
    return machine, notices + further


def _transition(line: str) -> tuple[str, str, str] | None:
    """Return source, label with its quotes if it has any, and target; None for anything else."""
    if not (line.startswith("(") and line.endswith(")")):
        return None
    source, _, rest = line[1:-1].partition(",")
    label, _, target = rest.rpartition(",")
    source, label, target = source.strip(), label.strip(), target.strip()
    quotes = label.count('"') - label.count('\\"')
    in_quotes = len(label) > 1 and label[0] == label[-1] == '"' and quotes == 2
    if not (STATE.fullmatch(source) and STATE.fullmatch(target) and label):
        return None
    return (source, label, target) if in_quotes or quotes == 0 else None


def _letters(edges: Edges, problems: Problems) -> list[Letter | None]:
    """Return the letter of each label, None for the internal action."""
    letters: list[Letter | None] = []
    for label, place in zip(edges.labels, edges.label_places, strict=True):
        if label in SILENT:
            letters.append(None)
            continue
        text = label[1:-1] if label[0] == '"' else label
        if what := _looks_like(label, symbols.shape(text)):
            problems.add(f"{place}{what}")
        try:
            letters.append(unescape(text))
        except ValueError as error:
            problems.add(f"{place}{error}")
        if letters and letters[-1] == "":
            problems.add(f"{place}an empty label")
    return letters


def _looks_like(label: str, text: str) -> str | None:
    """Return what a label, and its text, is instead of a letter; None where it is one."""
    if SILENT_ELSEWHERE.fullmatch(label):
        quoted = " in quotes" if label[0] == '"' else ""
        return (
            f"{label}{quoted} is the internal action or a letter; write i for the one, and one of "
            r"its characters as \uXXXX for the other"
        )
    if STOCHASTIC.fullmatch(text) or WEIGHTED.fullmatch(text):
        return f"{shown(text)} is a stochastic or probabilistic transition; they are not read"
    if symbols.is_empty_word(text):
        return f"{shown(text)} is the empty word elsewhere; write i, or {symbols.by_code(text)}"
    # An input or output of a reactive system is a letter.
    what = None if ACTION.match(text) else symbols.refused(text, drawn=True)
    return what and f"{shown(text)} is {what}; {symbols.by_code(text)}"


def dumps(machine: Machine) -> str:
    r"""Write an acceptor of a prefix-closed language as a labelled transition system.

    :func:`parse` reads back a machine of the same language. States that refuse are not written, so
    its numbers of states may differ.

    Raises InputError when an output is not 0 or 1, a word that is refused can be continued to one
    that is accepted, or no accepted word has some letter.

    Examples
    --------
    >>> print(dumps(Machine(alphabet="ab", transitions=[[0, 1], [2, 2], [2, 2]], initial=0,
    ...                     outputs=[1, 1, 0])))
    des (0, 2, 2)
    (0, "a", 0)
    (0, "b", 1)
    """
    rows = machine.transitions.tolist()
    if not machine.is_acceptor:
        raise InputError(
            "Aldebaran", "the format has no outputs; write negeig JSON, DOT, JFLAP or CSV"
        )
    kept = {q: i for i, q in enumerate(q for q, o in enumerate(machine.outputs) if o)}
    if machine.initial not in kept or any(
        target in kept for q, row in enumerate(rows) if q not in kept for target in row
    ):
        raise InputError(
            "Aldebaran",
            "the language is not prefix-closed, but every state of the format accepts: a word that "
            "it refuses has a continuation that it accepts, or it refuses all; write negeig JSON",
        )
    lost = [
        letter
        for letter, column in zip(machine.alphabet, zip(*rows, strict=True), strict=True)
        if not any(target in kept for q, target in enumerate(column) if q in kept)
    ]
    if lost:
        raise InputError(
            "Aldebaran",
            f"no transition has the letter {lost[0]!r}, which the format would lose; write "
            "negeig JSON, DOT or JFLAP",
        )
    # A backslash by its code, so that none stands before the closing quote.
    labels = [
        escape(
            letter,
            letter if _looks_like(letter, letter) or letter in SILENT or letter == "tau" else '"',
        ).replace("\\\\", "\\u005c")
        for letter in machine.alphabet
    ]
    edges = [
        f'({kept[q]}, "{label}", {kept[target]})'
        for q in kept
        for label, target in zip(labels, rows[q], strict=True)
        if target in kept
    ]
    return "\n".join([f"des ({kept[machine.initial]}, {len(edges)}, {len(kept)})", *edges])

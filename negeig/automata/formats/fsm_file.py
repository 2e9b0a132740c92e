r"""Machines as AT&T FSM text, the text format of OpenFst.

::

    0 1 a
    0 0 b
    1 0 a
    1 1 b
    0

A line is an edge, ``source target letter``, or a final state alone. The source of the first line is
the initial state; lines are in any order after it. Fields are separated by spaces and tabs. States
are numbered by value when all are whole numbers and otherwise in order of appearance; letters are
in order of appearance.

A fourth field is the output of a transducer, and a weight may follow. Where every output repeats
the letter, this is an acceptor. Otherwise every edge must read and write one letter, at most one
edge of a state reads each, and this is a Mealy machine: its output after a word is that of the last
edge, null before the first letter and where the word may not end. A weight must be 0; a final state
of weight ``Infinity``, which OpenFst writes, is not final.

The empty word is ``<eps>``, ``<epsilon>``, ``@0@`` or ``@_EPSILON_SYMBOL_@``, and ``ε`` where no
other Greek letter occurs; so is ``0`` in a file where every letter is a whole number and no other
spelling occurs, as in files that refer to a table of symbols, which negeig does not read.
``@_SPACE_@`` and the like are characters; other symbols ``@...@``, and those of :mod:`.meanings`,
are refused by name. Lines whose fields may be in another order are refused too. In a letter,
``\uXXXX`` is a character by its code and ``\\`` a backslash.

Source: Mohri, Pereira and Riley, AT&T FSM Library, fsm(5), 1998; OpenFst, ``fstcompile``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from negeig.automata.formats import symbols
from negeig.automata.formats.columns import ORDERS, check_numbers, other_order
from negeig.automata.formats.completion import Notices
from negeig.automata.formats.edges import complete_edges
from negeig.automata.formats.fsm_content import NO_OUTPUT, ZERO, Content, content
from negeig.automata.formats.mealy import Step, complete_mealy
from negeig.automata.formats.text import NUMBER, numbers_by_value, same_number
from negeig.automata.machines.machine import Machine
from negeig.automata.machines.size import check_size
from negeig.automata.problems import Problems, shown
from negeig.claims import InputError, Letter

DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


def parse(text: str, name: str, max_states: int = 100_000) -> tuple[Machine, Notices]:
    r"""Read a machine from AT&T FSM text; see the module for the conventions.

    Raises
    ------
    InputError
        Every problem, with its line and column.
    LimitReached
        More than ``max_states`` states.

    Examples
    --------
    >>> parse("0 1 a\n1 0 a\n1", "odd.fsm")
    (Machine(2 states over a), ())
    >>> parse("0 1 a\n1 0.5", "m.fsm")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    negeig.claims.InputError: m.fsm: line 2, column 3: weight "0.5", expected 0 or none; ...
    """
    problems = Problems(name)
    found = content(text, problems)
    edges = found.edges
    silent, notices = _silent(list(edges.labels), list(found.symbols), problems)
    letters = symbols.letters_of(edges.labels, edges.label_places, silent, problems)
    alphabet = {x: i for i, x in enumerate(dict.fromkeys(x for x in letters if x is not None))}
    if not problems and not alphabet:
        problems.add("the alphabet is empty: there is no edge with a letter")
    if not problems:
        _check_columns(found, problems)
        check_numbers(edges.states, edges.labels, problems)
    if not problems and all(DECIMAL.fullmatch(label) for label in edges.labels):
        problems.add(
            f"{edges.label_places[0]}every letter is a decimal number, as in a list of weighted "
            f"edges; {symbols.BY_CODE}"
        )
    if problems:
        raise problems.error()
    numbers = numbers_by_value(list(edges.states))
    check_size(len(numbers), len(alphabet), max_states, name)
    final = [False] * len(numbers)
    for state in found.final:
        final[numbers[state]] = True
    if found.transducer:
        if not found.final:
            raise InputError(name, "no state is final: this transducer writes nothing", "bad-file")
        machine, further = complete_mealy(
            name,
            alphabet=list(alphabet),
            states=_in_order(list(edges.states), numbers),
            steps=_steps(found, letters, alphabet, numbers, silent, problems),
            initial=[numbers[0]],
            max_states=max_states,
            final=final,
        )
        if not all(final):
            further += ("not every state is final: where a word may not end, the output is null",)
        return machine, notices + further
    notices += _weight_notices(found, problems)
    machine, further = complete_edges(
        name,
        edges=edges,
        letters=letters,
        numbers=numbers,
        initial=[numbers[0]],
        outputs=[int(is_final) for is_final in final],
        max_states=max_states,
    )
    return machine, notices + further


def _steps(
    found: Content,
    letters: Sequence[Letter | None],
    columns: Mapping[Letter, int],
    numbers: Sequence[int],
    silent: set[str],
    problems: Problems,
) -> list[Step]:
    """Return the steps of a transducer; it must read and write a letter on every edge."""
    edges, outputs = found.edges, list(found.symbols)
    numeric = all(NUMBER.fullmatch(x) for x in (*outputs, *edges.labels))
    nothing = {*silent, *filter(symbols.is_empty_word, outputs), *(["0"] if numeric else [])}
    steps: list[Step] = []
    for (p, x, q), output in zip(edges.triples(), found.outputs, strict=True):
        written = "" if output == NO_OUTPUT else outputs[output]
        what = symbols.refused(written) if written.startswith(("<", "@")) else None
        letter = letters[x]
        if letter is None:
            what = "reads the empty word"
        elif output == NO_OUTPUT:
            what = "has no output"
        elif written in nothing:
            what = "writes the empty word"
        elif what:
            what = f"writes {shown(written)}, {what}"
        if what or letter is None:
            ends = " to ".join(list(edges.states)[state] for state in (p, q))
            problems.add(
                f"{found.transducer}the output differs from the letter, as in a transducer, and "
                f"the edge from {ends} on {shown(list(edges.labels)[x])} {what}; a transducer is "
                "read as a Mealy machine, whose edges all read and write one letter"
            )
            break
        steps.append((numbers[p], columns[letter], numbers[q], symbols.NAMED.get(written, written)))
    if problems:
        raise problems.error()
    return steps


def _weight_notices(found: Content, problems: Problems) -> Notices:
    """Decide about fourth fields that may be outputs or weights."""
    if not found.numbers:
        return ()
    if all(ZERO.fullmatch(word) for word in found.numbers):
        return ("a fourth field 0 was read as a weight",)
    word, place = next((w, p) for w, p in found.numbers.items() if not ZERO.fullmatch(w))
    problems.add(
        f"{place}{shown(word)} is a weight or an output; weights are not read: take them out, or, "
        "for outputs that are numbers, add the weight 0 as a fifth field"
    )
    raise problems.error()


def _in_order(states: list[str], numbers: Sequence[int]) -> list[str]:
    """Return the names of the states by their numbers."""
    names = [""] * len(states)
    for name, number in zip(states, numbers, strict=True):
        names[number] = name
    return names


def _check_columns(found: Content, problems: Problems) -> None:
    """Note edges whose fields are in the order of another dialect."""
    names = list(found.edges.states)
    triples = list(found.edges.triples())
    sources = {names[p] for p, _, _ in triples}
    targets = {names[q] for _, _, q in triples}
    letters = set(found.edges.labels)
    final = {names[q] for q in found.final}
    numeric = [all(map(NUMBER.fullmatch, names)) for names in (sources, targets, letters)]
    first, second = names[triples[0][0]], names[triples[0][2]]
    others = {names[end] for p, _, q in triples[1:] for end in (p, q)} | final
    if names[0] in final and names[0] not in sources:
        problems.add(
            f"{found.edges.state_places[0]}the file begins with the final state {shown(names[0])}, "
            "which would be initial and has no edges; if it is a number of states, or a heading, "
            "take it out, and begin with an edge from the initial state"
        )
    words = not NUMBER.fullmatch(first) and not NUMBER.fullmatch(second)
    if words and others and all(map(NUMBER.fullmatch, others)):
        problems.add(
            f"{found.edges.state_places[triples[0][0]]}the first edge, from {shown(first)} to "
            f"{shown(second)}, looks like a heading or a title: all other states are numbers; take "
            "it out, or give its states numbers too"
        )
    other = other_order(sources, targets, letters, final)
    if numeric[0] and numeric[2] and not any(map(NUMBER.fullmatch, targets)):
        other = "source letter target"
    if other and not (all(numeric) and other.startswith("letter")):
        problems.add(
            f"{found.edges.state_places[0]}the lines may be 'source target letter', as in AT&T "
            f"text, or '{other}', as in {ORDERS[other]}: no state that an edge would lead to has "
            "an edge or is final, but third fields would be states; write 'source target letter'"
        )


def dumps(machine: Machine) -> str:
    r"""Write an acceptor as AT&T FSM text that :func:`parse` reads back as an equal machine.

    Raises InputError when an output is not 0 or 1.

    Examples
    --------
    >>> print(dumps(Machine(alphabet=["a", " "], transitions=[[1, 0], [1, 0]], initial=0,
    ...                     outputs=[0, 1])))
    0 1 a
    0 0 \u0020
    1 1 a
    1 0 \u0020
    1
    """
    if not machine.is_acceptor:
        raise InputError(
            "AT&T FSM",
            "the format has no outputs, only final states; write negeig JSON, DOT, JFLAP or CSV",
        )
    rows = machine.transitions.tolist()
    order = [machine.initial, *(q for q in range(machine.size) if q != machine.initial)]
    symbols = _symbols(machine.alphabet)
    lines = [f"{q} {t} {x}" for q in order for x, t in zip(symbols, rows[q], strict=True)]
    return "\n".join([*lines, *(str(q) for q, output in enumerate(machine.outputs) if output)])


def _symbols(alphabet: tuple[Letter, ...]) -> list[str]:
    """Return the letters as written; none may look like a symbol that means something."""
    numbers = all(NUMBER.fullmatch(letter) for letter in alphabet)
    alike = all(DECIMAL.fullmatch(letter) for letter in alphabet) or same_number(alphabet)
    return [
        symbols.written(letter, letter[0] if (numbers and letter == "0") or alike else "")
        for letter in alphabet
    ]


def _silent(
    labels: Sequence[str], outputs: Sequence[str], problems: Problems
) -> tuple[set[str], Notices]:
    """Return the labels that are the empty word."""
    spelled = [x for x in (*labels, *outputs) if symbols.is_empty_word(symbols.shape(x))]
    if "0" in labels and all(NUMBER.fullmatch(x) or x in spelled for x in labels):
        if not spelled:
            return {*symbols.EMPTY_WORD, "0"}, ("every letter is a number, so 0 is the empty word",)
        return set(symbols.EMPTY_WORD), (
            f"0 was read as a letter: this file spells the empty word {spelled[0]}",
        )
    if "ε" in labels:
        if any("\u0370" <= c < "\u0400" for x in labels if x != "ε" for c in x):
            problems.add(
                "ε is the empty word of lttoolbox or a Greek letter; write <eps> for the one and "
                r"\u03b5 for the other"
            )
        return {*symbols.EMPTY_WORD, "ε"}, ("ε was read as the empty word, as of lttoolbox",)
    return set(symbols.EMPTY_WORD), ()

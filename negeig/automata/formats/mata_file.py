r"""Machines in the format of the automata library Mata.

::

    @NFA-explicit
    %Alphabet-auto
    %Initial even
    %Final even
    even a odd
    odd a even

A line is an edge, a setting that begins with ``%``, or a comment that begins with ``#``; a
backslash at the end of a line continues it. Names stand alone or in quotes, within which ``\"`` is
a quote, ``\\`` a backslash and ``\u{XX}`` a character by its code; a name with ``[``, ``]`` or
``@`` must be in quotes. One section is read: ``@NFA-explicit``; or ``@NFA`` as VATA's .vtf files
have, whose ``%States`` and ``%Alphabet`` are lists; or ``@NFA-bits``, where a letter is a vector of
bits and an edge has a formula over them. Other kinds of automata are refused.

States are numbered as ``%States-enum`` lists them, or else as they appear, first in ``%Initial``,
then in the edges, then in ``%Final``. Letters are ordered as ``%Alphabet-enum`` lists them, or else
as they appear, whatever other kind of alphabet is declared. ``%Final`` lists states, with or
without ``|`` between them; or it is ``\true`` for all, ``\false`` for none, or a conjunction of
negations, ``!p & !q``, for all but those. ``%Epsilon`` lists letters that stand for the empty word;
where all letters are numbers, so does 4294967295, which Mata writes for it. A letter that looks
like a symbol of another dialect must be in quotes, unless it is listed.

Source: AUTOMATAFORMAT.md of https://github.com/VeriFIT/mata.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from negeig.automata.formats import symbols
from negeig.automata.formats.completion import MISSING, Notices, complete, tabulate
from negeig.automata.formats.mata_bits import Token, has_open_choice, satisfying, variables
from negeig.automata.formats.mata_letters import check_letters
from negeig.automata.formats.mata_syntax import statements
from negeig.automata.formats.text import Edges, same_number
from negeig.automata.machines.machine import Machine
from negeig.automata.machines.size import check_size
from negeig.automata.problems import Problems, shown
from negeig.claims import InputError, Letter

SECTION = "@NFA-explicit"
BITS = "@NFA-bits"
SECTIONS = (SECTION, BITS, "@NFA")
SETTINGS = ("Alphabet", "States", "Initial", "Final", "Epsilon")
SCHEMES = ("auto", "enum", "marked", "chars", "utf", "utf-8", "numbers")

FADO = re.compile(r"@(DFA|NFA|SFT|FT|CFG|RE)\Z")

BARE = re.compile(r'[^\s"&|!()\[\]#\\%@]+')


def parse(text: str, name: str, max_states: int = 100_000) -> tuple[Machine, Notices]:
    r"""Read a machine from Mata's format; see the module for what is read.

    Raises
    ------
    InputError
        Every problem, with its line and column.
    LimitReached
        More than ``max_states`` states.

    Examples
    --------
    >>> parse("@NFA-explicit\n%Initial p\n%Final q\np a q\nq a p", "odd.mata")
    (Machine(2 states over a), ())
    >>> parse("@AFA-bits", "m.mata")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    negeig.claims.InputError: m.mata: line 1, column 1: "@AFA-bits" is not read, only ...
    """
    problems = Problems(name)
    settings, edges, formulas, bare = _section(text, problems)
    silent = {token.text for token in _listed(settings.get("Epsilon", []), problems)}
    initial = _listed(settings.get("Initial", []), problems)
    final, negated = _final(settings.get("Final", []), problems)
    found = [
        *_places(initial),
        *zip(edges.states, edges.state_places, strict=True),
        *_places(final),
    ]
    states = _names("States", settings, found, problems)
    notices: Notices = ()
    if formulas is None:
        listed = {token.text for token in settings.get("Alphabet", [])}
        marked = {token.text for token in (*initial, *final)}
        notices = check_letters(edges, bare, listed, marked, silent, problems)
    labels = list(zip(edges.labels, edges.label_places, strict=True))
    if formulas is not None:
        labels = [(t.text, t.place) for formula in formulas.values() for t in variables(formula)]
    letters = _names("Alphabet", settings, [x for x in labels if x[0] not in silent], problems)
    alphabet = [letter for letter in letters if letter not in silent]
    if not problems and not initial:
        problems.add("no initial state: add a line '%Initial q'")
    if not problems and not alphabet:
        problems.add("the alphabet is empty: there is no edge with a letter")
    if formulas is not None and silent:
        problems.add(f"%Epsilon is not read in {BITS}")
    if problems:
        raise problems.error()

    if formulas is None:
        by_letter = {letter: i for i, letter in enumerate(alphabet)}
        columns = [[by_letter.get(label, MISSING)] for label in edges.labels]
    else:
        check_size(len(states), 1 << min(len(alphabet), 60), max_states, name)
        notices = (f"letters are vectors of the bits {', '.join(alphabet)[:100]}, in this order",)
        bits = {bit: i for i, bit in enumerate(alphabet)}
        columns = _columns(edges, formulas, bits, max_states, problems)
        alphabet = [f"{letter:0{len(bits)}b}" for letter in range(1 << len(bits))]
    check_size(len(states), len(alphabet), max_states, name)
    numbers = {state: i for i, state in enumerate(states)}
    of_edges = [numbers[state] for state in edges.states]
    table, choices = tabulate(
        len(states),
        len(alphabet),
        (
            (of_edges[p], column, of_edges[q])
            for p, x, q in edges.triples()
            for column in columns[x]
            if column != MISSING
        ),
    )
    listed = {token.text for token in final}
    machine, further = complete(
        name,
        alphabet=alphabet,
        table=table,
        choices=choices,
        initial=list(dict.fromkeys(numbers[token.text] for token in initial)),
        outputs=[int((state in listed) != negated) for state in states],
        max_states=max_states,
        epsilon=[
            (of_edges[p], of_edges[q]) for p, x, q in edges.triples() if columns[x] == [MISSING]
        ],
    )
    return machine, notices + further


def _columns(
    edges: Edges,
    formulas: Mapping[str, list[Token]],
    bits: Mapping[str, int],
    max_states: int,
    problems: Problems,
) -> list[list[int]]:
    """Return for each formula the letters that satisfy it."""
    columns: list[list[int]] = []
    check_size(1, len(edges.labels) << len(bits), max_states, problems.source)
    for label in edges.labels:
        try:
            columns.append(satisfying(formulas[label], bits))
        except ValueError as error:
            problems.add(str(error))
    if problems:
        raise problems.error()
    used = sum(len(columns[x]) for _, x, _ in edges.triples())
    check_size(1, used, max_states, problems.source)
    return columns


def dumps(machine: Machine) -> str:
    r"""Write an acceptor in Mata's format, which :func:`parse` reads back as an equal machine.

    Raises InputError when an output is not 0 or 1.

    Examples
    --------
    >>> print(dumps(Machine(alphabet=["a", " "], transitions=[[1, 0], [1, 0]], initial=0,
    ...                     outputs=[0, 1])))
    @NFA-explicit
    %Alphabet-auto
    %Initial q0
    %Final q1
    q0 a q1
    q0 " " q0
    q1 a q1
    q1 " " q0
    """
    if not machine.is_acceptor:
        raise InputError(
            "Mata",
            "the format has no outputs, only final states; write negeig JSON, DOT, JFLAP or CSV",
        )
    rows = machine.transitions.tolist()
    order = [machine.initial, *(q for q in range(machine.size) if q != machine.initial)]
    appearing = dict.fromkeys([machine.initial, *(t for q in order for t in (q, *rows[q]))])
    quoted = same_number(machine.alphabet) is not None
    labels = [_written(letter, quoted) for letter in machine.alphabet]
    lines = [SECTION, "%Alphabet-auto"]
    if list(appearing) != list(range(machine.size)):
        lines.append("%States-enum " + " ".join(f"q{q}" for q in range(machine.size)))
    lines.append(f"%Initial q{machine.initial}")
    final = [f"q{q}" for q, output in enumerate(machine.outputs) if output]
    if final:
        lines.append("%Final " + " ".join(final))
    lines += [f"q{q} {x} q{t}" for q in order for x, t in zip(labels, rows[q], strict=True)]
    return "\n".join(lines)


def _written(letter: Letter, quoted: bool) -> str:
    """Return a letter alone or, where it must be or means something, in quotes."""
    quoted = quoted or not letter.isprintable() or symbols.means_something(letter, drawn=True)
    if not quoted and BARE.fullmatch(letter):
        return letter
    return '"' + "".join(map(_escaped, letter)) + '"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    return character if character.isprintable() else f"\\u{{{ord(character):x}}}"


def _places(tokens: list[Token]) -> Iterator[tuple[str, str]]:
    return ((token.text, token.place) for token in tokens)


def _names(
    setting: str,
    settings: dict[str, list[Token]],
    found: Iterable[tuple[str, str]],
    problems: Problems,
) -> dict[str, None]:
    """Return names as a setting lists them, or else as they appear, each with its place."""
    if setting not in settings:
        return {name: None for name, _ in found}
    names = {token.text: None for token in settings[setting]}
    for name, place in found:
        if name not in names:
            problems.add(f"{place}{shown(name)} is not in %{setting}-enum")
    return names


def _section(
    text: str, problems: Problems
) -> tuple[dict[str, list[Token]], Edges, dict[str, list[Token]] | None, dict[str, str]]:
    """Return the values of each setting, the edges, their formulas over bits, and bare letters.

    Bare letters stand without quotes; each with the place of the first.
    """
    settings: dict[str, list[Token]] = {}
    edges = Edges()
    bare: dict[str, str] = {}
    found = statements(text, problems)
    head, *rest = next(found, [Token("", "name", "line 1, column 1: ")])
    if head.text not in SECTIONS or rest:
        what = shown(" ".join([head.text, *(token.text for token in rest)]))
        kind = head.text.startswith("@") and not rest
        problems.add(
            f"{head.place}{what} is not read, only {', '.join(SECTIONS)}"
            + ("; FAdo's files have other edges" if FADO.match(head.text) else "")
            if kind or FADO.match(head.text)
            else f"{head.place}expected the section {SECTION}, found {what}"
        )
        raise problems.error()
    formulas: dict[str, list[Token]] | None = {} if head.text == BITS else None
    for line in found:
        first = line[0]
        special = first.text[:1] if first.kind == "name" else ""
        if special == "@":
            problems.add(f"{first.place}a second section; a file holds one machine")
            break
        misplaced = [t for t in line[1:] if t.kind == "name" and re.search(r"\A%|[@\[\]]", t.text)]
        problems.extend(
            len(misplaced), (f"{t.place}{shown(t.text)} must be in quotes here" for t in misplaced)
        )
        if special == "%":
            _set(settings, first, line[1:], head.text == "@NFA", problems)
        elif formulas is not None and len(line) > 2:
            formula = line[1:-1]
            # Mata's long form has one more '&', before the state.
            if len(formula) > 1 and (formula[-1].kind, formula[-1].text) == ("sign", "&"):
                formula = formula[:-1]
                if has_open_choice(formula):
                    problems.add(
                        f"{first.place}'|' before '&' and the state: put the formula in brackets"
                    )
                    continue
            label = "\0".join(t.kind[0] + t.text for t in formula)
            formulas.setdefault(label, formula)
            ends = list(_places([first, line[-1]]))
            edges.add(ends[0], (label, formula[0].place), ends[1])
        elif edge := _edge(line, problems):
            edges.add(*_places(edge))
            if edge[1].kind == "name":
                bare.setdefault(edge[1].text, edge[1].place)
    return settings, edges, formulas, bare


def _set(
    settings: dict[str, list[Token]],
    key: Token,
    values: list[Token],
    is_vtf: bool,
    problems: Problems,
) -> None:
    """Note a setting; kinds of alphabets and of states other than lists say nothing."""
    setting, _, scheme = key.text[1:].partition("-")
    named = setting in ("Alphabet", "States")
    if is_vtf and key.text == "%Name":
        return
    if is_vtf and key.text in ("%Alphabet", "%States"):
        scheme = "enum"
    if setting not in SETTINGS or (scheme not in SCHEMES if named else scheme):
        known = ", ".join(
            f"%{s}-auto" if s in ("Alphabet", "States") else f"%{s}" for s in SETTINGS
        )
        problems.add(f"{key.place}unknown setting {shown(key.text)}; the settings are {known}")
    elif scheme == "enum":
        signs = [t for t in values if t.kind == "sign"]
        problems.extend(len(signs), (f"{t.place}expected a name, found {t.text!r}" for t in signs))
        settings.setdefault(setting, []).extend(t for t in values if t.kind != "sign")
    elif not named:
        settings.setdefault(setting, []).extend(values)


def _edge(line: list[Token], problems: Problems) -> list[Token]:
    """Return source, letter and target; an ``&`` between letter and target is Mata's long form."""
    names = [token for token in line if token.kind != "sign"]
    if len(names) == 3 and (len(line) == 3 or (len(line) == 4 and line[2].text == "&")):
        return names
    hint = ""
    if len(line) == 2:
        hint = "; for the empty word, name a letter in %Epsilon"
    elif len(names) < len(line):
        hint = "; formulas are not read, and a letter with &|!() must be in quotes"
    problems.add(f"{line[0].place}expected 'state letter state', found {len(line)} tokens{hint}")
    return []


def _listed(tokens: Iterable[Token], problems: Problems) -> list[Token]:
    """Return the names of a list or a disjunction."""
    names = []
    for token in tokens:
        if token.kind != "sign":
            names.append(token)
        elif token.text != "|":
            problems.add(f"{token.place}expected a list of names, found {token.text!r}")
        if token.kind == "name" and (token.text[0] == "\\" or token.text[-1] == ","):
            problems.add(
                f"{token.place}expected a name, found {shown(token.text)}; names are separated by "
                "spaces, and \\true, \\false stand alone, in %Final"
            )
    return names


def _final(tokens: list[Token], problems: Problems) -> tuple[list[Token], bool]:
    """Return states, and whether it is the others that are final."""
    if len(tokens) == 1 and tokens[0].text in ("\\true", "\\false"):
        return [], tokens[0].text == "\\true"
    if tokens and tokens[0].text == "!":
        for i, token in enumerate(tokens):
            expected = "!" if i % 3 == 0 else "&" if i % 3 == 2 else "a state"
            if (token.text if token.kind == "sign" else "a state") != expected:
                problems.add(f"{token.place}expected {expected} in a conjunction of negations")
                break
        else:
            if len(tokens) % 3 != 2:
                problems.add(
                    f"{tokens[-1].place}a conjunction of negations ends in {tokens[-1][0]}"
                )
        return [token for token in tokens if token.kind != "sign"], True
    return _listed(tokens, problems), False

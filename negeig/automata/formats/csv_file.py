r"""Machines as tables of transitions in CSV.

::

    state,a,b,accepting
    ->even,odd,even,1
    odd,even,odd,0

One row for each state, one column for each letter. ``->`` or ``→`` before a state marks it as
initial. Which states accept is in a last column ``accepting``, of 1 and 0, true and false or yes
and no; or those with ``*`` accept, as in ``->*even``; or a last column ``output`` has a JSON value
or a text for each state. A cell ``state/output`` is a step of a Mealy machine.

An empty cell, ``-`` or ``∅`` is a missing transition, ``{p,q}`` several targets, and the letter
``ε`` the empty word. Cells are separated by commas, or by semicolons or tabs where the first line
has those and no comma. White space around a cell does not count; in a letter ``\uXXXX`` is a
character by its code and ``\\`` a backslash.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from negeig.automata.formats import symbols
from negeig.automata.formats.completion import MISSING, Notices, chosen, complete, tabulate
from negeig.automata.formats.dot_labels import looks_like, output_of
from negeig.automata.formats.json_file import output_problem, written_output
from negeig.automata.formats.mealy import Step, complete_mealy, output_value
from negeig.automata.formats.text import escape, unescape
from negeig.automata.machines.machine import Machine
from negeig.automata.machines.size import check_size
from negeig.automata.problems import Problems, letter_problems, shown
from negeig.claims import InputError, Letter, Output

CORNERS = ("", "state", "states", "q", "δ", "delta")
ACCEPTING = ("accepting", "accept", "accepts", "final")
OUTPUT = ("output", "outputs")
NO_LETTERS = re.compile(
    r"is[ _-]\w+\??|(?:accept(?:ing|ed|s)?|final|initial)(?:[ _-]?states?)?\??|out", re.IGNORECASE
)
"""Heads of columns that tell something else about states than where a letter leads."""
TRUTH = {"1": 1, "true": 1, "yes": 1, "0": 0, "false": 0, "no": 0, "": 0}
NOWHERE = ("", "-", "–", "—", "∅", "{}")
STATE = re.compile(r"(?P<marks>(?:->|→|\*|\s)*)(?P<name>.*)", re.DOTALL)


@dataclass
class Table:
    """What the cells say; steps without output are edges, column MISSING is the empty word."""

    states: dict[str, int] = field(default_factory=dict)
    initial: list[int] = field(default_factory=list)
    starred: set[int] = field(default_factory=set)
    last: list[str] = field(default_factory=list)
    edges: list[tuple[int, int, int]] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)


def parse(
    text: str, name: str, max_states: int = 100_000, accepting: Sequence[str] | None = None
) -> tuple[Machine, Notices]:
    r"""Read a machine from a table; see the module for the conventions.

    Parameters
    ----------
    accepting : sequence of str, optional
        Names of the accepting states, for a table that marks none.

    Raises
    ------
    InputError
        Every problem, with its line and cell.
    LimitReached
        More than ``max_states`` states.

    Examples
    --------
    >>> parse("state,a\n->p,q\n*q,p", "odd.csv")
    (Machine(2 states over a), ())
    """
    problems = Problems(name)
    header, rows = _rows(text, name)
    letters, kind = _letters(header, problems)
    notices: Notices = ()
    if None in letters:
        notices = (f"column {shown(header[letters.index(None) + 1])} was read as the empty word",)
    columns = {letter: i for i, letter in enumerate(x for x in letters if x is not None)}
    table = _table(rows, len(header), kind, problems)
    check_size(len(table.states), max(1, len(columns)), max_states, name)
    if not problems:
        places = [MISSING if letter is None else columns[letter] for letter in letters]
        _fill(table, rows, places, problems)
    outputs = _outputs(table, kind, accepting, problems)
    if not table.initial and not problems:
        problems.add("no initial state: write '->' before one, as in '->q0'")
    if problems:
        raise problems.error()
    if table.steps:
        return complete_mealy(
            name,
            alphabet=list(columns),
            states=list(table.states),
            steps=table.steps,
            initial=table.initial,
            max_states=max_states,
        )
    found, choices = tabulate(
        len(table.states), len(columns), (edge for edge in table.edges if edge[1] != MISSING)
    )
    machine, further = complete(
        name,
        alphabet=list(columns),
        table=found,
        choices=choices,
        initial=table.initial,
        outputs=outputs,
        max_states=max_states,
        epsilon=[(source, target) for source, place, target in table.edges if place == MISSING],
    )
    return machine, notices + further


def dumps(machine: Machine) -> str:
    r"""Write a machine as a table that :func:`parse` reads back as an equal machine.

    Raises InputError when an output is no JSON value.

    Examples
    --------
    >>> print(dumps(Machine(alphabet=["a", ","], transitions=[[1, 0], [1, 0]], initial=0,
    ...                     outputs=[0, 1])))
    state,a,",",accepting
    ->q0,q1,q0,0
    q1,q1,q0,1
    """
    is_acceptor = machine.is_acceptor
    doubtful = symbols.ambiguous(
        [symbols.ITSELF if _means_something(letter) else letter for letter in machine.alphabet]
    )
    letters = [
        escape(letter, letter) if _means_something(letter) or letter in doubtful else escape(letter)
        for letter in machine.alphabet
    ]
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["state", *letters, "accepting" if is_acceptor else "output"])
    for q, row in enumerate(machine.transitions.tolist()):
        mark = "->" if q == machine.initial else ""
        output = written_output(machine.outputs[q])
        writer.writerow([f"{mark}q{q}", *(f"q{target}" for target in row), output])
    return stream.getvalue().removesuffix("\n")


def _is_list(cell: str, header: Collection[str]) -> bool:
    """Whether the head of a column may be several letters, or a letter with an output."""
    words = cell.split()
    is_split = any(sign in cell for sign in ",/;") and len(cell) > 1
    return is_split or (len(words) > 1 and all(word in header for word in words))


def _means_something(letter: Letter) -> bool:
    return (
        symbols.means_something(letter)
        or looks_like(letter) is not None
        or _is_list(letter, ())
        or letter.lower() in (*ACCEPTING, *OUTPUT)
        or NO_LETTERS.fullmatch(letter) is not None
    )


def _rows(text: str, name: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Return the first row, and the others with their lines; rows without any cell are left out."""
    first = text.lstrip().partition("\n")[0]
    delimiter = next((d for d in ",;\t" if d in first), ",")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[tuple[int, list[str]]] = []
    try:
        for row in reader:
            cells = [cell.strip(" \t\r\n") for cell in row]
            if any(cells):
                rows.append((reader.line_num, cells))
    except csv.Error as error:
        raise InputError(
            name, f"line {reader.line_num}: not valid CSV: {error}", "bad-file"
        ) from None
    if not rows:
        raise InputError(name, "no cell of the table has anything in it", "bad-file")
    return rows[0][1], rows[1:]


def _letters(header: list[str], problems: Problems) -> tuple[list[Letter | None], str]:
    """Return the letters of the columns, None for the empty word; and what the last column is."""
    corner, *cells = header
    if corner.lower() not in CORNERS:
        problems.add(
            f"line 1, cell 1: expected 'state', found {shown(corner)}; a table has a row for each "
            "state and a column for each letter, and a list of edges is not read"
        )
    kind = ""
    if cells and cells[-1].lower() in ACCEPTING + OUTPUT:
        kind = "accepting" if cells.pop().lower() in ACCEPTING else "output"
    letters: list[Letter | None] = []
    doubtful = symbols.ambiguous([symbols.shape(cell) for cell in cells])
    # Something may go in and out.
    heads = {cell.lower() for cell in cells}
    for place, cell in enumerate(cells, start=2):
        where = f"line 1, cell {place}: "
        looks = symbols.shape(cell)
        if symbols.is_empty_word(looks):
            letters.append(None)
        elif cell.lower() in ACCEPTING + OUTPUT:
            problems.add(f"{where}{shown(cell)} is a column of outputs, which stands last")
        elif NO_LETTERS.fullmatch(looks) and not {"in", looks.lower()} <= heads:
            problems.add(
                f"{where}{shown(cell)} looks like no letter, but like something else about states; "
                "the last column may be 'accepting' or 'output', and '->' marks an initial state; "
                f"{symbols.BY_CODE}"
            )
        elif cell not in symbols.NAMED and (what := looks_like(looks)):
            problems.add(f"{where}{shown(cell)} {what}; {symbols.by_code(cell)}")
        elif looks in doubtful:
            problems.add(f"{where}{shown(cell)} may be {doubtful[looks]}; {symbols.by_code(cell)}")
        elif _is_list(looks, header):
            problems.add(
                f"{where}{shown(cell)} may be one letter or several, or have an output; write a "
                f"column for each letter, and 'state/output' in cells; {symbols.BY_CODE}"
            )
        else:
            try:
                letters.append(symbols.NAMED.get(cell, unescape(cell)))
            except ValueError as error:
                problems.add(f"{where}{error}")
    found = letter_problems([letter for letter in letters if letter is not None])
    problems.extend(len(found), (f"line 1: {problem}" for problem in found))
    if letters.count(None) > 1:
        problems.add("line 1: several columns are the empty word")
    return letters, kind


def _table(rows: list[tuple[int, list[str]]], width: int, kind: str, problems: Problems) -> Table:
    """Return the states with their marks, and the last cells if they are outputs."""
    table = Table()
    for line, cells in rows:
        if len(cells) != width:
            problems.add(f"line {line}: {len(cells)} cells, expected {width}, as in the first line")
            continue
        state = STATE.fullmatch(cells[0])
        name = state["name"] if state else ""
        if not state or name in NOWHERE or name[0] == "{" or name in table.states:
            what = "a second row of state" if name in table.states else "no name of a state in"
            problems.add(f"line {line}, cell 1: {what} {shown(name or cells[0])}")
            continue
        number = table.states[name] = len(table.states)
        if name[-1] in "*)" and name[0] != "(":
            problems.add(
                f"line {line}, cell 1: {shown(name)} may be a name or have a mark; marks stand "
                "before the name, as in ->*q0"
            )
        if "->" in state["marks"] or "→" in state["marks"]:
            table.initial.append(number)
        if "*" in state["marks"]:
            table.starred.add(number)
        if kind:
            table.last.append(cells[-1])
    if not rows:
        problems.add("no states: there is only one line")
    return table


def _fill(
    table: Table, rows: list[tuple[int, list[str]]], places: list[int], problems: Problems
) -> None:
    """Add the edges and steps of every row."""
    plain: tuple[int, int] | None = None
    for source, (line, cells) in enumerate(rows):
        for place, (column, cell) in enumerate(zip(places, cells[1:], strict=False), start=2):
            if cell in NOWHERE:
                continue
            targets, output = _cell(cell, table.states)
            if any(target not in table.states for target in targets):
                problems.add(f"line {line}, cell {place}: {shown(cell)} is no state of the table")
            elif output is None:
                plain = plain or (line, place)
                table.edges += [(source, column, table.states[target]) for target in targets]
            elif column == MISSING:
                problems.add(f"line {line}, cell {place}: an output where no letter is read")
            else:
                table.steps.append((source, column, table.states[targets[0]], output))
    if table.steps and plain:
        problems.add(
            f"line {plain[0]}, cell {plain[1]}: a step without output, but others have one, as in "
            "a Mealy machine: 'state/output'"
        )


def _cell(cell: str, states: Mapping[str, int]) -> tuple[list[str], str | None]:
    """Return the targets of a cell, and its output in a Mealy machine."""
    if cell in states:
        return [cell], None
    if cell.startswith("{") and cell.endswith("}"):
        return [target.strip() for target in re.split("[,;]", cell[1:-1])], None
    try:
        ends = output_of(cell, cell)
    except ValueError:
        ends = None
    return ([cell], None) if ends is None else ([cell[ends[0]]], cell[ends[1]])


def _outputs(
    table: Table, kind: str, accepting: Sequence[str] | None, problems: Problems
) -> list[Output]:
    """Return the output of each state, from the last column, from stars or from the names given."""
    says = [f"a column {kind}"] if kind else []
    says += ["stars"] * bool(table.starred) + ["outputs of steps"] * bool(table.steps)
    says += ["--accepting"] * (accepting is not None)
    if len(says) > 1:
        problems.add(f"{' and '.join(says)} say what states accept or put out; only one may")
    elif not says and not problems:
        problems.add(
            "no state accepts and none has an output; add a column 'accepting' of 1 and 0, or name "
            "states: --accepting q1,q2"
        )
    if accepting is not None:
        return chosen(accepting, table.states, problems)
    if kind == "output":
        outputs = [output_value(cell) for cell in table.last]
        for state, output in zip(table.states, outputs, strict=True):
            if problem := output_problem(output):
                problems.add(f"output of state {shown(state)}: {problem}")
        return outputs
    if kind:
        for state, cell in zip(table.states, table.last, strict=True):
            if cell.lower() not in TRUTH:
                problems.add(f"state {shown(state)}: accepting is {shown(cell)}, expected 1 or 0")
        return [TRUTH.get(cell.lower(), 0) for cell in table.last]
    return [int(q in table.starred) for q in range(len(table.states))]

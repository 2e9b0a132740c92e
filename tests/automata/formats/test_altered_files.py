"""Files of other tools with a part dropped, doubled or renamed, against plain readers.

Each altered file is refused, or read as a reader of a few lines reads it. The readers share nothing
with negeig: DOT is parsed by pydot and XML by ElementTree.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from xml.etree import ElementTree

import pydot
import pytest

from negeig.automata.formats import files
from negeig.automata.machines.machine import Machine
from negeig.claims import InputError, Output
from support.paths import DATA

FOLDER = DATA / "formats"

# pydot calls pyparsing by names that pyparsing has since changed.
pytestmark = pytest.mark.filterwarnings(
    "ignore:'\\w+' (deprecated|argument is deprecated):DeprecationWarning"
)
EMPTY = {"ε", "ɛ", "@epsilon", "epsilon", "<eps>", "@0@", "tau", '"tau"', "i", ""}


@dataclass
class Plain:
    """An automaton as a plain reader sees it; outputs of states or of edges, or final states."""

    initial: set[str] = field(default_factory=set)
    edges: list[tuple[str, str | None, str, Output]] = field(default_factory=list)
    final: set[str] = field(default_factory=set)
    outputs: dict[str, Output] = field(default_factory=dict)
    mealy: bool = False

    @property
    def letters(self) -> set[str]:
        return {letter for _, letter, _, _ in self.edges if letter is not None}

    def output(self, word: tuple[str, ...]) -> Output:
        states = self.closure(self.initial)
        last: Output = None
        for letter in word:
            taken = [edge for edge in self.edges if edge[0] in states and edge[1] == letter]
            states = self.closure({edge[2] for edge in taken})
            last = taken[0][3] if taken else None
        if self.mealy:
            return last if not self.final or states & self.final else None
        if self.outputs:
            return self.outputs[next(iter(states))] if states else None
        return int(bool(states & self.final))

    def closure(self, states: set[str]) -> set[str]:
        reached = set(states)
        while more := {q for p, x, q, _ in self.edges if p in reached and x is None} - reached:
            reached |= more
        return reached


def value(text: str) -> Output:
    try:
        return json.loads(text)
    except ValueError:
        return text


def plain_dot(text: str) -> Plain:
    # pydot has no empty statements.
    (graph,) = pydot.graph_from_dot_data(re.sub(r";\s*;", ";", text))
    found = Plain()
    defaults: dict[str, str] = {}
    nodes: dict[str, dict[str, str]] = {}

    def unquoted(given: dict[str, str]) -> dict[str, str]:
        return {k: str(v).strip('"') for k, v in given.items()}

    def note(name: str) -> str:
        name = name.strip('"')
        nodes.setdefault(name, dict(defaults))
        return name

    # pydot keeps nodes and edges apart; their sequence numbers bring them together again.
    parts = [*graph.get_node_list(), *graph.get_edge_list()]
    assert not graph.get_subgraph_list()
    for part in sorted(parts, key=lambda part: part.get_sequence()):
        if isinstance(part, pydot.Edge):
            ends = [note(end) for end in (part.get_source(), part.get_destination())]
            label = unquoted(part.get_attributes()).get("label", "")
            found.edges.append((ends[0], label, ends[1], None))
        elif part.get_name() == "node":
            defaults |= unquoted(part.get_attributes())
        elif part.get_name() not in ("edge", "graph"):
            nodes[note(part.get_name())] |= unquoted(part.get_attributes())
    targets = {edge[2] for edge in found.edges}
    hidden = {
        name
        for name, given in nodes.items()
        if name not in targets
        and (
            name.startswith("__start")
            or (name.startswith(("starting_", "init")) and given.get("label") == "")
            or given.get("shape", "").lower() in ("point", "none", "plaintext")
            or "invis" in given.get("style", "")
        )
    }
    hidden -= {p for p, label, _, _ in found.edges if label}
    found.initial = {q for p, _, q, _ in found.edges if p in hidden}
    if not found.initial:
        found.initial = {q for q, given in nodes.items() if given.get("style") == "bold"}
    assert found.initial
    edges = [edge for edge in found.edges if edge[0] not in hidden]
    found.mealy = any(re.search(r"\w\s*/\s*\w", label or "") for _, label, _, _ in edges)
    found.edges = []
    for p, label, q, _ in edges:
        assert label
        if found.mealy:
            letter, output = label.split(" / " if " / " in label else "/")
            found.edges.append((p, letter.strip(), q, value(output.strip())))
            continue
        for piece in label.split(","):
            whole = piece.strip()
            letter = whole.split(":")[0] if ":" in whole[1:] else whole
            assert whole in (letter, f"{letter}:{letter}")
            found.edges.append((p, None if letter in EMPTY else letter, q, None))
    states = [name for name in nodes if name not in hidden]
    for name in states:
        given = nodes[name]
        label = given.get("label", "")
        if given.get("shape") == "doublecircle" or given.get("peripheries") == "2":
            found.final.add(name)
        if cut := re.fullmatch(r"\{?(?:[^|]+\||.* / |[^/]+/)([^|]*?)\}?", label):
            found.outputs[name] = value(cut[1].strip())
    assert found.mealy or bool(found.outputs) != bool(found.final)
    assert not found.outputs or len(found.outputs) == len(states)
    return found


def plain_att(text: str) -> Plain:
    found = Plain()
    lines = [line.split() for line in text.splitlines() if line.strip()]
    edges = [line for line in lines if len(line) > 2]
    found.initial = {lines[0][0]}
    found.final = {line[0] for line in lines if len(line) < 3 and line[1:] != ["Infinity"]}
    numeric = all(line[2].isdigit() for line in edges)
    found.mealy = any(len(line) > 3 and line[3] not in (line[2], "0.000000") for line in edges)
    for line in edges:
        empty = line[2] in EMPTY or (numeric and line[2] == "0")
        letter = None if empty else {"@_SPACE_@": " "}.get(line[2], line[2])
        assert len(line) < 5 or float(line[4]) == 0
        found.edges.append((line[0], letter, line[1], value(line[3]) if found.mealy else None))
    return found


def plain_mata(text: str) -> Plain:
    found = Plain()
    listed: list[str] = []
    for line in text.splitlines():
        words = re.findall(r'"(?:[^"\\]|\\.)*"|[^\s"]+', line.split(" #")[0])
        words = [re.sub(r"\\([\"\\])", r"\1", w[1:-1]) if w[0] == '"' else w for w in words]
        if not words or words[0][0] == "@":
            continue
        if words[0].startswith("%Initial"):
            found.initial |= set(words[1:])
        elif words[0].startswith("%Final"):
            found.final |= set(words[1:])
        elif words[0] == "%Alphabet":
            listed += words[1:]
        elif words[0][0] != "%":
            p, x, q = words
            found.edges.append((p, x, q, None))
    found.edges += [("nowhere", letter, "nowhere", None) for letter in listed]
    return found


def plain_aut(text: str) -> Plain:
    head, *rest = [line for line in text.splitlines() if line.strip()]
    initial, _, states = re.findall(r"\d+", head)
    found = Plain(initial={initial}, final={str(q) for q in range(int(states))})
    for line in rest:
        cut = re.fullmatch(r'\(\s*(\d+)\s*,\s*("?)(.*)\2\s*,\s*(\d+)\s*\)', line)
        assert cut
        letter = cut[3] if cut[2] else cut[3].strip()
        silent = letter in ("i", "tau")
        found.edges.append((str(int(cut[1])), None if silent else letter, str(int(cut[4])), None))
    return found


def plain_ba(text: str) -> Plain:
    found = Plain()
    for line in map(str.strip, text.strip().splitlines()):
        if not line:
            continue
        if "->" in line:
            letter, ends = line.split(",")
            p, q = ends.split("->")
            found.initial = found.initial or {p}
            found.edges.append((p, letter, q, None))
        else:
            (found.final if found.edges else found.initial).add(line)
    found.final = found.final or {end for edge in found.edges for end in (edge[0], edge[2])}
    return found


def plain_csv(text: str) -> Plain:
    found = Plain()
    delimiter = ";" if ";" in text.splitlines()[0] else ","
    head, *rows = csv.reader(io.StringIO(text), delimiter=delimiter)
    letters = head[1:-1] if head[-1] == "accepting" else head[1:]
    found.mealy = any("/" in cell for row in rows for cell in row)
    for row in rows:
        state = row[0].lstrip("->→* ")
        if ">" in row[0] or "→" in row[0]:
            found.initial.add(state)
        if "*" in row[0] or (head[-1] == "accepting" and row[-1] == "yes"):
            found.final.add(state)
        for letter, cell in zip(letters, row[1:], strict=False):
            for target in cell.strip("{}").split(","):
                name, _, output = target.partition("/")
                if name:
                    x = None if letter == "ε" else letter
                    found.edges.append((state, x, name, value(output)))
    found.edges += [("nowhere", x, "nowhere", None) for x in letters if x != "ε"]
    return found


def plain_jff(text: str) -> Plain:
    root = ElementTree.fromstring(text)
    found = Plain(mealy=root.findtext("type") == "mealy")
    for state in root.iter("state"):
        name = state.attrib["id"]
        if state.find("initial") is not None:
            found.initial.add(name)
        if state.find("final") is not None:
            found.final.add(name)
    for number, edge in enumerate(root.iter("transition")):
        p, q, read = (edge.findtext(part) or "" for part in ("from", "to", "read"))
        output = value(edge.findtext("transout") or "")
        if cut := re.fullmatch(r"\[(.)-(.)\]", read):
            codes = range(ord(cut[1]), ord(cut[2]) + 1)
            found.edges += [(p, chr(code), q, None) for code in codes]
        elif found.mealy or len(read) < 2:
            found.edges.append((p, read or None, q, output))
        else:
            path = [p, *(f"{number}.{i}" for i in range(len(read) - 1)), q]
            found.edges += [(path[i], x, path[i + 1], None) for i, x in enumerate(read)]
    return found


def plain_json(text: str) -> Plain:
    given = json.loads(text)
    found = Plain({str(given["initial_state"])}, final=set(map(str, given["final_states"])))
    for p, row in given["transitions"].items():
        for letter, cell in row.items():
            for q in cell if isinstance(cell, list) else [cell]:
                found.edges.append((p, letter or None, str(q), None))
    found.edges += [("nowhere", letter, "nowhere", None) for letter in given["input_symbols"]]
    return found


PLAIN: dict[str, Callable[[str], Plain]] = {
    ".dot": plain_dot,
    ".att": plain_att,
    ".fsm": plain_att,
    ".mata": plain_mata,
    ".vtf": plain_mata,
    ".aut": plain_aut,
    ".ba": plain_ba,
    ".csv": plain_csv,
    ".jff": plain_jff,
    ".json": plain_json,
}


def altered(text: str, suffix: str) -> Iterator[str]:
    """Yield the text with a line or a word dropped or doubled, or a word renamed."""
    yield text
    lines = text.splitlines(keepends=True)
    for i in range(len(lines)):
        yield "".join(lines[:i] + lines[i + 1 :])
        yield "".join(lines[:i] + lines[i : i + 1] + lines[i:])
        yield "".join(lines[:i] + lines[i + 1 :] + lines[i : i + 1])
    words = list(re.finditer(r"\w+|[^\w\s;>-]", text))
    names = list(dict.fromkeys(word[0] for word in words if word[0].isalnum()))[:4]
    for word in words:
        twice = word[0] + " " + word[0] if word[0].isalnum() else ""
        # ElementTree takes a colon for a namespace.
        colon = ":" if suffix != ".jff" else "."
        for other in ("", twice, "x", "/", "|", colon, *names):
            yield text[: word.start()] + other + text[word.end() :]


def readable() -> list[Path]:
    found = []
    for path in sorted(FOLDER.iterdir()):
        if path.suffix in PLAIN and path.name != "mata-bits.mata":
            try:
                files.read(str(path))
            except InputError:
                continue
            found.append(path)
    return found


def difference(machine: Machine, plain: Plain) -> str | None:
    """Say where they differ: in letters, or on a word of at most four."""
    if set(machine.alphabet) != plain.letters:
        return f"letters {machine.alphabet}, plainly {plain.letters}"
    for length in range(5 if len(machine.alphabet) < 4 else 4):
        for word in product(machine.alphabet, repeat=length):
            ours, theirs = machine.output(word), plain.output(word)
            if ours != theirs:
                return f"{word}: {ours!r}, plainly {theirs!r}"
    return None


def check(path: Path, step: int) -> tuple[int, int]:
    """Compare every so many altered files; return how many were read and how many refused."""
    read = refused = 0
    text = path.read_text(encoding="utf-8")
    for changed in list(dict.fromkeys(altered(text, path.suffix)))[::step]:
        try:
            machine, _ = files.parse(changed.encode(), path.name)
        except InputError:
            refused += 1
            continue
        plain = PLAIN[path.suffix](changed)
        assert difference(machine, plain) is None, changed
        read += 1
    return read, refused


@pytest.mark.parametrize("path", readable(), ids=lambda path: path.name)
def test_some_altered_files(path: Path) -> None:
    assert sum(check(path, 31)) >= 3


@pytest.mark.exhaustive
@pytest.mark.parametrize("path", readable(), ids=lambda path: path.name)
def test_every_altered_file(path: Path) -> None:
    assert min(check(path, 1)) >= 5

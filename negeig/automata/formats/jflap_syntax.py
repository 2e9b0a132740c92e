"""The XML of JFLAP files: the elements that say something, with their places.

These files may come from anyone: document types, and with them all entities, are refused, and the
depth is limited. An element that no finite automaton, Moore or Mealy machine of JFLAP 7 has is
noted: it may change the machine.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple, NoReturn
from xml.parsers import expat

from negeig.automata.problems import MOST_SHOWN, Problems
from negeig.claims import InputError

DEEPEST_ELEMENT = 30
"""Elements may be nested this deep; JFLAP's go to 5."""

PARTS = {
    "structure": ("type",),
    "alphabet": ("letter",),
    "state": ("initial", "final", "output"),
    "transition": ("from", "to", "read", "transout"),
}
"""The elements whose text or presence says something, by the element they are in."""

SILENT = {
    "structure": ("automaton", "alphabet", "state", "transition", "note"),
    "automaton": ("alphabet", "state", "transition", "note"),
    "alphabet": (),
    "state": ("x", "y", "label", "note"),
    "transition": ("controlx", "controly", "control", "note"),
}
"""The elements that are read on their own or only draw, by the element they are in."""


class Part(NamedTuple):
    """The text of an element, and its place as messages begin with it."""

    text: str
    place: str


@dataclass(slots=True)
class Element:
    """An element that has parts: its place, its ``id`` where it has one, and its parts by name."""

    place: str
    key: str | None = None
    parts: dict[str, list[Part]] = field(default_factory=dict)

    def part(self, name: str, problems: Problems) -> Part | None:
        """Return the only part of a name, or None; a second one is a problem."""
        found = self.parts.get(name, [])
        if len(found) > 1:
            problems.add(f"{found[1].place}a second <{name}>")
        return found[0] if found else None


def read(text: str, name: str) -> tuple[dict[str, list[Element]], list[str]]:
    """Return the elements that have parts, by name, and what is wrong with other elements.

    Raises
    ------
    InputError
        The first violation of XML's rules, a document type, or no file of JFLAP 7.

    Examples
    --------
    >>> elements, unknown = read("<structure><type>fa</type></structure>", "m.jff")
    >>> elements["structure"][0].parts["type"][0].text, unknown
    ('fa', [])
    """
    reader = _Reader(name)
    return reader.read(text), reader.unknown


class _Reader:
    """Collects the elements that have parts from expat's events."""

    def __init__(self, name: str) -> None:
        self.name = name
        # Elements that JFLAP's automata do not have, as messages name them.
        self.unknown: list[str] = []
        self.elements: dict[str, list[Element]] = {kind: [] for kind in PARTS}
        self.open: list[tuple[str, Element | None]] = []
        # Of the part that is being read.
        self.text: list[str] | None = None
        self.place = ""
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self.document_type
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.characters

    def read(self, text: str) -> dict[str, list[Element]]:
        try:
            self.parser.Parse(text, True)
        except expat.ExpatError as error:
            what = expat.errors.messages[error.code]
            place = f"line {error.lineno}, column {error.offset + 1}"
            raise InputError(self.name, f"{place}: not valid XML: {what}", "bad-file") from None
        return self.elements

    def here(self) -> str:
        parser = self.parser
        return f"line {parser.CurrentLineNumber}, column {parser.CurrentColumnNumber + 1}: "

    def fail(self, what: str) -> NoReturn:
        raise InputError(self.name, self.here() + what, "bad-file")

    def document_type(self, *_: object) -> None:
        self.fail("document types are not read, for safety; take the <!DOCTYPE ...> out")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if not self.open and name != "structure":
            self.fail(f"expected <structure>, found <{name[:40]}>")
        if len(self.open) >= DEEPEST_ELEMENT:
            self.fail(f"elements are nested more than {DEEPEST_ELEMENT} deep")
        if not self.open and "label-on" in attributes:
            self.fail("a file of GOAL, which is not read; save it in the BA format, as .ba")
        if not self.open and "type" in attributes:
            self.fail(
                "a file of JFLAP 8, whose panels are not read; open it in JFLAP 7, or draw it "
                "there, and save it as a .jff file"
            )
        parent, owner = self.open[-1] if self.open else ("", None)
        element = None
        if name in PARTS and parent in ("", "structure", "automaton"):
            element = Element(self.here(), attributes.get("id"))
            self.elements[name].append(element)
        elif owner and name in PARTS[parent]:
            self.text, self.place = [], self.here()
        elif parent in SILENT and name not in SILENT[parent] and self.is_read():
            self.note_unknown(name, parent)
        self.open.append((name, element))

    def is_read(self) -> bool:
        """Whether the innermost element is one whose parts are read, not one within a note."""
        path = [name for name, _ in self.open]
        return path[:1] == ["structure"] and len(path) <= 3 and "note" not in path

    def note_unknown(self, name: str, parent: str) -> None:
        # One more than is shown, so that the message says there are more.
        if len(self.unknown) <= MOST_SHOWN:
            self.unknown.append(
                f"{self.here()}<{name[:40]}> in a <{parent}> is not of a finite automaton, Moore "
                "or Mealy machine of JFLAP 7, and may change the machine; take it out"
            )

    def characters(self, text: str) -> None:
        # Text of elements within a part is not the part's.
        if self.text is not None and self.open[-2][1]:
            self.text.append(text)

    def end(self, name: str) -> None:
        self.open.pop()
        owner = self.open[-1][1] if self.open else None
        if self.text is not None and owner:
            owner.parts.setdefault(name, []).append(Part("".join(self.text), self.place))
            self.text = None

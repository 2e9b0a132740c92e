"""The XML of JFLAP files: the elements that say something, with their places.

These files may come from anyone: document types, and with them all entities, are refused, and the
depth is limited. An element that no finite automaton, Moore or Mealy machine of JFLAP 7 has is
noted: it may change the machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
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


ATTRIBUTES = {"state": ("id", "name"), "automaton": ("id", "name"), "transition": ("id",)}
"""The attributes of elements that are read."""

TEXTS = ("read", "output", "transout", "letter")
"""The parts in which white space counts, unless it is indentation."""


class Part(NamedTuple):
    """The text of an element, its place as messages begin with it, whether it was indented."""

    text: str
    place: str
    indented: bool = False


@dataclass(slots=True)
class Element:
    """An element that has parts: its place, its ``id`` where it has one, and its parts by name."""

    place: str
    key: str | None = None
    parts: dict[str, list[Part]] = field(default_factory=dict)

    def every_part(self) -> Iterator[Part]:
        """Yield all parts."""
        return chain.from_iterable(self.parts.values())

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
        # Whether each character of it was written by its code, which the bytes of the file tell.
        self.coded: list[bool] = []
        self.data = b""
        self.automata = 0
        self.parser = expat.ParserCreate("utf-8")
        self.parser.StartDoctypeDeclHandler = self.document_type
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.characters

    def read(self, text: str) -> dict[str, list[Element]]:
        try:
            self.data = text.encode()
            self.parser.Parse(self.data, True)
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
            self.fail(
                f"expected <structure>, found <{name[:40]}>: this is XML of another kind than "
                "JFLAP's, which is not read"
            )
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
        self.automata += name == "automaton"
        if name == "automaton" and self.automata > 1:
            self.note(f"a second <{name}>; a file holds one machine")
        if self.text is not None:
            self.note(f"<{name[:40]}> within <{parent[:40]}>, which holds text alone")
        elif self.is_read():
            self.check_attributes(name, parent, attributes)
        if (
            name in PARTS
            and parent in ("", "structure", "automaton")
            and (name != "structure" or not parent)
        ):
            element = Element(self.here(), attributes.get("id"))
            self.elements[name].append(element)
        elif owner and name in PARTS[parent]:
            self.text, self.coded, self.place = [], [], self.here()
        elif parent in SILENT and name not in SILENT[parent] and self.is_read():
            self.note_unknown(f"<{name[:40]}>", parent)
        self.open.append((name, element))

    def is_read(self) -> bool:
        """Whether the innermost element is one whose parts are read, not one within a note."""
        path = [name for name, _ in self.open]
        return path[:1] == ["structure"] and len(path) <= 3 and "note" not in path

    def check_attributes(self, name: str, parent: str, attributes: dict[str, str]) -> None:
        """Note attributes that may change the machine, of an element that is read."""
        known = (*ATTRIBUTES.get(name, ()), "xml:space")
        odd = [a for a in attributes if a not in known and not a.startswith("xmlns")]
        if odd and (name in PARTS or name == "automaton" or name in PARTS.get(parent, ())):
            self.note_unknown(f"attribute {odd[0][:40]!r}", name)

    def note_unknown(self, what: str, parent: str) -> None:
        self.note(
            f"{what} in a <{parent}> is not of a finite automaton, Moore or Mealy machine of "
            "JFLAP 7, and may change the machine; take it out"
        )

    def note(self, what: str) -> None:
        # One more than is shown, so that the message says there are more.
        if len(self.unknown) <= MOST_SHOWN:
            self.unknown.append(self.here() + what)

    def characters(self, text: str) -> None:
        if self.text is not None:
            self.text.append(text)
            is_coded = self.data.startswith(b"&", self.parser.CurrentByteIndex)
            self.coded += [is_coded] * len(text)
        elif text.strip() and self.open[-1][0] in SILENT and self.is_read():
            self.note_unknown(f"text {text.strip()[:40]!r}", self.open[-1][0])

    def end(self, name: str) -> None:
        self.open.pop()
        owner = self.open[-1][1] if self.open else None
        if self.text is not None and owner:
            owner.parts.setdefault(name, []).append(self.part(name, "".join(self.text)))
            self.text = None

    def part(self, name: str, text: str) -> Part:
        """Return a part without its indentation; white space that may be a letter is noted."""
        if name not in TEXTS or not text or not (text[0].isspace() or text[-1].isspace()):
            return Part(text, self.place)
        outer = [c.isspace() and not coded for c, coded in zip(text, self.coded, strict=True)]
        start = outer.index(False) if False in outer else len(text)
        end = len(text) - (outer[::-1].index(False) if False in outer else 0)
        around = text[:start] + text[end:]
        is_indented = any(c in "\t\n\r" for c in around)
        if start == len(text) and is_indented:
            self.note(
                f"<{name}> holds line breaks or tabs alone; write <{name}/> for the empty word, "
                "and &#9; or &#10; for a letter"
            )
        elif around and start < len(text) and not is_indented and name in ("read", "letter"):
            self.note(
                f"<{name}> has spaces around {text[start:end][:40]!r}: take them out, or write "
                "&#32; where they are letters"
            )
        return Part(text[start:end], self.place, True) if is_indented else Part(text, self.place)

"""A language as the user names it, and as the machine that it is read into, once."""

from __future__ import annotations

import re
import reprlib
from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike, fspath
from pathlib import PurePath
from typing import Any, Literal, TypeAlias

from negeig.automata.expressions.dialects import SYNTAXES, Syntax
from negeig.automata.machines.machine import Machine
from negeig.claims import DEFAULT_RESOURCES, InputError, Resources

AnyMachine: TypeAlias = Machine | Any
"""A machine, or an automaton of automata-lib or pyformlang, or a graph of networkx, converted."""


@dataclass(frozen=True)
class Language:
    """A task and where it came from.

    Parameters
    ----------
    source : str
        Shown to people: ``"(11)*"``, ``"zoo:sym:5"``, ``"machine.json"``, ``"standard input"``.
    machine : Machine
        Complete, not minimised.
    notices : tuple of str
        What was done to a file's machine, such as completing missing transitions.
    arguments : tuple of str
        What names it on the command line; empty for an object of Python.
    """

    source: str
    machine: Machine
    notices: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True)
class Source:
    """The name of a language: a regular expression, a zoo task, or a file's path.

    ``"-"`` is the file that is standard input. ``syntax`` is that of a regular expression: negeig's
    own, or that of Python's :mod:`re`. ``accepting`` names the accepting states of a file that does
    not say which accept.
    """

    kind: Literal["regex", "zoo", "file"]
    text: str
    syntax: Syntax = "negeig"
    accepting: tuple[str, ...] | None = None

    def letters(self) -> tuple[str, ...]:
        """Return the letters that occur in a regular expression, sorted; perhaps none.

        Raises InputError when it is not one. A zoo task and a file have letters once they are read.

        Examples
        --------
        >>> Source("regex", "[ab].").letters()
        ('a', 'b')
        """
        from negeig.automata.expressions.regex_machine import regex_letters

        return regex_letters(self.text, self.syntax)

    def read(
        self, alphabet: Sequence[str] = (), resources: Resources = DEFAULT_RESOURCES
    ) -> Language:
        """Return the language, a regular expression over further letters too.

        Raises
        ------
        InputError
            An alphabet is given without a regular expression, or accepting states without a file,
            or the text is not valid.
        LimitReached
            The machine would have too many states, or the file too many bytes.

        Examples
        --------
        >>> Source("regex", r"^(ab)+?$", "python").read(["c"]).arguments
        ('--syntax', 'python', '--alphabet', 'c', '^(ab)+?$')
        >>> Source("zoo", "mod:3").read()  # doctest: +NORMALIZE_WHITESPACE
        Language(source='zoo:mod:3', machine=Machine(3 states over 01), notices=(),
                 arguments=('--zoo', 'mod:3'))
        """
        if alphabet and self.kind != "regex":
            raise InputError(
                "language",
                "--alphabet belongs to a regular expression; a zoo task or a file has its own "
                "letters",
                code="usage",
            )
        if self.syntax != "negeig" and self.kind != "regex":
            raise InputError(
                "language",
                "--syntax belongs to a regular expression; there is none",
                code="usage",
            )
        if self.accepting is not None and self.kind != "file":
            raise InputError(
                "language", "--accepting belongs to a file; there is none", code="usage"
            )
        if self.kind == "regex":
            from negeig.automata.expressions.letters import write_letters
            from negeig.automata.expressions.regex_machine import regex_to_machine

            machine = regex_to_machine(self.text, alphabet, resources.max_states, self.syntax)
            syntax = ("--syntax", self.syntax) if self.syntax != "negeig" else ()
            letters = ("--alphabet", write_letters(alphabet)) if alphabet else ()
            text = ("--", self.text) if self.text.startswith("-") else (self.text,)
            notices = (
                *another_reading_notices(self.text),
                *_spelt_out(alphabet, machine.alphabet),
            )
            return Language(self.text, machine, notices, (*syntax, *letters, *text))
        if self.kind == "zoo":
            from negeig.automata.zoo import get

            machine = get(self.text, resources.max_states)
            return Language(f"zoo:{self.text}", machine, arguments=("--zoo", self.text))
        from negeig.automata.formats.files import read, shown_name
        from negeig.automata.formats.text import write_names

        machine, notices = read(
            self.text, resources.max_bytes, resources.max_states, self.accepting
        )
        accepting: tuple[str, ...] = ()
        if self.accepting is not None:
            accepting = ("--accepting", write_names(self.accepting))
        return Language(shown_name(self.text), machine, notices, ("--file", self.text, *accepting))


def _spelt_out(given: Sequence[str], letters: Sequence[str]) -> tuple[str, ...]:
    """Return what is said of letters that are given and together spell one of the expression."""
    whole = "".join(given)
    if len(given) < 2 or whole not in letters:
        return ()
    return (
        f"--alphabet adds the letters {', '.join(dict.fromkeys(given))}; the one letter {whole} "
        f"would be written {whole},",
    )


def another_reading(text: str) -> tuple[str, str] | None:
    """Return the option and its value that an expression is more likely to mean, if it is a name.

    Examples
    --------
    >>> another_reading("mod:3"), another_reading("net.json"), another_reading("(ab)*")
    (('--zoo', 'mod:3'), ('--file', 'net.json'), None)
    >>> another_reading("./net"), another_reading("a./b")
    (('--file', './net'), None)
    """
    from negeig.automata import zoo
    from negeig.automata.formats.files import FORMATS

    if text == "-":
        return "--file", text
    if re.fullmatch(r"(zoo:)?[a-z][a-z0-9-]{2,}(:[\w:,-]+)?", text):
        name = text.removeprefix("zoo:")
        if any(entry.head == name.partition(":")[0] for entry in zoo.entries()):
            return "--zoo", name
    if re.fullmatch(r"[\w./~-]{2,}", text):
        endings = {ending for known in FORMATS for ending in known.extensions}
        is_path = re.match(r"(~|\.{1,2})?/\w", text)
        if is_path or PurePath(text).suffix.lower() in endings:
            return "--file", text
    return None


def another_reading_notices(text: str) -> tuple[str, ...]:
    """Return what is said of an expression that is also the name of a task or of a file."""
    meant = another_reading(text)
    if meant is None:
        return ()
    read = "read as a regular expression"
    if text == "-":
        return (f"{read}, a letter; --file - is standard input",)
    kind = {"--zoo": "task", "--file": "file"}[meant[0]]
    return (f"{read}; {' '.join(meant)} is the {kind} of this name",)


def named(
    regex: str | None = None,
    zoo: str | None = None,
    file: str | None = None,
    syntax: Syntax = "negeig",
    accepting: Sequence[str] | None = None,
) -> Source:
    """Return the one source that is given. Raises InputError for none, and for several."""
    states = None if accepting is None else tuple(accepting)
    given = [
        source
        for source in (
            None if regex is None else Source("regex", regex, syntax, states),
            None if zoo is None else Source("zoo", zoo, syntax, states),
            None if file is None else Source("file", str(file), syntax, states),
        )
        if source is not None
    ]
    if len(given) != 1:
        raise InputError(
            "language",
            "give exactly one of a regular expression, --zoo NAME and --file PATH; "
            + (f"{len(given)} were given" if given else "none was given"),
            code="usage",
        )
    return given[0]


EXPECTED = (
    "a regular expression such as '(11)*', zoo='mod:3', file='machine.json', or a Machine or an "
    "automaton of automata-lib, pyformlang or networkx"
)
"""What a language is given as in Python."""


def language(
    regex: str | AnyMachine | None = None,
    *,
    zoo: str | None = None,
    file: str | PathLike[str] | None = None,
    machine: AnyMachine | None = None,
    alphabet: Sequence[str] = (),
    syntax: Syntax = "negeig",
    accepting: Sequence[str] | None = None,
    resources: Resources = DEFAULT_RESOURCES,
) -> Language:
    """Return the language named by exactly one of a regex, a zoo name, a file or a machine.

    Parameters
    ----------
    regex : str, optional
        A regular expression; or else what ``machine`` takes, or the path of a file as a
        :class:`pathlib.Path`. A language is returned as it is.
    zoo : str, optional
        The name of a zoo task, such as ``"sym:5"``.
    file : str, optional
        The path of a file; ``"-"`` is standard input.
    machine : Machine, optional
        Or an automaton of automata-lib or pyformlang, or a directed graph of networkx with the
        attributes that :meth:`.Machine.to_networkx` gives it.
    alphabet : sequence of str
        Letters beside those that occur in the regular expression.
    syntax : "negeig" or "python"
        Of the regular expression; ``"python"`` is that of :mod:`re`, as :func:`re.fullmatch` reads
        it.
    accepting : sequence of str, optional
        Names of the accepting states of a file that does not say which accept, such as a DOT graph
        without double circles.
    resources : Resources
        Limits on the states of the machine and the bytes of the file.

    Raises
    ------
    InputError
        Not exactly one is given, or one of a wrong type; an alphabet or a syntax is given without
        a regular expression; or the one given is not valid.
    LimitReached
        The machine would have more than ``resources.max_states`` states.

    Examples
    --------
    >>> language("(ab)*").machine
    Machine(3 states over ab)
    """
    if syntax not in SYNTAXES:
        raise InputError("syntax", f"unknown syntax {syntax!r}; known: {', '.join(SYNTAXES)}")
    _check_types(zoo, file, alphabet, accepting, resources)
    given: Any = regex
    if isinstance(given, PathLike):
        given, file = None, _only(file, given)
    elif given is not None and not isinstance(given, str):
        given, machine = None, _only(machine, given)
    if machine is None:
        path = None if file is None else fspath(file)
        if given is None and zoo is None and path is None:
            raise InputError(
                "language", f"give exactly one of {EXPECTED}; none was given", code="usage"
            )
        return named(given, zoo, path, syntax, accepting).read(alphabet, resources)
    if given is not None or zoo is not None or file is not None:
        raise InputError("", "give a machine, or a language, not both")
    if alphabet or accepting is not None or syntax != "negeig":
        raise InputError("language", "a machine has its own letters and accepting states")
    if isinstance(machine, Language):
        return machine
    if isinstance(machine, Machine):
        return Language(source="machine", machine=machine)
    if isinstance(machine, PLAIN):
        raise InputError("language", f"expected {EXPECTED}, found {_shown(machine)}")
    from negeig.automata.formats.interop import from_object

    read, notices = from_object(machine, resources.max_states)
    return Language(source="machine", machine=read, notices=notices)


PLAIN = (bool, int, float, complex, bytes, bytearray, str, list, tuple, set, frozenset, dict)
"""Types of Python's own that are no automaton of any library."""


def _only(other: Any, given: Any) -> Any:
    if other is not None:
        raise InputError("", "give a machine, or a language, not both")
    return given


def _check_types(
    zoo: object, file: object, alphabet: object, accepting: object, resources: object
) -> None:
    """Refuse what is of a wrong type, all of it at once, before anything is read."""
    problems = []
    if not isinstance(zoo, str | None):
        problems.append(f"zoo: expected a name such as 'mod:3', found {_shown(zoo)}")
    if not isinstance(file, str | PathLike | None):
        problems.append(f"file: expected a path such as 'machine.json', found {_shown(file)}")
    for name, letters in (("alphabet", alphabet), ("accepting", accepting)):
        if letters is not None and not isinstance(letters, Sequence):
            problems.append(f"{name}: expected names such as ['a', 'b'], found {_shown(letters)}")
    if not isinstance(resources, Resources):
        problems.append(f"resources: expected a negeig.Resources, found {_shown(resources)}")
    if problems:
        raise InputError("language", problems)


def _shown(value: object) -> str:
    """Return a value of any type as a message shows it: short, with its type."""
    return f"{reprlib.repr(value)} ({type(value).__name__})"

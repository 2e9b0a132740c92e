"""A language as the user names it: a regular expression, a zoo task, or a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from negeig.automata.machines.machine import Machine
from negeig.claims import InputError


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
    """

    source: str
    machine: Machine
    notices: tuple[str, ...] = ()


def resolve(
    regex: str | None = None,
    zoo: str | None = None,
    file: str | None = None,
    *,
    alphabet: Sequence[str] = (),
    max_states: int = 100_000,
    max_bytes: int = 64_000_000,
) -> Language:
    """Return the language that exactly one of the three names.

    Parameters
    ----------
    regex : str, optional
        A regular expression.
    zoo : str, optional
        The name of a zoo task, such as ``"sym:5"``.
    file : str, optional
        The path of a file; ``"-"`` is standard input.
    alphabet : sequence of str
        Letters beside those that occur in the regular expression.
    max_states, max_bytes : int
        Limits on the machine and on the file.

    Raises
    ------
    InputError
        Not exactly one is given, an alphabet is given without a regular expression, or the one
        given is not valid.
    LimitReached
        The machine would have more than ``max_states`` states.

    Examples
    --------
    >>> resolve(zoo="mod:3")
    Language(source='zoo:mod:3', machine=Machine(3 states over 01), notices=())
    """
    given = sum(name is not None for name in (regex, zoo, file))
    if given != 1:
        raise InputError(
            "language",
            "give exactly one of a regular expression, --zoo NAME and --file PATH; "
            + ("none was given" if given == 0 else f"{given} were given"),
            code="usage",
        )
    if alphabet and regex is None:
        raise InputError(
            "language",
            "--alphabet belongs to a regular expression; a zoo task or a file has its own letters",
            code="usage",
        )
    if regex is not None:
        from negeig.automata.expressions.regex_machine import regex_to_machine

        return Language(regex, regex_to_machine(regex, alphabet, max_states))
    if zoo is not None:
        from negeig.automata.zoo import get

        return Language(f"zoo:{zoo}", get(zoo, max_states))
    from negeig.automata.formats.files import read, shown_name

    path = str(file)
    machine, notices = read(path, max_bytes, max_states)
    return Language(shown_name(path), machine, notices)

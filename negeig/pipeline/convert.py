"""``negeig convert``: a language's machine in another file format."""

from __future__ import annotations

from negeig.automata.formats.files import write
from negeig.automata.language import Language


def convert(
    language: Language, path: str, *, format: str | None = None, minimize: bool = False
) -> None:
    """Write a language's machine to a file.

    The format is that of the extension unless named; ``-`` is standard output. Nothing is written
    when the format cannot hold the machine.
    """
    write(language.machine.minimal() if minimize else language.machine, path, format)

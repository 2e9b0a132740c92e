"""``negeig convert``: a language's machine in another file format."""

from __future__ import annotations

from pathlib import PurePath

from negeig.automata.formats.files import FORMATS, named_format, write
from negeig.automata.language import Language
from negeig.claims import InputError
from negeig.pipeline.parts.outputs import check_writable


def convert(
    language: Language, path: str, *, format: str | None = None, minimize: bool = False
) -> None:
    """Write a language's machine to a file.

    Nothing is written when the format cannot hold the machine.

    Raises
    ------
    InputError
        As :func:`check_format` does; the format cannot hold the machine; or the file cannot be
        written.
    """
    check_format(path, format)
    write(language.machine.minimal() if minimize else language.machine, path, format)


def check_format(path: str, format: str | None = None) -> None:
    """Refuse a file to which no machine could be written, before one is made.

    The format is that of the extension unless named; ``-`` is standard output.

    Raises
    ------
    InputError
        The format is not known or not the one that the file's name says, or the file cannot be
        written.
    """
    ending = PurePath(path).suffix
    named = next((known for known in FORMATS if ending.lower() in known.extensions), None)
    if format is None and named is None:
        keys = ", ".join(known.key for known in FORMATS)
        endings = ", ".join(known.extensions[0] for known in FORMATS)
        what = "standard output" if path == "-" else repr(path)
        raise InputError(
            "output",
            f"{what} does not say which format: name one with --to ({keys}), or a file that ends "
            f"in one of {endings}",
            "usage",
        )
    if format is not None and named is not None and named.key != format:
        raise InputError(
            "output",
            f"{path!r} ends in {ending}, as {named.name} does, not {format}: leave out one of "
            "the two, or give another name",
            "usage",
        )
    if format is not None:
        named_format(format)
    if path != "-":
        check_writable(path)

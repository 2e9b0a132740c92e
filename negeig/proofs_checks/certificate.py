"""A certificate as text that others check: lines of canonical JSON, one header and its rows.

The format is described in ``docs/certificates.md``; :mod:`negeig.proofs_checks.checker`, which
shares no code with this package, checks it.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice
from typing import IO, Any

from negeig.claims import Assumption, InputError
from negeig.proofs_checks import checker
from negeig.writing import whole_file

SCHEMA = "negeig.certificate/3"

_ENCODE = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False).encode


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """One claim with what proves it, as others can check it.

    Attributes
    ----------
    kind, claim : str
        Which kind, and what all certificates of the kind claim, in one sentence.
    about, evidence : JSON value
        Without floats: numbers are strings.
    rows : tuple of sequences of lists
        Lists of rows that follow the header, one after the other.
    assumptions : tuple of Assumption
        What has to hold beside, of a program that the claim is about.

    Examples
    --------
    >>> made = Certificate(kind="inequivalence", claim="they differ", about=[], evidence={})
    >>> next(made.lines())
    '{"about":[],"assumptions":[],"claim":"they differ","evidence":{},"kind":"inequivalence",\
"schema":"negeig.certificate/3"}'
    """

    kind: str
    claim: str
    about: Any
    evidence: Any
    rows: tuple[Sequence[Any], ...] = field(default=(), repr=False)
    assumptions: tuple[Assumption, ...] = ()

    def lines(self) -> Iterator[str]:
        """Yield the lines, without their ends. Raises InputError where a value is a float."""
        yield text_of(
            {
                "schema": SCHEMA,
                "kind": self.kind,
                "claim": self.claim,
                "assumptions": [{"id": a.name, "statement": a.statement} for a in self.assumptions],
                "about": without_floats(self.about),
                "evidence": without_floats(self.evidence),
            }
        )
        for rows in self.rows:
            yield from map(_ENCODE, rows)

    @property
    def sha256(self) -> str:
        """Hash of the text, which names it."""
        found = hashlib.sha256()
        for line in self.lines():
            found.update(line.encode() + b"\n")
        return found.hexdigest()


def text_of(value: Any) -> str:
    """Return the canonical text of a JSON value: keys sorted, no spaces, ASCII."""
    return _ENCODE(value)


def readable(made: Certificate) -> Certificate:
    """Return a certificate. Raises InputError where checkers would not read its first line."""
    line = next(made.lines())
    parts = sum(map(line.count, ",[{"))
    if parts > checker.MAX_PARTS or len(line) >= checker.MAX_HEADER:
        raise InputError("certificate", "what it is about is too much for one line")
    return made


def without_floats(value: Any) -> Any:
    """Return a JSON value. Raises InputError where some part of it is a float."""
    if isinstance(value, float):
        raise InputError("certificate", f"an output is {value!r}: certificates have no floats")
    if isinstance(value, dict):
        return {key: without_floats(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [without_floats(part) for part in value]
    return value


def write(path: str, certificates: Iterable[Certificate]) -> int:
    """Write certificates to a file, compressed where its name ends in ``.gz``; how many there were.

    An existing file is replaced by a complete one only. Raises InputError where it cannot be.
    """
    try:
        with whole_file(path) as raw:
            return _write(raw, path, certificates)
    except OSError as error:
        raise InputError(path, f"cannot be written: {error.strerror}") from None


def _write(raw: IO[bytes], path: str, certificates: Iterable[Certificate]) -> int:
    count = 0
    with ExitStack() as stack:
        binary: Any = raw
        if path.endswith(".gz"):  # without the time: equal certificates are equal files
            made = gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=0)
            binary = stack.enter_context(made)
        for certificate in certificates:
            count += 1
            for lines in _blocks(certificate.lines()):
                binary.write(lines)
    return count


def _blocks(lines: Iterator[str]) -> Iterator[bytes]:
    while block := list(islice(lines, 4096)):
        yield "".join(line + "\n" for line in block).encode("ascii")

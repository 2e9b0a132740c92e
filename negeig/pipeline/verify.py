"""``negeig verify``: a certificate checked by the program that shares no code with negeig."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING, Any

from negeig.automata.formats.documents import LONGEST, binary, glance, other_than
from negeig.claims import InputError
from negeig.pipeline.parts.outputs import check_file
from negeig.shown import Shown

if TYPE_CHECKING:
    from negeig.proofs_checks.other_checkers import Other

SMT, BTOR2 = {".smt2": "SMT-LIB", ".smt": "SMT-LIB"}, {".btor2": "BTOR2", ".btor": "BTOR2"}
"""What the names of the files for other checkers may end in."""

EXIT_CODES = {"VERIFIED": 0, "NOT VERIFIED": 1, "MALFORMED": 2}


@dataclass(frozen=True)
class Checked:
    """What the checker says of one certificate of a file.

    ``reason`` is empty where it is verified; ``told`` has what was verified, a label and a text
    each, or what the assumptions say that were not permitted.
    """

    verdict: str
    reason: str
    told: tuple[tuple[str, str], ...]

    def to_json(self) -> dict[str, Any]:
        """Return it as a row of ``negeig.verify/1``."""
        told = [{"label": label, "text": text} for label, text in self.told]
        return {"verdict": self.verdict, "reason": self.reason or None, "told": told}


@dataclass(frozen=True)
class VerifyResult(Shown):
    """What the checker says of a file, certificate by certificate, up to the first that fails.

    ``others`` has what other checkers say of those that are closures, where they were asked;
    ``instead`` what a malformed file is, where it is a document that another command reads.
    """

    file: str
    certificates: tuple[Checked, ...]
    others: tuple[Other, ...] = ()
    instead: str | None = None

    def __repr__(self) -> str:
        n = len(self.certificates)
        return f"VerifyResult({self.verdict}, {n} certificate{'s' * (n != 1)})"

    @property
    def verdict(self) -> str:
        """That of the last certificate: all are verified, or it is the first that is not."""
        return self.certificates[-1].verdict

    @property
    def exit_code(self) -> int:
        """0 all verified, 1 one is not, 2 the file is malformed.

        3 where all are, but a checker that was asked too could be given none of them.
        """
        code = max(EXIT_CODES[one.verdict] for one in self.certificates)
        if any(other.verdict == "NOT VERIFIED" for other in self.others):
            return max(code, 1)
        given = {other.checker: False for other in self.others}
        given |= {other.checker: True for other in self.others if other.verdict != "NO FORM"}
        return code or 3 * (not all(given.values()))

    def to_json(self) -> dict[str, Any]:
        """Return the object of schema ``negeig.verify/1``."""
        rows = [one.to_json() for one in self.certificates]
        document: dict[str, Any] = {
            "schema": "negeig.verify/1",
            "file": self.file,
            "certificates": rows,
        }
        if self.instead is not None:
            document["instead"] = self.instead
        if self.others:
            document["others"] = [other.to_json() for other in self.others]
        return document


def _instead(path: str) -> str | None:
    """Say what a file is that holds no certificate, where another command reads it."""
    try:
        with Path(path).open("rb") as file:
            data = file.read(LONGEST)
    except OSError:  # a pipe that was read to its end
        return None
    other = other_than("certificate", glance(data)) or binary(data)
    return None if other is None else f"{other}; --certificate FILE writes what is read here"


def verify(
    path: str | PathLike[str],
    permit: str | Iterable[str] = (),
    *,
    steps: int | None = None,
    coq: bool = False,
    smt: str | None = None,
    btor2: str | None = None,
) -> VerifyResult:
    """Check the certificates of a file, permitting assumptions: names, in one text or several.

    A file gets ``steps`` of work, by default :data:`negeig.proofs_checks.checker.STEPS`, and more
    for each of its bytes.

    Where all are verified, ``coq`` has Coq check the closures among them; ``smt`` and ``btor2``
    name files in which they are written for SMT solvers and model checkers.

    Runs :mod:`negeig.proofs_checks.checker`, the very file that ``python checker.py`` runs. Raises
    InputError where the file cannot be read, or is ``-``: standard input may never end.

    Examples
    --------
    >>> import tempfile, os
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     name = os.path.join(folder, "empty")
    ...     open(name, "w").close()
    ...     [(one.verdict, one.reason) for one in verify(name).certificates]
    [('MALFORMED', 'line 1: the file is empty')]
    """
    from negeig.proofs_checks import checker

    path = fspath(path)
    permitted = permit.replace(",", " ").split() if isinstance(permit, str) else permit
    if path == "-":
        raise InputError(
            "-", "a certificate is read from a regular file, not from standard input: save it first"
        )
    for option, place, endings in (("--smt", smt, SMT), ("--btor2", btor2, BTOR2)):
        if place is not None:
            check_file(place, endings, option=option)
    try:
        with checker.opened(path) as file:
            found = tuple(
                Checked(verdict, reason, tuple(told))
                for verdict, reason, told in checker.check(
                    file, set(permitted), checker.STEPS if steps is None else steps
                )
            )
    except OSError as error:
        raise InputError(path, f"cannot be read: {error.strerror}") from None
    if found[-1].verdict == "MALFORMED":
        return VerifyResult(path, found, instead=_instead(path))
    asked = coq or smt is not None or btor2 is not None
    if not asked or any(one.verdict != "VERIFIED" for one in found):
        return VerifyResult(path, found)
    from negeig.proofs_checks.other_checkers import other_checks

    return VerifyResult(path, found, other_checks(path, coq=coq, smt=smt, btor2=btor2))

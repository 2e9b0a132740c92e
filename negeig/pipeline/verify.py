"""``negeig verify``: a certificate checked by the program that shares no code with negeig."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from negeig.claims import InputError

EXIT_CODES = {"VERIFIED": 0, "NOT VERIFIED": 1, "MALFORMED": 2}


@dataclass(frozen=True)
class Checked:
    """What the checker says of one certificate of a file.

    ``reason`` is empty where it is verified; ``told`` has what was verified, a label and a text
    each.
    """

    verdict: str
    reason: str
    told: tuple[tuple[str, str], ...]

    def to_json(self) -> dict[str, Any]:
        """Return it as a row of ``negeig.verify/1``."""
        told = [{"label": label, "text": text} for label, text in self.told]
        return {"verdict": self.verdict, "reason": self.reason or None, "told": told}


@dataclass(frozen=True)
class VerifyResult:
    """What the checker says of a file, certificate by certificate, up to the first that fails."""

    file: str
    certificates: tuple[Checked, ...]

    @property
    def exit_code(self) -> int:
        """0 all verified, 1 one is not, 2 the file is malformed."""
        return max(EXIT_CODES[one.verdict] for one in self.certificates)

    def to_json(self) -> dict[str, Any]:
        """Return the object of schema ``negeig.verify/1``."""
        rows = [one.to_json() for one in self.certificates]
        return {"schema": "negeig.verify/1", "file": self.file, "certificates": rows}


def verify(path: str, permit: Iterable[str] = ()) -> VerifyResult:
    """Check the certificates of a file, permitting some assumptions.

    Runs :mod:`negeig.proofs_checks.checker`, the very file that ``python checker.py`` runs. Raises
    InputError where the file cannot be read.

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

    try:
        with Path(path).open("rb") as file:
            found = tuple(
                Checked(verdict, reason, tuple(told))
                for verdict, reason, told in checker.check(file, set(permit))
            )
    except OSError as error:
        raise InputError(path, f"cannot be read: {error.strerror}") from None
    return VerifyResult(path, found)

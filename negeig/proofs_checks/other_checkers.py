"""Certificates of closures, handed from the file to Coq, SMT solvers and model checkers."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal

from negeig.automata.formats import json_file
from negeig.claims import InputError
from negeig.precision.numbers.arithmetic import Arithmetic, parse
from negeig.precision.numbers.formats import FORMATS
from negeig.proofs_checks.closed_table import ClosedTable, closed_table
from negeig.proofs_checks.coq_regions import RegionTable, region_table
from negeig.proofs_checks.runs.subject import arithmetic_json, format_json
from negeig.theory.networks import network_json
from negeig.writing import write_whole


@dataclass(frozen=True)
class Other:
    """What became of one certificate in another checker's hands.

    Parameters
    ----------
    checker : str
    certificate : int
        Its number in the file, from 1.
    verdict : str
        ``VERIFIED``, ``NOT VERIFIED``, ``WRITTEN`` to a file, or ``NO FORM`` for this checker.
    text : str
        Where it was written, or why not.
    """

    checker: Literal["coq", "smt", "btor2"]
    certificate: int
    verdict: Literal["VERIFIED", "NOT VERIFIED", "WRITTEN", "NO FORM"]
    text: str

    def to_json(self) -> dict[str, Any]:
        """Return it as a row of ``negeig.verify/1``."""
        return {
            "checker": self.checker,
            "certificate": self.certificate,
            "verdict": self.verdict,
            "text": self.text,
        }


def other_checks(
    path: str, *, coq: bool = False, smt: str | None = None, btor2: str | None = None
) -> tuple[Other, ...]:
    """Hand the closures of a file of certificates to other checkers, and regions to Coq.

    The file has to be one that :mod:`~.checker` verifies. With several certificates the names of
    the files that are written get their numbers.

    Raises
    ------
    Unavailable
        For Coq, where there is no ``coqc``.
    InputError
        Where a file cannot be written.
    """
    from negeig.proofs_checks.btor2 import btor2 as transition_system
    from negeig.proofs_checks.coq import CLOSURE, REGIONS, Development
    from negeig.proofs_checks.smt import smt as satisfiability

    found: list[Other] = []
    if coq:
        regions = any(header["kind"] == "regions" for header in _headers(path))
        with Development(REGIONS if regions else CLOSURE) as development:
            for n, table in _tables(path):
                text = table if isinstance(table, str) else _text(_theorem, table)
                if not isinstance(text, bytes):
                    found.append(Other("coq", n, "NO FORM", text))
                    continue
                done = development.check(text.decode())
                shown = done.output.strip()
                verdict = "VERIFIED" if done.accepted else "NOT VERIFIED"
                found.append(Other("coq", n, verdict, shown))  # type: ignore[arg-type]
    if smt is not None:
        found += _write("smt", path, smt, lambda t: "\n".join(satisfiability(t)) + "\n")
    if btor2 is not None:
        found += _write("btor2", path, btor2, transition_system)
    return tuple(found)


def _write(checker: Literal["smt", "btor2"], path: str, name: str, form: Any) -> Iterator[Other]:
    texts = [(n, _written(form, table)) for n, table in _tables(path)]
    several = sum(isinstance(text, bytes) for _, text in texts) > 1
    for n, text in texts:
        if not isinstance(text, bytes):
            yield Other(checker, n, "NO FORM", text)
            continue
        place = Path(name)
        target = place.with_name(f"{place.stem}-{n}{place.suffix}") if several else place
        try:
            write_whole(str(target), text)
        except OSError as error:
            raise InputError(str(target), f"cannot be written: {error.strerror}") from None
        yield Other(checker, n, "WRITTEN", str(target))


def _written(form: Any, table: ClosedTable | RegionTable | str) -> bytes | str:
    """Return a closure in a checker's form; regions have none but in Coq."""
    if isinstance(table, RegionTable):
        return "regions have a form for Coq only"
    return table if isinstance(table, str) else _text(form, table)


def _theorem(table: ClosedTable | RegionTable) -> str:
    from negeig.proofs_checks.coq import theorem
    from negeig.proofs_checks.coq_regions import region_theorem

    return region_theorem(table) if isinstance(table, RegionTable) else theorem(table)


def _text(form: Any, table: ClosedTable | RegionTable) -> bytes | str:
    """Return a table in a checker's form, as bytes, or why it has none."""
    try:
        written: str = form(table)
    except InputError as error:
        return str(error)
    return written.encode()


def _headers(path: str) -> Iterator[dict[str, Any]]:
    """Yield the first line of each certificate."""
    with _opened(path) as file:
        for line in file:
            if line.startswith("{"):
                yield json.loads(line)


def _tables(path: str) -> Iterator[tuple[int, ClosedTable | RegionTable | str]]:
    """Yield the number of each certificate, and its table or why there is none."""
    for number, header in enumerate(_headers(path), 1):
        try:
            yield number, _table(header)
        except InputError as error:
            yield number, str(error)


def _table(header: dict[str, Any]) -> ClosedTable | RegionTable:
    """Return the table of what a certificate is about. Raises InputError where there is none."""
    kind, about = header["kind"], header["about"]
    if kind not in ("closure", "regions"):
        raise InputError("", f"kind {kind} has none: closures do, and in Coq regions of one layer")
    network = network_json.loads(json.dumps(about["network"]))
    machine, _ = json_file.parse(json.dumps(about["machine"]), "machine")
    model = arithmetic_of(about["arithmetic"])
    if kind == "regions":
        return region_table(network, machine, model)
    most = header["evidence"]["states"] * machine.size
    return closed_table(network, machine, model, max_states=most)


def _opened(path: str) -> IO[str]:
    with Path(path).open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    return gzip.open(path, "rt") if packed else Path(path).open()


def arithmetic_of(fields: str | dict[str, Any]) -> Arithmetic:
    """Return the arithmetic that a certificate's fields are those of.

    Raises InputError where no name has these fields.

    Examples
    --------
    >>> [arithmetic_of(arithmetic_json(parse(name))).name for name in ("exact", "bf16:acc32")]
    ['exact', 'bf16:acc32']
    """
    if fields == "exact" or isinstance(fields, str):
        return parse(fields)
    if "operands" in fields:
        raise InputError("arithmetic", "that no order of any sum rounds has no form here")
    named = {
        place: next((f.name for f in FORMATS.values() if format_json(f) == fields[place]), "")
        for place in ("operations", "state")
    }
    head = named["state"] if fields["grid"] is None else f"grid:2^-{fields['grid']}"
    wide = named["operations"].removeprefix("fp")
    where = {"letter": f":acc{wide}", "step": f":acc{wide}-step"}.get(fields["rounded"], "")
    where = "" if fields["grid"] is not None else where
    name = head + where + ":fma" * fields["fma"]
    try:
        model = parse(name)
    except InputError:
        model = None
    if model is None or arithmetic_json(model) != fields:
        raise InputError("arithmetic", "its fields are those of none that has a form here")
    return model

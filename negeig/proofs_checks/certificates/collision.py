"""Two words that a network shows no decoder apart in the cast model, and a task does."""

from dataclasses import replace
from typing import Any

from negeig.claims import InputError
from negeig.precision.cast.cast import FormatCast
from negeig.precision.cast.collision import Collision, NetworkAndTask
from negeig.precision.numbers.formats import FORMATS
from negeig.proofs_checks.kinds import CertificateKind
from negeig.proofs_checks.runs.subject import bare, format_json, machine_json
from negeig.proofs_checks.runs.words import COLLISION_CLAIM, power
from negeig.proofs_checks.subjects import MACHINE, NETWORK_AND_TASK

SIGNED_ZERO = "+-0"
"""What the name of a cast that keeps the sign of zero ends in."""


def _read(data: Any, subject: NetworkAndTask) -> Collision:
    name = data["cast"]
    format = FORMATS[name.removesuffix(SIGNED_ZERO)]
    found = Collision.from_json(data, FormatCast(format, name.endswith(SIGNED_ZERO)))
    if data["bound"] is None:
        return found
    return replace(found, bound=found.expected_bound(subject))


def _portable(about: Any, evidence: Any) -> tuple[Any, Any]:
    """Leave out why there had to be a collision, and write words as powers, the cast in numbers."""
    if evidence["variant"] != "state":
        raise InputError("certificate", "there is none for the cast of each term")
    name = evidence["cast"]
    cast = format_json(FORMATS[name.removesuffix(SIGNED_ZERO)])
    prefix, word, suffix = (tuple(evidence[key]) for key in ("prefix", "word", "suffix"))
    machine = machine_json(MACHINE.from_json(about["machine"]))
    network = bare(about["network"])
    return {"machine": machine, "network": network, "arithmetic": "exact"}, {
        "words": [
            [power(prefix, 1), power(word, k), power(suffix, 1)] for k in evidence["exponents"]
        ],
        "cast": {**cast, "has_negative_zero": name.endswith(SIGNED_ZERO)},
    }


KIND: CertificateKind[NetworkAndTask] = CertificateKind(
    name="collision",
    statement=COLLISION_CLAIM,
    evidence=Collision,
    form=NETWORK_AND_TASK,
    read=_read,
    portable=_portable,
)

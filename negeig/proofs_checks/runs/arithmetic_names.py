"""The name of an arithmetic whose fields a certificate has, for people who read it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from negeig.claims import InputError
from negeig.precision.numbers.arithmetic import parse
from negeig.precision.numbers.formats import FORMATS
from negeig.precision.numbers.models import ANY_ORDER
from negeig.proofs_checks.runs.subject import arithmetic_json, format_json


def arithmetic_name(fields: Mapping[str, Any]) -> str | None:
    """Return the short name of the arithmetic that has these fields; None where none has a name.

    The inverse of :func:`~negeig.proofs_checks.runs.subject.arithmetic_json`: the name that is
    returned has exactly these fields again.

    Examples
    --------
    >>> [arithmetic_name(arithmetic_json(parse(name))) for name in ("bf16", "fp16:acc32:ftz")]
    ['bf16', 'fp16:acc32:ftz']
    >>> arithmetic_name({name: format_json(FORMATS["fp32"]) for name in ("operands", "sums")})
    'any-order'
    >>> arithmetic_name({"operations": 3})
    """
    if fields.keys() == {"operands", "sums"}:
        return _in_any_order(fields)
    name = ":".join(part for part in _parts(fields) if part)
    try:
        model = parse(name)
    except InputError:
        return None
    return model.short_name if arithmetic_json(model) == dict(fields) else None


def _in_any_order(fields: Mapping[str, Any]) -> str | None:
    """Return the name of exact arithmetic that formats hold in any order; sums are float32's."""
    names = [name for name, one in FORMATS.items() if format_json(one) == fields["operands"]]
    if not names or fields["sums"] != format_json(FORMATS["fp32"]):
        return None
    return ANY_ORDER if names[0] == "fp32" else f"{ANY_ORDER}:{names[0]}"


def _parts(fields: Mapping[str, Any]) -> Iterator[str]:
    """Yield the head of a name and its suffixes, as far as the fields are known ones."""
    formats = {name: format_json(one) for name, one in FORMATS.items()}
    names = {
        role: next((name for name, one in formats.items() if one == fields.get(role)), "")
        for role in ("state", "operations", "sums")
    }
    width, q = fields.get("grid_bits"), fields.get("grid")
    if q is not None:
        yield f"{'grid' if width is None else f'fixed{width}'}:2^-{q}"
    else:
        yield names["state"]
        rounded = {"letter": "", "step": "-step"}.get(str(fields.get("rounded")))
        if rounded is not None:
            yield f"acc{names['operations'].removeprefix('fp')}{rounded}"
        elif names["sums"]:
            yield f"sum{names['sums'].removeprefix('fp')}"
    yield str(fields.get("direction"))
    flags = {"saturates": "sat", "flushes": "ftz", "flushes_operands": "daz", "fma": "fma"}
    yield from (suffix for field, suffix in flags.items() if fields.get(field) is True)

"""Whatever number of a certificate is out of range, the checker says where it stands."""

import json

import pytest

from negeig.proofs_checks import checker
from support.certificates import lines_of, of_kind, verdict

ROWS = 20
"""Of each certificate, as many lines are altered."""


def places(value, path=()):
    """Yield where the whole numbers of a JSON value stand."""
    if type(value) is int:
        yield path
    parts = enumerate(value) if isinstance(value, list) else ()
    for key, part in value.items() if isinstance(value, dict) else parts:
        yield from places(part, (*path, key))


def changed(value, path, number):
    """A copy of a JSON value with another number at a place."""
    if not path:
        return number
    copy = value.copy()
    copy[path[0]] = changed(value[path[0]], path[1:], number)
    return copy


def shortest(kind):
    """The shortest certificate of a kind, for each shape that its evidence has."""
    found = {}
    for certificate in of_kind(kind):
        lines = lines_of(certificate)
        evidence = json.loads(lines[0])["evidence"]
        shape = evidence.get("ending") or evidence.get("needs") or evidence.get("kind")
        if sum(map(len, lines)) < sum(map(len, found.get(shape, ["x" * 10_000_000]))):
            found[shape] = lines
    return found.values()


@pytest.mark.parametrize("kind", checker.KINDS)
@pytest.mark.parametrize("number", [8_765_432, 10**18, -1])
def test_a_number_out_of_range_is_named(kind, number):
    seen = 0
    for lines in shortest(kind):
        for row, line in enumerate(lines[:ROWS]):
            value = json.loads(line)
            for path in places(value):
                if "outputs" in path or "empty" in path:  # which may be any value
                    continue
                text = checker.text_of(changed(value, path, number))
                found, reason = verdict([*lines[:row], text, *lines[row + 1 :]])
                assert "not of the form of its kind" not in reason, (path, reason)
                seen += found != "VERIFIED"
    assert seen

"""Whatever number is out of range, and whatever part is of another form, the checker says where."""

import json

import pytest

from negeig.proofs_checks import checker
from support.certificates import lines_of, of_kind, verdict


def parts(value, path=()):
    """Yield where the parts of a JSON value stand, and what they are."""
    yield path, value
    inner = enumerate(value) if isinstance(value, list) else ()
    for key, part in value.items() if isinstance(value, dict) else inner:
        yield from parts(part, (*path, key))


def changed(value, path, part):
    """A copy of a JSON value with another part at a place."""
    if not path:
        return part
    copy = value.copy()
    copy[path[0]] = changed(value[path[0]], path[1:], part)
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


def answers(kind, rows, others):
    """Yield what the checker says of certificates of a kind in which one part is another."""
    for lines in shortest(kind):
        for row, line in enumerate(lines[:rows]):
            value = json.loads(line)
            for path, part in parts(value):
                for other in others(part):
                    text = checker.text_of(changed(value, path, other))
                    yield path, other, *verdict([*lines[:row], text, *lines[row + 1 :]])


def is_placed(kind, rows, others):
    """Whether a place is said of all that are refused, and some are."""
    refused = [one for one in answers(kind, rows, others) if one[2] != "VERIFIED"]
    assert [one for one in refused if "not of the form of its kind" in one[3]] == []
    return bool(refused)


@pytest.mark.parametrize("kind", checker.KINDS)
def test_a_number_out_of_range_is_named(kind):
    numbers = (8_765_432, 10**18, -1)
    assert is_placed(kind, 20, lambda part: numbers if type(part) is int else ())


@pytest.mark.parametrize("kind", checker.KINDS)
def test_a_part_of_another_form_is_named(kind):
    """Another type, one entry less, one more."""

    def others(part):
        yield from (None, "x", [], {}, 5, True)
        if isinstance(part, list) and part:
            yield from (part[:-1], part[1:], [*part, part[-1]])

    assert is_placed(kind, 3, others)

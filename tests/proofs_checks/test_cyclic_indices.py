"""What refers to itself, or to what comes later, is malformed, and soon: nothing is followed."""

import json

import pytest

from support.certificates import lines_of, of_kind, verdict


def with_conjugates():
    """The line of a chain, and where a part of it lies between two letters, as ``a x b``."""
    for certificate in of_kind("peeling"):
        line = json.loads(lines_of(certificate)[0])
        letters = len(line["about"]["alphabet"])
        for n, link in enumerate(line["evidence"]["links"]):
            for i, part in enumerate(link["parts"]):
                inside = [k for k, x in enumerate(part) if n == 0 and x >= letters]
                if inside:
                    yield line, n, i, inside[0], letters


def altered(line, link, part, place, index):
    parts = [list(one) for one in line["evidence"]["links"][link]["parts"]]
    parts[part][place] = index
    links = [dict(one) for one in line["evidence"]["links"]]
    links[link]["parts"] = parts
    return json.dumps(
        line | {"evidence": line["evidence"] | {"links": links}},
        sort_keys=True, separators=(",", ":"),
    )  # fmt: skip


@pytest.mark.parametrize("later", [0, 1, 1_000_000])
def test_parts_refer_to_those_before_them(later):
    line, link, part, place, letters = next(with_conjugates())
    before = line["evidence"]["links"][link]["parts"][part][place]
    assert before < letters + part
    assert verdict([altered(line, link, part, place, before)]) == ("VERIFIED", "")
    found, reason = verdict([altered(line, link, part, place, letters + part + later)])
    assert found == "MALFORMED"
    assert "evidence: expected a whole number from 0 to" in reason


def test_two_parts_that_refer_to_each_other_are_malformed():
    line, link, part, place, letters = next(with_conjugates())
    parts = line["evidence"]["links"][link]["parts"]
    shape = parts[part]
    one, two = list(shape), list(shape)
    one[place], two[place] = letters + len(parts) + 1, letters + len(parts)
    parts.extend((one, two))
    text = json.dumps(line, sort_keys=True, separators=(",", ":"))
    assert verdict([text])[0] == "MALFORMED"
    one[place] = shape[place]  # as the part that is there already
    two[place] = shape[place]
    text = json.dumps(line, sort_keys=True, separators=(",", ":"))
    assert verdict([text])[0] != "MALFORMED"

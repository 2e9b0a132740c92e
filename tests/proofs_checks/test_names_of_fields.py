"""A name is found for the fields of every arithmetic that certificates hold, and no other one."""

from itertools import product

import pytest

from negeig.claims import InputError
from negeig.precision.numbers.arithmetic import known_names, parse
from negeig.proofs_checks.runs.arithmetic_names import arithmetic_name
from negeig.proofs_checks.runs.subject import arithmetic_json

HEADS = [
    *known_names()[1:], "grid:2^-6", "fixed8:2^-4", "bf16:sum32", "e4m3fn:acc64", "fp32:acc64-step",
]  # fmt: skip


@pytest.mark.parametrize("head", HEADS)
def test_the_name_has_the_fields_again(head):
    found = 0
    for how, more in product(
        ["", ":rtz", ":rna"], ["", ":sat", ":ftz", ":daz", ":ftz:daz", ":fma"]
    ):
        try:
            model = parse(f"{head}{how}{more}")
        except InputError:  # it contradicts itself
            continue
        found += 1
        fields = arithmetic_json(model)
        assert arithmetic_name(fields) == model.short_name
        for changed in ({"rounded": "chunk"}, {"grid": 10**6}, {"more": 1}, {"state": None}):
            assert arithmetic_name({**fields, **changed}) is None
    assert found > 0

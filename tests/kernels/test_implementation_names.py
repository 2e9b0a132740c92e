"""Implementations by name: whatever is listed can be asked for."""

import pytest

from negeig.kernels.registry import COMPILED, find, known
from negeig.pipeline.parts.through import read


@pytest.mark.parametrize("name", [*known(), *COMPILED])
def test_every_name_that_is_listed_can_be_asked_for(name: str) -> None:
    assert [one.name for one in find((name,))] == [name]
    asked = read([f"impl:{name}", f"impl:{name}@bf16"])
    assert {one.implementation.name for one in asked} == {name}
    usual, bf16 = asked[0], asked[-1]
    assert bf16.dtype == "bf16"
    assert usual.dtype == ("fp32" if "fp32" in usual.implementation.dtypes else "bf16")
    assert usual.name == f"impl:{name}{'' if usual.dtype == 'fp32' else '@bf16'}"

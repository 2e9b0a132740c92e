"""Implementations by name: whatever is listed can be asked for."""

import pytest

from negeig.kernels.registry import COMPILED, find, known
from negeig.pipeline.parts.through import read


@pytest.mark.parametrize("name", [*known(), *COMPILED])
def test_every_name_that_is_listed_can_be_asked_for(name: str) -> None:
    assert [one.name for one in find((name,))] == [name]
    assert [one.implementation.name for one in read([f"impl:{name}", f"impl:{name}@bf16"])] == (
        [name, name]
    )

"""Texts of machine files, as each reader takes them."""

from __future__ import annotations

import pytest

from negeig.automata.formats import files
from negeig.automata.machines.machine import Machine
from negeig.claims import InputError


def parse(text: str | bytes, name: str) -> tuple[Machine, tuple[str, ...]]:
    return files.parse(text if isinstance(text, bytes) else text.encode(), name)


def problems_of(text: str | bytes, name: str) -> list[str]:
    with pytest.raises(InputError) as error:
        parse(text, name)
    assert error.value.exit_code == 2
    return error.value.problems

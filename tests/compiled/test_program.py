"""The hash of what machine code depends on: equal for equal programs, another for any change."""

import enum
import importlib
import re
from types import FunctionType

import numpy as np
import pytest

from negeig.compiled import Compiled, inlined, njit
from negeig.compiled.program import program
from support.paths import PACKAGE


def made(text: str, **names: object) -> FunctionType:
    """Return ``f`` of a text that is a part of this module, with some globals."""
    space = {"__name__": __name__, "np": np, "njit": njit, "inlined": inlined, **names}
    exec(text, space)
    return space["f"]


SIMPLE = "def f(x):\n    return x + A"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (made(SIMPLE, A=1), made(SIMPLE, A=1)),
        (made(SIMPLE, A=1, B=2), made(SIMPLE, A=1, B=3)),
        (made("def f(x):\n    return x"), made("# a note\n\ndef f(x):\n\n    return x")),
        (made(SIMPLE, A=np.arange(3)), made(SIMPLE, A=np.arange(3))),
        (made("def f(x):\n    return x in {1, 'a', 'b'}"),) * 2,
    ],
)
def test_what_does_not_matter(one: FunctionType, other: FunctionType) -> None:
    assert program(one) == program(other) != None  # noqa: E711


CALLING = """
@njit
def g(x):
    return x * {}
@njit
def h(x):
    return g(x)
def f(x):
    return h(x)
"""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (made(SIMPLE, A=1), made(SIMPLE, A=2)),
        (made(SIMPLE, A=1), made(SIMPLE, A=1.0)),
        (made(SIMPLE, A=1), made(SIMPLE, A=True)),
        (made(SIMPLE, A=0.0), made(SIMPLE, A=-0.0)),
        (made(SIMPLE, A=1), made(SIMPLE, A=np.int64(1))),
        (made(SIMPLE, A=np.int32(1)), made(SIMPLE, A=np.int64(1))),
        (made(SIMPLE, A=np.arange(4)), made(SIMPLE, A=np.arange(4).reshape(2, 2))),
        (made(SIMPLE, A=np.arange(4)), made(SIMPLE, A=np.arange(4).view(np.uint64))),
        (made(SIMPLE, A=((1,), 2)), made(SIMPLE, A=(1, (2,)))),
        (made(SIMPLE, A=np.float32), made(SIMPLE, A=np.float64)),
        (made(SIMPLE, A=np.sin), made(SIMPLE, A=np.cos)),
        (made(SIMPLE), made(SIMPLE.replace("+", "-"))),
        (made("def f(x, y=1):\n    return x"), made("def f(x, y=2):\n    return x")),
        (made("def f(x, *, y=1):\n    return x"), made("def f(x, *, y=2):\n    return x")),
        (made(CALLING.format(2)), made(CALLING.format(3))),
        (made(CALLING.format(2)), made(CALLING.format(2).replace("njit", "inlined", 1))),
        (
            made("def f(x):\n    def g(y):\n        return y + A\n    return g(x)", A=1),
            made("def f(x):\n    def g(y):\n        return y + A\n    return g(x)", A=2),
        ),
        (
            made("def m(n):\n    def f(x):\n        return x + n\n    return f\nf = m(1)"),
            made("def m(n):\n    def f(x):\n        return x + n\n    return f\nf = m(2)"),
        ),
    ],
)
def test_what_matters(one: FunctionType, other: FunctionType) -> None:
    assert None is not program(one) != program(other) is not None


def test_modules_of_the_package_are_looked_into(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the names that the function uses, for functions and for constants."""
    from negeig.automata.machines import components

    text = "def f(x):\n    return components.advance(x) + components.NUMBER"
    f = made(text, components=components, __name__="negeig.example")
    monkeypatch.setattr(components, "NUMBER", 1, raising=False)
    first = program(f)
    monkeypatch.setattr(components, "NUMBER", 2)
    second = program(f)
    monkeypatch.setattr(components, "advance", made(SIMPLE, A=1))
    assert len({first, second, program(f), None}) == 4


class Colour(enum.Enum):
    RED = 1


def test_functions_that_call_each_other() -> None:
    text = "@njit\ndef g(x):\n    return {}f(x)\n@njit\ndef f(x):\n    return g(x)"
    one, other = made(text.format("")), made(text.format("-"))
    assert None is not program(one.py_func) != program(other.py_func) is not None


@pytest.mark.parametrize("value", [Colour, Colour.RED, [1], {"a": 1}, object(), Compiled])
def test_what_is_not_known_has_no_program(value: object) -> None:
    assert program(made(SIMPLE, A=value)) is None


def test_every_compiled_function_of_the_package_has_a_program() -> None:
    """One without would be compiled in every process."""
    files = [
        p for p in PACKAGE.rglob("*.py") if re.search(r"^from negeig.compiled", p.read_text(), re.M)
    ]
    modules = [
        importlib.import_module(".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts))
        for path in files
        if path.parent != PACKAGE / "compiled"
    ]
    functions = [f for m in modules for f in vars(m).values() if isinstance(f, Compiled)]
    assert len(functions) > 50
    assert [f.__qualname__ for f in functions if program(f.py_func) is None] == []

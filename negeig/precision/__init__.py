"""What rounding does: number formats, arithmetic models, and proofs in them."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any, NoReturn


class _Precision(ModuleType):
    """The package was the function that is :func:`negeig.prove` now."""

    def __call__(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError("negeig.precision is a package; the function is negeig.prove now")


sys.modules[__name__].__class__ = _Precision

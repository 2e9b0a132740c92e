"""What rounding does: number formats, arithmetic models and closure proofs in them.

The package can be called: ``negeig.precision(network, machine, ["bf16"])`` is the function
:func:`negeig.pipeline.check.precision`. Python binds the name of a package to the
package itself as soon as it is imported, so the function of the same name has to live in it.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import Any


class _CallablePackage(ModuleType):
    def __call__(self, *arguments: Any, **options: Any) -> Any:
        return import_module("negeig.pipeline.check").precision(*arguments, **options)


sys.modules[__name__].__class__ = _CallablePackage

"""negeig: which linear RNNs can track a finite-state task, with proofs in the arithmetic that runs.

The Python interface: :func:`check`, :func:`compile`, :func:`prove` and :func:`run` return the
objects that the command line prints; :class:`Machine` is what they are about. :func:`certify`
writes what they prove as certificates, which :func:`verify` checks. What they raise is a
:class:`NegeigError`: :class:`InputError`, :class:`LimitReached`, :class:`Unavailable` or
:class:`BudgetNotMet`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from negeig import moved as _moved
from negeig import shown as _shown

if TYPE_CHECKING:
    from negeig.api import check as check
    from negeig.api import compile as compile
    from negeig.api import compile_layer as compile_layer
    from negeig.api import language as language
    from negeig.api import load_module as load_module
    from negeig.api import monoid as monoid
    from negeig.api import prove as prove
    from negeig.api import run as run
    from negeig.automata.machines.machine import Machine as Machine
    from negeig.claims import Claim as Claim
    from negeig.claims import InputError as InputError
    from negeig.claims import LimitReached as LimitReached
    from negeig.claims import NegeigError as NegeigError
    from negeig.claims import Resources as Resources
    from negeig.claims import Unavailable as Unavailable
    from negeig.pipeline.certify import certify as certify
    from negeig.pipeline.parts.budget_not_met import BudgetNotMet as BudgetNotMet
    from negeig.pipeline.verify import verify as verify
    from negeig.theory.constructions.budget import Budget as Budget
    from negeig.theory.networks.network import DeltaStep as DeltaStep
    from negeig.theory.networks.network import Layer as Layer
    from negeig.theory.networks.network import LinearRNN as LinearRNN

__version__ = "0.1.0"

_HOMES = {
    "Budget": "theory.constructions.budget",
    "BudgetNotMet": "pipeline.parts.budget_not_met",
    "Claim": "claims",
    "DeltaStep": "theory.networks.network",
    "InputError": "claims",
    "Layer": "theory.networks.network",
    "LimitReached": "claims",
    "LinearRNN": "theory.networks.network",
    "Machine": "automata.machines.machine",
    "NegeigError": "claims",
    "Resources": "claims",
    "Unavailable": "claims",
    "certify": "pipeline.certify",
    "check": "api",
    "compile": "api",
    "compile_layer": "api",
    "language": "api",
    "load_module": "api",
    "monoid": "api",
    "prove": "api",
    "run": "api",
    "verify": "pipeline.verify",
}

__all__ = ["__version__", *_HOMES]

_moved.install()
_shown.views_are_in("negeig.report.shown")


def __getattr__(name: str) -> Any:
    """Load a public name on first use, so that ``import negeig`` stays light."""
    if name in _HOMES:
        return getattr(import_module(f"negeig.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'negeig' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)

"""Closure in the arithmetic that runs: the reference, and searches that agree with it."""

from negeig.moved import names_of

__getattr__ = names_of(__name__, closure="negeig.precision.closure.rounded_closure")

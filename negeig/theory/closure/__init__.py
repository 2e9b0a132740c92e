"""Closure: every state that a network reaches, explored against a machine."""

from negeig.moved import names_of

__getattr__ = names_of(
    __name__,
    exact_closure="negeig.theory.closure.exact_search",
    ExactSemantics="negeig.theory.closure.exact_search",
)

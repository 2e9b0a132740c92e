"""Terms as formulas that a person reads, and that Python evaluates.

``a*b``, ``a + b`` and ``a - b`` are each rounded once, in the order that the brackets say;
``fma(a, b, c)`` is a*b + c rounded once. What is used more than once gets a name and a line.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from negeig.kernels.ptx.symbolic import Term

SIGNS = {"add": "+", "sub": "-"}


def formulas(outputs: Mapping[str, Term]) -> tuple[str, ...]:
    """Return a line ``name = formula`` for each output, behind those of what they share.

    Examples
    --------
    >>> from negeig.kernels.ptx.symbolic import Terms
    >>> terms = Terms()
    >>> k0, k1, h0, h1 = map(terms.of, ("k0", "k1", "h0", "h1"))
    >>> s = terms.of("fma", k0, h0, terms.of("mul", k1, h1))
    >>> t = terms.of("mul", s, terms.of("beta"))
    >>> for line in formulas({"h0'": terms.of("sub", h0, terms.of("mul", k0, t)), "s": s}):
    ...     print(line)
    t = fma(k0, h0, k1*h1)
    h0' = h0 - (t*beta)*k0
    s = t
    """
    order, uses = _order(outputs.values())
    shared = [term for term in order if uses[term] > 1 and term.depth > 1]
    named: dict[Term, str] = {}
    lines = []
    for i, term in enumerate(shared, 1):
        name = "t" if len(shared) == 1 else f"t{i}"
        lines.append(f"{name} = {_text(term, named)}")
        named[term] = name
    return (*lines, *(f"{name} = {_text(term, named)}" for name, term in outputs.items()))


def _order(roots: Iterable[Term]) -> tuple[list[Term], Counter[Term]]:
    """Return all terms, parts before what they are parts of, and how often each is used."""
    uses: Counter[Term] = Counter()
    order: list[Term] = []
    seen: set[Term] = set()

    def visit(term: Term) -> None:
        uses[term] += 1
        if term in seen:
            return
        seen.add(term)
        for part in term.parts:
            visit(part)
        order.append(term)

    for root in roots:
        visit(root)
    return order, uses


def _text(term: Term, named: Mapping[Term, str], within: str = "") -> str:
    """Return a term, in brackets where it stands within an operation that would rebind it."""
    if term in named:
        return named[term]
    if not term.parts:
        return f"({term.head})" if within and term.head.startswith("-") else term.head
    if term.head in SIGNS:
        text = f" {SIGNS[term.head]} ".join(_text(part, named, "+") for part in term.parts)
        return f"({text})" if within else text
    if term.head == "mul":
        text = "*".join(_text(part, named, "*") for part in term.parts)
        return f"({text})" if within == "*" else text
    if term.head == "neg":
        text = f"-{_text(term.parts[0], named, '*')}"
        return f"({text})" if within else text
    return f"{term.head}({', '.join(_text(part, named) for part in term.parts)})"

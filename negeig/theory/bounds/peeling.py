"""A lower bound on the number of layers: what remains of a task when its first layer is at rest.

Let e be an idempotent of the task's monoid M. Words whose effect the first layer loses as soon as
e is read act through the layers above it alone, so if L layers do the task, L - 1 layers do what
remains of M at e: the monoid eSe, for the submonoid S of those words. Peeling goes on with what
remains, until it is certain that one layer is not enough for it; then there are two more.
The proof is in docs/theory/layers.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from negeig.claims import Word
from negeig.theory.bounds.witness_text import show

Ending = Literal[
    "trivial",
    "one layer",
    "idempotents",
    "letters",
    "complexity",
    "last parts",
    "last letters",
    "last edges",
]


@dataclass(frozen=True, kw_only=True)
class Link:
    """One layer taken off: an idempotent, and what remains of the monoid at it.

    Attributes
    ----------
    idempotent : Word
        A word that acts as e, the identity of what remains.
    generators : tuple of Word
        Words that generate what remains, or as much of it as the rest of the chain needs; each
        acts as some exe, x in the submonoid that the layer above sees alone.
    parts : tuple of Word
        None for words that divide e. Otherwise idempotents, the first one e: what remains are
        words that pass some first ones of them, these last in this order, counted from the end.
        Those that pass all of them lead to all states of the image of e.
    """

    idempotent: Word
    generators: tuple[Word, ...]
    parts: tuple[Word, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the link as a JSON object."""
        return {
            "idempotent": list(self.idempotent),
            "generators": [list(word) for word in self.generators],
            "parts": [list(word) for word in self.parts],
        }

    @property
    def read(self) -> str:
        """Say what the layer reads."""
        if not self.parts:
            return show(self.idempotent)
        return f"{show(self.idempotent)} last of {len(self.parts)} idempotents, these in one order"


@dataclass(frozen=True, kw_only=True)
class TreeEdge:
    """An edge of a tree, which is passed there or back.

    Attributes
    ----------
    tail, head : int
        The places it leads from and to.
    word : Word
        What it carries.
    inverts : Word or None
        A word that an edge from ``head`` to ``tail`` carries, and that this one is a weak inverse
        of; None if it is that edge.
    """

    tail: int
    head: int
    word: Word
    inverts: Word | None

    def to_json(self) -> dict[str, Any]:
        """Return the edge as a JSON object."""
        return {
            "tail": self.tail,
            "head": self.head,
            "word": list(self.word),
            "inverts": None if self.inverts is None else list(self.inverts),
        }


@dataclass(frozen=True, kw_only=True)
class Peeling:
    """Every network for the task has so many layers, and the chain that shows it.

    Attributes
    ----------
    value : int
        Networks whose layers are contractions and that reach finitely many exact states have at
        least ``max(1, value)`` layers; more than what the last letter tells takes one anyway.
    reflections : bool
        Whether steps may have the eigenvalue -1. If not, the bound is only about networks of steps
        with eigenvalues in (-1, 1].
    links : tuple of Link
        The layers taken off, the first one first; each works on what the one before left.
    ending : str
        What shows that what remains takes ``value - len(links)`` layers: ``"idempotents"``, two
        words e, f in ``witness`` with efe different from fe; ``"letters"``, an idempotent word e
        and a word s that divides it, with se different from e; ``"last parts"``, words x, y, e, f
        as in :func:`negeig.theory.bounds.last_parts.last_parts`; ``"last letters"``, the same as in
        :func:`negeig.theory.bounds.last_letters.last_letters`; ``"last edges"``, ``edges`` of a
        tree and words e, f as in :func:`negeig.theory.bounds.tree_edges.tree_edges`;
        ``"complexity"``, its group complexity; ``"one layer"``, that it is not trivial;
        ``"trivial"``, nothing.
    witness : tuple of Word
        The words of the ending, none for the others.
    edges : tuple of TreeEdge
        Edges of the ending, the one that is passed last first.
    exhaustive : bool
        Whether no other chain gives more; otherwise the search was cut short, or chose greedily.
        Other last parts than those looked at may always give more.
    """

    value: int
    reflections: bool
    links: tuple[Link, ...] = ()
    ending: Ending
    witness: tuple[Word, ...] = ()
    edges: tuple[TreeEdge, ...] = ()
    exhaustive: bool

    def to_json(self) -> dict[str, Any]:
        """Return the chain as a JSON object."""
        return {
            "value": self.value,
            "reflections": self.reflections,
            "links": [link.to_json() for link in self.links],
            "ending": self.ending,
            "witness": [list(word) for word in self.witness],
            "edges": [edge.to_json() for edge in self.edges],
            "exhaustive": self.exhaustive,
        }

    @property
    def reason(self) -> str:
        """Say in one sentence what shows it.

        Examples
        --------
        >>> link = Link(idempotent=("c",), generators=(("a",), ("b",)))
        >>> print(Peeling(value=3, reflections=True, links=(link,), ending="idempotents",
        ...               witness=(("a",), ("b",)), exhaustive=True).reason)
        what remains above a layer that reads c has idempotents e = a and f = b, and efe differs from fe
        """  # noqa: E501
        if not self.links:
            what = "the task"
        elif len(self.links) == 1:
            what = f"what remains above a layer that reads {self.links[0].read}"
        else:
            read = ", then ".join(link.read for link in self.links)
            what = f"what remains above {len(self.links)} layers, at {read},"
        words = [show(word) for word in self.witness]
        has = {
            "idempotents": "has idempotents e = {} and f = {}, and efe differs from fe",
            "letters": "has an idempotent e = {} and a part s = {} of it, and se differs from e",
            "last parts": "has parts x = {} and y = {} that no group tells from nothing; words of "
            "them that end in x after y, and powers of x, are left to the layers above after such "
            "a word, and idempotents e = {} and f = {} of them have efe different from fe",
            "last letters": "has idempotents x = {} and y = {}; words over letters of both before "
            "a y, then words over letters of x before an x, and the latter alone, are left to the "
            "layers above after such a word, and two of them, e = {} and f = {}, that are "
            "idempotent there have efe different from fe",
            "last edges": "has words and weak inverses of them that no group tells from edges of a "
            f"tree, there and back; loops that pass {len(self.edges)} such edges last, in one "
            "order, are left to the layers above after such paths, and idempotents e = {} and "
            "f = {} of them have efe different from fe",
            "complexity": f"has group complexity {self.value - len(self.links)}",
            "one layer": "is more than the last letter tells",
            "trivial": "is nothing but what the last letter tells",
        }[self.ending]
        return f"{what} {has.format(*words)}"

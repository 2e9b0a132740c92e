"""Deciders of classes that no single local monoid decides.

Each takes a :class:`~.varieties.subsemigroup.Structure` and returns None where the class
contains the task; otherwise the equation that fails and words for its variables.
"""

from __future__ import annotations

import numpy as np

from negeig.arrays import Ints
from negeig.automata.varieties.monoid_rules import (
    R_TRIVIAL,
    Found,
    aperiodic,
    aperiodic_commutative,
    j_trivial,
)
from negeig.automata.varieties.subsemigroup import Elements, Search, Structure
from negeig.claims import Word

# Products compared at once.
_CHUNK = 1_000_000

ZERO_RIGHT = "x^ω y = x^ω"
ZERO_LEFT = "y x^ω = x^ω"
COMMUTING_IDEMPOTENTS = "x^ω y^ω = y^ω x^ω"
RIGHT_REGULAR = "x^ω y^ω x^ω = y^ω x^ω"
LEFT_REGULAR = "x^ω y^ω x^ω = x^ω y^ω"
BLOCK_GROUP = "(x^ω y^ω)^ω = (y^ω x^ω)^ω"
THRESHOLD = "e^ω x f^ω y e^ω z f^ω = e^ω z f^ω y e^ω x f^ω"
KNAST = "(e^ω a f^ω b e^ω)^ω a f^ω d (e^ω c f^ω d e^ω)^ω = (e^ω a f^ω b e^ω)^ω (e^ω c f^ω d e^ω)^ω"
FORGETS_LEFT = "y z x^ω = z x^ω"
FORGETS_RIGHT = "x^ω z y = x^ω z"
FORGETS_INSIDE = "x^ω z y t x^ω = x^ω z t x^ω"
SWAPS_INSIDE = "x^ω z y s t u^ω = x^ω z s y t u^ω"
REGULAR = "xyx = x"


def reverse_definite(s: Structure) -> Found:
    """Whether every idempotent of S is a left zero: eS = e."""
    return _zeros(s, s.monoid.right, ZERO_RIGHT)


def definite(s: Structure) -> Found:
    """Whether every idempotent of S is a right zero: Se = e."""
    return _zeros(s, s.monoid.left, ZERO_LEFT)


def nilpotent(s: Structure) -> Found:
    """Whether S has a zero and no other idempotent."""
    return reverse_definite(s) or definite(s)


def _zeros(s: Structure, successors: Ints, equation: str) -> Found:
    moved = np.argwhere(successors[s.idempotents] != s.idempotents[:, None])
    if not len(moved):
        return None
    i, a = moved[0]
    return equation, {"x": s.word(int(s.idempotents[i])), "y": s.spell([a])}


def block_group(s: Structure) -> Found:
    """Whether every R-class and every L-class has at most one idempotent.

    Of two with one kernel, ef = f and fe = e; of two with one image, ef = e and fe = f.
    """
    pair = _related(s, s.green.r) or _related(s, s.green.l)
    return (BLOCK_GROUP, _words(s, pair)) if pair else None


def inverse(s: Structure) -> Found:
    """Whether every element has exactly one inverse: block groups in which all are regular."""
    return block_group(s) or regular(s)


def regular(s: Structure) -> Found:
    """Whether every J-class has an idempotent."""
    wrong = [c.first for c in s.green.j_classes if c.idempotent is None]
    return (REGULAR, {"x": s.word(wrong[0])}) if wrong else None


def commuting_idempotents(s: Structure) -> Found:
    """Whether idempotents commute; O(idempotents^2 x points)."""
    pair = _related(s, s.green.r) or _related(s, s.green.l)
    pair = pair or _idempotent_pair(s, COMMUTING_IDEMPOTENTS)
    return (COMMUTING_IDEMPOTENTS, _words(s, pair)) if pair else None


def right_regular_idempotents(s: Structure) -> Found:
    """Whether efe = fe for idempotents; L-related ones have efe = e and fe = f."""
    pair = _related(s, s.green.l) or _idempotent_pair(s, RIGHT_REGULAR)
    return (RIGHT_REGULAR, _words(s, pair)) if pair else None


def left_regular_idempotents(s: Structure) -> Found:
    """Whether efe = ef for idempotents; R-related ones have efe = e and ef = f."""
    pair = _related(s, s.green.r) or _idempotent_pair(s, LEFT_REGULAR)
    return (LEFT_REGULAR, _words(s, pair)) if pair else None


def _related(s: Structure, labels: Ints) -> tuple[int, int] | None:
    """Return the first two idempotents with one label."""
    idempotents = s.monoid.idempotents
    _, first, count = np.unique(labels[idempotents], return_index=True, return_counts=True)
    if not (count > 1).any():
        return None
    e = idempotents[first[count > 1].min()]
    same = idempotents[labels[idempotents] == labels[e]]
    return int(e), int(same[1])


def _idempotent_pair(s: Structure, equation: str) -> tuple[int, int] | None:
    """Return the first idempotents e, f that break one of the three equations above."""
    idempotents = s.monoid.idempotents
    maps = s.monoid.maps[idempotents]
    for i, f in enumerate(maps):
        s.charge(len(maps))
        fe, ef = maps[:, f], f[maps]
        left, right = ef, fe
        if equation != COMMUTING_IDEMPOTENTS:
            left = np.take_along_axis(maps, ef, axis=1)
            right = fe if equation == RIGHT_REGULAR else ef
        wrong = (left != right).any(axis=1)
        if wrong.any():
            return int(idempotents[np.argmax(wrong)]), int(idempotents[i])
    return None


def _words(s: Structure, pair: tuple[int, int]) -> dict[str, Word]:
    return {"x": s.word(pair[0]), "y": s.word(pair[1])}


def locally_threshold_testable(s: Structure) -> Found:
    """Whether S is aperiodic and x y z = z y x for all x, z in eSf and y in fSe.

    With f = e and y = e this makes eSe commutative. One e and one f of each D-class are enough,
    and the sets are small once the local monoids are commutative; O(|eSf|^2 |fSe|) for each pair.
    """
    found = aperiodic(s.whole())
    if found:
        return found
    for e in s.representatives:
        found = aperiodic_commutative(s.local(e))
        if found:
            w = s.word(e)
            x, z = found[1]["x"], found[1]["y"]
            return THRESHOLD, {"e": w, "f": w, "x": w + x + w, "y": w, "z": w + z + w}
    for e in s.representatives:
        for f in s.representatives:
            there, back = s.arrows(e, f), s.arrows(f, e)
            loops = s.products(there[:, None], back[None, :])
            for j, y in enumerate(back):
                table = s.products(loops[:, j, None], there[None, :])
                wrong = np.argwhere(table != table.T)
                if len(wrong):
                    x, z = there[wrong[0]]
                    chosen = {"e": e, "f": f, "x": x, "y": y, "z": z}
                    return THRESHOLD, {v: s.word(int(m)) for v, m in chosen.items()}
    return None


def dot_depth_one(s: Structure) -> Found:
    """Whether Knast's equation holds, from each side of which only few products matter.

    In it p = (eafb)^ω is an idempotent of eSe with p R pa, and every a in eSf that is R-related to
    such a p arises so, with a = pa. Likewise q = (cfde)^ω is L-related to d = dq. What remains is
    ad = pq for all such pairs (p, a) and (q, d), for one e and one f of each D-class. With f = e
    and c = d = e, or a = b = e, the equation makes eSe J-trivial, which is decided first.
    """
    for e in s.representatives:
        found = j_trivial(s.local(e))
        if found:
            w = s.word(e)
            x, y = found[1]["x"], found[1]["y"]
            words = (x, y, w, w) if found[0] == R_TRIVIAL else (w, w, x, y)
            return KNAST, {"e": w, "f": w, **dict(zip("abcd", words, strict=True))}
    for e in s.representatives:
        loops = s.arrows(e, e)
        loops = loops[s.is_idempotent[loops]]
        for f in s.representatives:
            p, a = _matches(s, s.green.r, loops, s.arrows(e, f))
            q, d = _matches(s, s.green.l, loops, s.arrows(f, e))
            for i in range(len(p)):
                wrong = s.products(a[i : i + 1], d) != s.products(p[i : i + 1], q)
                if wrong.any():
                    k = int(np.argmax(wrong))
                    here, there = s.word(e), s.word(f)
                    b = s.local(e).right_word(int(a[i]), int(p[i]))
                    c = s.local(e).left_word(int(d[k]), int(q[k]))
                    return KNAST, {
                        "e": here,
                        "f": there,
                        "a": s.word(int(a[i])),
                        "b": there + b + here,
                        "c": here + c + there,
                        "d": s.word(int(d[k])),
                    }
    return None


def _matches(
    s: Structure, labels: Ints, loops: Elements, arrows: Elements
) -> tuple[Elements, Elements]:
    """Return all pairs of a loop and an arrow with one label."""
    arrows = arrows[np.argsort(labels[arrows], kind="stable")]
    start = np.searchsorted(labels[arrows], labels[loops], side="left")
    count = np.searchsorted(labels[arrows], labels[loops], side="right") - start
    s.charge(int(count.sum()))
    offsets = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
    return np.repeat(loops, count), arrows[np.repeat(start, count) + offsets]


def multitier_definite(s: Structure) -> Found:
    """Whether a word after which comes e, with the letters of e only, may be dropped."""
    return _forgets(s, s.monoid.left, FORGETS_LEFT)


def multitier_reverse_definite(s: Structure) -> Found:
    """Whether a word before which comes e, with the letters of e only, may be dropped."""
    return _forgets(s, s.monoid.right, FORGETS_RIGHT)


def multitier_finite(s: Structure) -> Found:
    """Both of the above."""
    return multitier_definite(s) or multitier_reverse_definite(s)


def _idempotents_with(s: Structure, a: int) -> Elements:
    """Idempotents of M to which words with a letter map."""
    found = s.monoid.idempotents
    selected: Elements = found[s.content[a, found]]
    return selected


def _forgets(s: Structure, successors: Ints, equation: str) -> Found:
    for a in range(len(s.machine.alphabet)):
        reached = Search(successors, _idempotents_with(s, a))
        wrong = np.flatnonzero(reached.seen & (successors[:, a] != np.arange(s.monoid.size)))
        if len(wrong):
            e, path = reached.path(int(wrong[0]))
            z = s.spell(path if equation == FORGETS_RIGHT else path[::-1])
            return equation, {"x": s.full_word(e), "y": s.spell([a]), "z": z}
    return None


def multitier_generalised_definite(s: Structure) -> Found:
    """Whether FORGETS_INSIDE and SWAPS_INSIDE hold; letters for y and s imply words.

    The first is tried for every idempotent e with all of eM and Me; in the second z and t matter
    only through eM and Mf, whichever e and f that have the two letters.
    """
    right, left = s.monoid.right, s.monoid.left
    for e in s.monoid.idempotents:
        rows, columns = Search(right, [e]), Search(left, [e])
        p, q = np.flatnonzero(rows.seen), np.flatnonzero(columns.seen)
        for a in s.letters_of(int(e)):
            moved = p[right[p, a] != p]
            at = _first_difference(s, right[moved, a], moved, q)
            if at:
                return FORGETS_INSIDE, {
                    "x": s.full_word(int(e)),
                    "y": s.spell([a]),
                    "z": s.spell(rows.path(int(moved[at[0]]))[1]),
                    "t": s.spell(columns.path(int(q[at[1]]))[1][::-1]),
                }
    letters = range(len(s.machine.alphabet))
    after = [Search(right, _idempotents_with(s, a)) for a in letters]
    before = [Search(left, _idempotents_with(s, a)) for a in letters]
    for a in letters:
        for b in letters:
            p, q = np.flatnonzero(after[a].seen), np.flatnonzero(before[b].seen)
            ab, ba = right[right[p, a], b], right[right[p, b], a]
            p, ab, ba = p[ab != ba], ab[ab != ba], ba[ab != ba]
            at = _first_difference(s, ab, ba, q)
            if at:
                e, z = after[a].path(int(p[at[0]]))
                f, t = before[b].path(int(q[at[1]]))
                return SWAPS_INSIDE, {
                    "x": s.full_word(e),
                    "u": s.full_word(f),
                    "y": s.spell([a]),
                    "s": s.spell([b]),
                    "z": s.spell(z),
                    "t": s.spell(t[::-1]),
                }
    return None


def _first_difference(
    s: Structure, ones: Ints, others: Ints, after: Elements
) -> tuple[int, int] | None:
    """Position of the first pair in ``ones`` and ``others`` and the first factor that differ."""
    _, first = np.unique(np.stack([ones, others]), axis=1, return_index=True)
    first = np.sort(first)
    step = max(1, _CHUNK // max(1, len(after)))
    for chunk in np.split(first, range(step, len(first), step)):
        wrong = s.products(ones[chunk, None], after) != s.products(others[chunk, None], after)
        if wrong.any():
            i, k = np.argwhere(wrong)[0]
            return int(chunk[i]), int(k)
    return None

"""Peeling from the definitions alone, on maps as tuples: slow, nothing shared with the bound."""

from __future__ import annotations

from itertools import combinations, product


def then(x, y):
    """First x, then y."""
    return tuple(y[q] for q in x)


def generated(identity, generators):
    """The elements of a monoid of maps with an identity of its own."""
    found = [identity]
    seen = {identity}
    for x in found:  # grows while it is read
        for y in (then(x, g) for g in generators):
            if y not in seen:
                seen.add(y)
                found.append(y)
    return seen


def kernel(elements, identity):
    """The least submonoid with all idempotents that holds axb with x, aba = a or bab = b."""
    pairs = [
        (a, b)
        for a, b in product(elements, repeat=2)
        if then(then(a, b), a) == a or then(then(b, a), b) == b
    ]
    found = {identity, *(x for x in elements if then(x, x) == x)}
    while True:
        more = {then(x, y) for x, y in product(found, repeat=2)}
        more |= {then(then(a, x), b) for a, b in pairs for x in found}
        if more <= found:
            return found
        found |= more


def dividing(elements, e):
    """The elements x with e = yxz."""
    lefts = {x: {then(y, x) for y in elements} for x in elements}
    return {x for x in elements if any(then(left, z) == e for left in lefts[x] for z in elements)}


def remaining(elements, identity, e, *, reflections):
    """What remains at an idempotent of a monoid."""
    base = kernel(elements, identity) if reflections else elements
    inside = generated(identity, dividing(base, e))
    return {then(then(e, s), e) for s in inside}


def words_in_order(identity, parts):
    """Yield, for more and more first parts, the elements of words that pass these last in order."""
    words = {identity}
    for i, x in enumerate(parts, 1):
        queue = [then(x, word) for word in words]
        words = set(queue)
        for word in queue:  # grows while it is read
            new = {then(y, word) for y in parts[:i]} - words
            words |= new
            queue += new
        yield words


def remaining_in_order(elements, identity, parts):
    """What remains after idempotents that come last in one order, on the image of the last one."""
    e = parts[0]
    assert all(x in elements and then(x, x) == x for x in parts)
    rest = {e}
    for words in words_in_order(identity, parts):
        rest |= {then(e, word) for word in words}
    assert {word[q] for word in words for q in identity} == set(e)
    return rest


def takes_two(elements, *, reflections):
    """Whether one layer is excluded."""
    idempotents = [x for x in elements if then(x, x) == x]
    if any(then(then(e, f), e) != then(f, e) for e, f in product(idempotents, repeat=2)):
        return True
    return not reflections and any(
        then(s, e) != e for e in idempotents for s in dividing(elements, e)
    )


def most_layers(elements, identity, *, reflections):
    """The bound, over all idempotents, without complexity."""
    if len(elements) == 1:
        return 0
    if not takes_two(elements, reflections=reflections):
        return 1
    return max(
        2,
        *(
            1
            + most_layers(
                remaining(elements, identity, e, reflections=reflections),
                e,
                reflections=reflections,
            )
            for e in elements
            if then(e, e) == e != identity
        ),
    )


def complexity(elements, states):
    """The most k - 1 with all maps of some k states among the elements."""
    found = 0
    for size in range(2, states + 1):
        for points in combinations(range(states), size):
            inside = {tuple(x[q] for q in points) for x in elements}
            if sum(set(x) <= set(points) for x in inside) == size**size:
                found = size - 1
    return found


def after_last_parts(elements, identity, x, y, e, f):
    """Whether e and f, words that end in x after y or powers of x, violate efe = fe after such."""
    assert {x, y} <= kernel(elements, identity)
    powers = generated(identity, [x]) - {identity} | {x}
    words = {
        then(then(before, y), power) for before in generated(identity, [x, y]) for power in powers
    }
    assert {e, f} <= powers | words
    assert all(then(g, g) == g for g in (e, f))
    return any(then(word, then(then(e, f), e)) != then(word, then(f, e)) for word in words)


def after_last_letters(elements, identity, x, y, e, f):
    """Whether e and f, words over letters of x before x or of both before yx, violate efe = fe."""
    assert {x, y} <= elements
    assert all(then(g, g) == g for g in (x, y))
    first, both = (
        generated(identity, set().union(*(dividing(elements, g) for g in parts)))
        for parts in ((x,), (x, y))
    )
    ends = {then(w, x) for w in first}
    words = {then(then(w, y), c) for w in both for c in ends}
    assert {e, f} <= ends | words
    states = {word[q] for word in words for q in set(identity)}
    assert all(g[g[q]] == g[q] for g in (e, f) for q in states)
    return any(e[f[e[q]]] != e[f[q]] for q in states)


def is_tree(edges):
    """Whether edges, each with the one it inverts, lead along a tree, there and back."""
    along = {}
    for tail, head, _, inverted in edges:
        along[frozenset((tail, head))] = (tail, head) if inverted is None else (head, tail)
    for tail, head, x, inverted in edges:
        if along[frozenset((tail, head))] != ((tail, head) if inverted is None else (head, tail)):
            return False
        carried = x if inverted is None else inverted
        if any(
            {tail, head} == {p, q} and (y if other is None else other) != carried
            for p, q, y, other in edges
        ):
            return False
    joined = {place: {place} for pair in along for place in pair}
    for p, q in along.values():
        if p == q or joined[p] is joined[q]:
            return False
        both = joined[p] | joined[q]
        joined.update(dict.fromkeys(both, both))
    return True


def after_last_edges(elements, edges, e, f):
    """Whether e and f, loops with an initial segment of edges of a tree, violate efe = fe."""
    assert is_tree(edges)
    for _, _, x, inverted in edges:
        assert x in elements
        assert inverted is None or inverted in elements
        assert inverted is None or then(then(x, inverted), x) == x
    assert all(then(g, g) == g for g in (e, f))
    assert edges[0][1] == 0
    points = tuple(range(len(e)))
    paths, loops = {(0, points)}, set()
    for i, (tail, head, x, _) in enumerate(edges):
        paths = {(tail, then(x, y)) for place, y in paths if place == head}
        assert paths
        queue = list(paths)
        for place, y in queue:  # grows while it is read
            for p, q, z, _ in edges[: i + 1]:
                if q == place and (p, then(z, y)) not in paths:
                    paths.add((p, then(z, y)))
                    queue.append((p, then(z, y)))
        loops |= {y for place, y in paths if place == 0}
    assert {e, f} <= loops
    return any(then(y, then(then(e, f), e)) != then(y, then(f, e)) for _, y in paths)


def replay(machine, peeling):
    """Go through a chain link by link; return how many layers it shows, or fail."""
    letters = dict(zip(machine.alphabet, map(tuple, machine.transitions.T.tolist()), strict=True))
    identity = tuple(range(machine.size))

    def element(word):
        x = tuple(range(machine.size))
        for letter in word:
            x = then(x, letters[letter])
        return x

    elements = generated(identity, letters.values())
    for link in peeling.links:
        e = element(link.idempotent)
        assert e in elements
        assert then(e, e) == e
        if link.parts:
            assert peeling.reflections
            parts = [element(word) for word in link.parts]
            assert parts[0] == e
            rest = remaining_in_order(elements, identity, parts)
        else:
            rest = remaining(elements, identity, e, reflections=peeling.reflections)
        generators = [element(word) for word in link.generators]
        assert set(generators) <= rest
        elements, identity = generated(e, generators), e
    shown = len(peeling.links)
    if peeling.ending == "complexity":
        return shown + complexity(elements, machine.size)
    if peeling.ending in ("trivial", "one layer"):
        return shown + (len(elements) > 1)
    if peeling.ending == "last parts":
        assert peeling.reflections
        assert after_last_parts(elements, identity, *map(element, peeling.witness))
        return shown + 3
    if peeling.ending == "last letters":
        assert not peeling.reflections
        assert after_last_letters(elements, identity, *map(element, peeling.witness))
        return shown + 3
    if peeling.ending == "last edges":
        assert peeling.reflections
        edges = [
            (g.tail, g.head, element(g.word), None if g.inverts is None else element(g.inverts))
            for g in peeling.edges
        ]
        one = [(p, q, then(identity, x), a) for p, q, x, a in edges]
        assert one == edges
        assert after_last_edges(elements, edges, *map(element, peeling.witness))
        return shown + 3
    e, other = map(element, peeling.witness)
    assert e in elements
    assert other in elements
    assert then(e, e) == e
    if peeling.ending == "idempotents":
        assert then(other, other) == other
        assert then(then(e, other), e) != then(other, e)
    else:
        assert not peeling.reflections
        assert other in dividing(elements, e)
        assert then(other, e) != e
    return shown + 2

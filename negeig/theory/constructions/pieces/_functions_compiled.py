"""Functions of the states that are left, read backwards: compiled, imported on first use.

Functions are to 0 and 1, and one is the same as its complement: sets of states, as the bits of a
number, without the least state that is left. Those that are constant are no nodes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from negeig.compiled import inlined, njit

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Flags = NDArray[np.bool_]


@inlined
def normal(function: int, left: int) -> int:
    """Return a function of the states that are left, or its complement; 0 where it is constant."""
    function &= left
    if function & (left & -left):
        function ^= left
    return function


@inlined
def before(images: Ints, function: int) -> int:
    """Return a function of where a letter leads as one of the states before it."""
    found = 0
    for q in range(len(images)):
        if function >> images[q] & 1:
            found |= 1 << q
    return found


@njit
def list_functions(
    left: Longs,
    wanted: Longs,
    images: Ints,
    first: Ints,
    tails: Ints,
    letters: Ints,
    places: Ints,
    functions: Longs,
    slots: Ints,
    arcs: Longs,
    sources: Ints,
) -> int:
    """List all functions that tell what is wanted, or do so after some word; -1 where too many.

    ``left[x]`` are the states that content x leaves. The edges to content x are numbered
    ``first[x]`` to ``first[x + 1] - 1``, and come from ``tails[e]`` by ``letters[e]``, which leads
    from state q to ``images[letters[e], q]``. Node v is ``functions[v]`` of content ``places[v]``;
    ``sources[arcs[v] + i]`` is the node which it is along the i-th edge to its content, -1 where it
    is constant. ``slots`` is a hash table, at first -1 throughout, longer than ``places`` and of a
    power of two.
    """
    mask = len(slots) - 1
    count = 0
    for x in range(len(left)):
        for function in wanted:
            found = _node(x, normal(function, left[x]), count, places, functions, slots, mask)
            if found == count:
                count += 1
            elif found < -1:
                return -1
    v = 0
    arcs[0] = 0
    while v < count:
        y = places[v]
        arcs[v + 1] = arcs[v] + first[y + 1] - first[y]
        if arcs[v + 1] > len(sources):
            return -1
        for e in range(first[y], first[y + 1]):
            x = tails[e]
            function = normal(before(images[letters[e]], functions[v]), left[x])
            found = _node(x, function, count, places, functions, slots, mask)
            if found < -1:
                return -1
            if found == count:
                count += 1
            sources[arcs[v] + e - first[y]] = found
        v += 1
    return count


@njit
def _node(
    x: int, function: int, count: int, places: Ints, functions: Longs, slots: Ints, mask: int
) -> int:
    """Return the node of a function of a content, a new one where there is none.

    -1 for a constant function, -2 where there are too many nodes.
    """
    if function == 0:
        return -1
    h = ((x * 1000003) ^ (function * 8191 + (function >> 13))) & 0x7FFFFFFF
    h = (h ^ (h >> 15)) & mask
    while True:
        v = slots[h]
        if v < 0:
            if count + 1 >= len(places):
                return -2
            slots[h] = count
            places[count] = x
            functions[count] = function
            return count
        if places[v] == x and functions[v] == function:
            return int(v)
        h = (h + 1) & mask


@njit
def components(
    count: int,
    arcs: Longs,
    sources: Ints,
    found: Ints,
    low: Ints,
    at: Longs,
    path: Ints,
    open_: Ints,
) -> None:
    """Find the strongly connected components of so many nodes: Tarjan's algorithm.

    ``found[v]`` gets the component of node v. The other arrays have room for a number of each node,
    and ``low`` is 0 at first.
    """
    number, opened, parts, depth = 0, 0, 0, -1
    for root in range(count):
        if low[root]:
            continue
        v, entered = root, True
        depth = 0
        path[0] = root
        while depth >= 0:
            v = path[depth]
            if entered:
                number += 1
                low[v] = number
                found[v] = -number  # its own number, while its component is open
                at[v] = arcs[v]
                open_[opened] = v
                opened += 1
                entered = False
            if at[v] < arcs[v + 1]:
                u = sources[at[v]]
                at[v] += 1
                if u < 0:
                    continue
                if low[u] == 0:
                    depth += 1
                    path[depth] = u
                    entered = True
                elif found[u] < 0 and low[u] < low[v]:
                    low[v] = low[u]
                continue
            depth -= 1
            if depth >= 0 and low[v] < low[path[depth]]:
                low[path[depth]] = low[v]
            if low[v] == -found[v]:
                while True:
                    opened -= 1
                    u = open_[opened]
                    found[u] = parts
                    if u == v:
                        break
                parts += 1


@njit
def conflicts(
    count: int,
    first: Ints,
    places: Ints,
    arcs: Longs,
    sources: Ints,
    component: Ints,
    head: Ints,
    following: Ints,
    edge: Ints,
    one: Ints,
    found: Ints,
) -> int:
    """List where a node is two functions along one edge, and comes back to itself; how many.

    A row of ``found`` is the node, the edge, a function from which a path leads back to the node,
    the other function, and whether one leads back from there too; no more are listed than it has
    rows. ``head`` has a number for each content, the other arrays one for each node, all of
    them -1 at first.
    """
    for v in range(count):
        following[v] = head[places[v]]
        head[places[v]] = v
    listed = 0
    for y in range(len(head)):
        for i in range(first[y + 1] - first[y]):
            v = head[y]
            while v >= 0:
                u = sources[arcs[v] + i]
                if u >= 0:
                    if edge[u] != first[y] + i:
                        edge[u] = first[y] + i
                        one[u] = v
                    else:
                        w = one[u]
                        inside = component[v] == component[u]
                        both = inside and component[w] == component[u]
                        if inside or component[w] == component[u]:
                            found[listed, 0] = u
                            found[listed, 1] = first[y] + i
                            found[listed, 2] = v if inside else w
                            found[listed, 3] = w if inside else v
                            found[listed, 4] = both
                            listed += 1
                            if listed == len(found):
                                return listed
                        if inside:
                            one[u] = v
                v = following[v]
    return listed


@njit
def way_back(
    start: int,
    goal: int,
    first: Ints,
    places: Ints,
    arcs: Longs,
    sources: Ints,
    after: Ints,
    by: Ints,
    queue: Ints,
) -> None:
    """Find a path from one node to another of its component, of fewest edges.

    ``after[v]`` gets the node that follows on v, ``by[v]`` the edge to it. The arrays have room
    for all nodes, and ``after`` is -1 at first.
    """
    queue[0] = goal
    after[goal] = goal
    count, i = 1, 0
    while after[start] < 0 and i < count:
        v = queue[i]
        i += 1
        for k in range(arcs[v], arcs[v + 1]):
            u = sources[k]
            if u >= 0 and after[u] < 0:
                after[u] = v
                by[u] = first[places[v]] + k - arcs[v]
                queue[count] = u
                count += 1

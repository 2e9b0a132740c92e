"""Strongly connected components of a graph given as a table of successors.

Plain Python that numba also compiles (:mod:`.monoids._green_compiled`), so the small and
the large case run the same lines.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from negeig.arrays import Ints


def strong_components(successors: Ints) -> Ints:
    """Label the strongly connected component of every vertex, with an explicit stack.

    Parameters
    ----------
    successors : array of int32, shape (vertices, degree)
        Row v lists the heads of v's edges.

    Returns
    -------
    array of int32, shape (vertices,)
        Labels 0, 1, ... in the order in which Tarjan's algorithm closes the components, which is
        a reverse topological order.

    Notes
    -----
    Tarjan, Depth-first search and linear graph algorithms (1972), in the form of Pearce, A
    space-efficient algorithm for finding strongly connected components (2016):
    O(vertices x degree) time and 13 bytes a vertex.

    Examples
    --------
    >>> strong_components(np.array([[1], [0], [1]], dtype=np.int32)).tolist()
    [0, 0, 1]
    """
    vertices, degree = successors.shape
    rank, path, edge = [0] * vertices, [0] * vertices, [0] * vertices
    advance(
        successors.ravel().tolist(),
        degree,
        rank,
        path,
        edge,
        [False] * vertices,
        [0, -1, vertices, 1, vertices],
        -1,
    )
    labels: Ints = vertices - np.array(rank, dtype=np.int32)
    return labels


def advance(
    successors: Any,
    degree: int,
    rank: Any,
    path: Any,
    edge: Any,
    lowest: Any,
    progress: Any,
    budget: int,
) -> None:
    """Go on with the search for ``budget`` steps along edges, or to the end if it is negative.

    Parameters
    ----------
    successors : sequence of int
        The table of successors, row by row.
    rank : sequence of int
        0 for a vertex not visited. Otherwise the least number of a vertex known to be reachable
        from it in its component; vertices are numbered 1, 2, ... in order of discovery without
        those in closed components. Closed components have ranks vertices, vertices - 1, ...,
        which are greater.
    path : sequence of int
        From the left the vertices from the root to the current one; from the right those whose
        visit has ended and whose component is open.
    edge, lowest : sequences of int and bool
        For every vertex on the path, the next edge to follow, and whether its rank is still the
        number it was given.
    progress : sequence of five int
        The next root, the place of the current vertex on the path (-1 for none), the place of the
        last vertex from the right, the next number and the next rank of a closed component.
    """
    vertices = len(rank)
    root, depth, opened, number, closed = progress
    while budget != 0 and (depth >= 0 or root < vertices):
        if depth < 0:
            if rank[root] == 0:
                depth = 0
                path[0] = root
                edge[0] = 0
                lowest[0] = True
                rank[root] = number
                number += 1
            root += 1
            continue
        v = path[depth]
        if edge[depth] < degree:
            budget -= 1
            w = successors[v * degree + edge[depth]]
            edge[depth] += 1
            if rank[w] == 0:
                depth += 1
                path[depth] = w
                edge[depth] = 0
                lowest[depth] = True
                rank[w] = number
                number += 1
            elif rank[w] < rank[v]:
                rank[v] = rank[w]
                lowest[depth] = False
            continue
        if lowest[depth]:
            number -= 1
            while opened < vertices and rank[path[opened]] >= rank[v]:
                rank[path[opened]] = closed
                opened += 1
                number -= 1
            rank[v] = closed
            closed -= 1
        else:
            opened -= 1
            path[opened] = v
        depth -= 1
        if depth >= 0 and rank[v] < rank[path[depth]]:
            rank[path[depth]] = rank[v]
            lowest[depth] = False
    progress[0], progress[1], progress[2], progress[3], progress[4] = (
        root,
        depth,
        opened,
        number,
        closed,
    )

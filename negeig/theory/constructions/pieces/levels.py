"""Levels of a chain of congruences: coordinates within classes, chosen such that little moves.

A level lies between two congruences. It holds which finer class within the coarser one a state is
in, as a *point*, and a letter moves the point by a map that depends on the coarser class before
the letter. The names of the points are free in each class. Carried along from the first class,
letter by letter, they make most maps the identity: a counter's digit moves only on a carry.

*Mirrored names.* Where the maps are symmetries of a regular polygon whose corners are the points,
each class may also see the polygon in a mirror. A turn between two classes, one mirrored and the
other one not, becomes a mirror itself: one reflection where a turn takes two. Which classes to
mirror is a system of parities (as with :mod:`~.stacks.two_reflections`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count

from negeig.theory.constructions.pieces.partitions import Partition
from negeig.theory.constructions.pieces.realisation import PartialMap

Table = Sequence[Sequence[int]]


@dataclass(frozen=True, eq=False)
class Level:
    """Points within the classes of a congruence, and the maps by which letters move them.

    Attributes
    ----------
    members : tuple of tuple of (int or None)
        For each coarse class and point the fine class, None where there is none.
    maps : tuple of partial maps
        Distinct maps of the points.
    choice : tuple of tuple of int
        The map for each coarse class and letter.
    targets : tuple of tuple of int
        The coarse class after each coarse class and letter.
    start : int
        The point of the initial state.
    """

    members: tuple[tuple[int | None, ...], ...]
    maps: tuple[PartialMap, ...]
    choice: tuple[tuple[int, ...], ...]
    targets: tuple[tuple[int, ...], ...]
    start: int


def levels(fine: Partition, coarse: Partition, table: Table, initial: int) -> Iterator[Level]:
    """Yield the level between two congruences with plain names of its points, then with mirrors.

    Parameters
    ----------
    fine, coarse : Partition
        The first refines the second.
    table : rows of int
        Where each letter leads from each class of the finer one.
    initial : int
        The initial state.

    Examples
    --------
    The upper digit of a counter modulo 9 moves on a carry; mirrored, it turns into mirrors:

    >>> nine, three = tuple(range(9)), tuple(q % 3 for q in range(9))
    >>> plain, mirrored = levels(nine, three, [[(q + 1) % 9] for q in range(9)], 0)
    >>> plain.maps, plain.choice
    (((0, 1, 2), (1, 2, 0)), ((0,), (0,), (1,)))
    >>> mirrored.maps
    ((0, 1, 2), (0, 2, 1), (1, 0, 2))
    """
    above = dict(zip(fine, coarse, strict=True))
    classes: list[list[int]] = [[] for _ in set(coarse)]
    for number, upper in sorted(above.items()):
        classes[upper].append(number)
    names = _carried(classes, above, table, fine[initial])
    plain = _level(classes, above, names, table, fine[initial])
    yield plain
    mirrored = _mirrored(plain)
    if mirrored is not None:
        names = {number: mirrored[upper][names[number]] for number, upper in above.items()}
        yield _level(classes, above, names, table, fine[initial])


def level_size(fine: Partition, coarse: Partition) -> int:
    """Return the largest number of classes of one partition in a class of another one."""
    sizes: dict[int, int] = {}
    for upper in dict(zip(fine, coarse, strict=True)).values():
        sizes[upper] = sizes.get(upper, 0) + 1
    return max(sizes.values())


def _carried(
    classes: Sequence[Sequence[int]], above: dict[int, int], table: Table, start: int
) -> dict[int, int]:
    """Name the points of every class, carried along letters from a first class where they map on.

    Where no letter carries the names of one class on to the whole of another one, those of an
    injective letter are taken and completed, and at worst plain ones.
    """
    first = above[start]
    names = {
        number: i for i, number in enumerate([start, *(c for c in classes[first] if c != start)])
    }
    queue = [first]
    done = {first}

    def carry(upper: int, letter: int, *, whole: bool) -> bool:
        images = {table[c][letter]: names[c] for c in classes[upper]}
        target = above[next(iter(images))]
        if target in done or len(images) < len(classes[upper]):
            return False
        if whole and len(images) < len(classes[target]):
            return False
        unused = (i for i in count() if i not in images.values())
        names.update(images)
        names.update((c, next(unused)) for c in classes[target] if c not in images)
        queue.append(target)
        done.add(target)
        return True

    letters = range(len(table[0]))
    position = loose = 0
    rest = iter(range(len(classes)))
    while len(done) < len(classes):
        if position < len(queue):
            for letter in letters:
                carry(queue[position], letter, whole=True)
            position += 1
        elif loose < len(queue):
            if not any(carry(queue[loose], letter, whole=False) for letter in letters):
                loose += 1
        else:
            other = next(upper for upper in rest if upper not in done)
            names.update((c, i) for i, c in enumerate(classes[other]))
            queue.append(other)
            done.add(other)
    return names


def _level(
    classes: Sequence[Sequence[int]],
    above: dict[int, int],
    names: dict[int, int],
    table: Table,
    start: int,
) -> Level:
    size = max(map(len, classes))
    known: dict[PartialMap, int] = {}
    members, choice, targets = [], [], []
    for inside in classes:
        points: list[int | None] = [None] * size
        for c in inside:
            points[names[c]] = c
        members.append(tuple(points))
        maps = (
            tuple(None if c is None else names[table[c][a]] for c in points)
            for a in range(len(table[0]))
        )
        choice.append(tuple(known.setdefault(images, len(known)) for images in maps))
        targets.append(tuple(above[target] for target in table[inside[0]]))
    # In sorted order, levels that do the same have the same maps.
    order = sorted(known, key=lambda images: [-1 if p is None else p for p in images])
    place = {known[images]: i for i, images in enumerate(order)}
    choices = tuple(tuple(place[number] for number in chosen) for chosen in choice)
    return Level(tuple(members), tuple(order), choices, tuple(targets), names[start])


def _mirrored(level: Level) -> list[list[int]] | None:
    """Return new names of the points in each class, such that no map turns; None if that fails."""
    size = len(level.members[0])
    moves = [images for images in level.maps if len(set(images)) > 1]
    if size < 3 or any(None in images or len(set(images)) < size for images in moves):
        return None
    total = [tuple(image for image in images if image is not None) for images in moves]
    position = _corners(total, size)
    if position is None:
        return None
    # A map takes position x to x + t or to t - x.
    corner = {position[p]: p for p in range(size)}
    turns: dict[PartialMap, bool | None] = {}
    for images in total:
        shift = position[images[corner[0]]]
        is_turn = position[images[corner[1]]] == (shift + 1) % size
        turns[images] = None if is_turn and shift == 0 else is_turn
    if not any(turns.values()):
        return None
    side = _two_sides(level, turns)
    if side is None:
        return None
    plain = [position[p] for p in range(size)]
    flipped = [-position[p] % size for p in range(size)]
    return [flipped if is_flipped else plain for is_flipped in side]


def _corners(moves: Sequence[tuple[int, ...]], size: int) -> dict[int, int] | None:
    """Return a number for each point, as corners of a polygon with all these maps as symmetries.

    Some word of them has to turn it by one corner; words are listed up to twice the corners.
    """
    identity = tuple(range(size))
    elements = [identity]
    seen = {identity}
    for x in elements:
        for g in moves:
            y = tuple(map(g.__getitem__, x))
            if y not in seen:
                seen.add(y)
                elements.append(y)
                if len(elements) > 2 * size:
                    return None
    for turn in elements:
        position = {0: 0}
        point = turn[0]
        while point not in position:
            position[point] = len(position)
            point = turn[point]
        if len(position) == size:
            shifts = [
                {(position[g[turn[p]]] - position[g[p]]) % size for p in identity} for g in moves
            ]
            if all(shift in ({1}, {size - 1}) for shift in shifts):
                return position
    return None


def _two_sides(level: Level, turns: dict[PartialMap, bool | None]) -> list[bool] | None:
    """Say which classes to mirror: a turn has to lead to the other side, a mirror to its own."""
    ways: list[list[tuple[int, bool]]] = [[] for _ in level.members]
    for upper, (chosen, targets) in enumerate(zip(level.choice, level.targets, strict=True)):
        for number, target in zip(chosen, targets, strict=True):
            crosses = turns.get(level.maps[number])
            if crosses is not None:
                ways[upper].append((target, crosses))
                ways[target].append((upper, crosses))
    side: dict[int, bool] = {}
    for first in range(len(ways)):
        if first in side:
            continue
        side[first] = False
        queue = [first]
        for upper in queue:
            for target, crosses in ways[upper]:
                wanted = side[upper] ^ crosses
                if target not in side:
                    side[target] = wanted
                    queue.append(target)
                elif side[target] != wanted:
                    return None
    return [side[upper] for upper in range(len(ways))]

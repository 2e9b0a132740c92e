"""How soon a layer with the wrong spectrum must fail: explicit length bounds in the cast model.

Cast model: a layer's state is exact, and the decoder sees it rounded by a nondecreasing cast into
a set of ``values`` numbers in each coordinate. Read u a^k s with u and s fixed. The exact final
state changes from k to k + 1 by M A^k w for fixed M and w. If every eigenvalue of A is real and
not negative, each coordinate of this is, after m0 steps (the largest nilpotent Jordan block), an
exponential polynomial in k with at most N terms (n less the multiplicity of eigenvalue 0), so it
has at most N - 1 real zeros unless it is identically zero (Polya and Szego, part V, 75). So each
coordinate of the state is monotone on at most N pieces, its cast changes at most ``values - 1``
times on each, and the cast state changes at most

    m0 + n N (values - 1)        times, however large k grows.

A task whose output changes more often than that makes two words collide: same last letter, equal
cast states, different outputs. No decoder is right on both.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod


def nonnegative_changes(dimension: int, values: int) -> int:
    """Most changes of a cast state under powers of one matrix with real eigenvalues >= 0.

    The worst case over all such matrices of this dimension: N <= n and m0 <= n.

    Parameters
    ----------
    dimension : int
        Dimension n of the layer.
    values : int
        Distinct values of one cast coordinate, 65,279 for saturating bf16 with one zero.

    Examples
    --------
    >>> nonnegative_changes(64, 65_279)
    267378752
    """
    return dimension + dimension**2 * (values - 1)


def diagonal_changes(dimension: int, values: int) -> int:
    """Most changes when the matrix is diagonal with entries >= 0: one term a coordinate, m0 <= 1.

    Examples
    --------
    >>> diagonal_changes(64, 65_279)
    4177793
    """
    return 1 + dimension * (values - 1)


def stated_changes(dimension: int, nonzero: int, index: int, values: int) -> int:
    """Most changes of a cast state under powers of a stated matrix with real eigenvalues >= 0.

    Parameters
    ----------
    dimension, nonzero, index : int
        n, N and m0 of the matrix, as :func:`negeig.theory.bounds.growth.growth` finds them.
    values : int
        Distinct values of one cast coordinate.

    Examples
    --------
    >>> stated_changes(2, 1, 1, 65_279) < nonnegative_changes(2, 65_279)
    True
    """
    return index + dimension * nonzero * (values - 1)


def terms_changes(
    dimension: int, nonzero: int, index: int, values: int, *, sequences: int = 2
) -> int:
    """Most changes when every term of the sum is cast, the casts are summed, and the sum is cast.

    This is how Grazzi et al. (arXiv 2411.12537) round: A^k h_0 and each A^i b by themselves. With
    C = N (values - 1), each of the ``sequences`` cast terms jumps at most C times a coordinate,
    so between the jumps of all of them the sum is linear in k: its cast changes at most
    ``values - 1`` times there, and once more at each jump.

    Parameters
    ----------
    sequences : int
        Functions of k that are cast: 2 for A^k h_0 and A^k b; a prefix of the word has one for
        each of its letters, and a repeated word one for each of its letters.

    Examples
    --------
    >>> terms_changes(1, 1, 0, 3)
    14
    """
    jumps = sequences * nonzero * (values - 1)
    return index + dimension * ((jumps + 1) * (values - 1) + jumps)


def stack_changes(layers: Sequence[int], *, places: int = 1) -> int:
    """Most changes of all cast states of a stack whose layers allow so many, from any state.

    While the cast states of the lower layers stay the same a layer reads one letter, so it
    changes no more often than its bound; the product counts the stretches without a change.

    Parameters
    ----------
    layers : sequence of int
        Changes of each layer by itself, for every letter it may read.
    places : int
        Places of the word at which a lower layer is read: 1, and one for each letter of a suffix.

    Examples
    --------
    >>> stack_changes([3, 4])
    19
    """
    return prod(places * changes + 1 for changes in layers) - 1


def stack_power_changes(squares: Sequence[int], *, places: int = 1) -> int:
    """Most t at which a stack of L layers differs from itself 2^L steps before, real eigenvalues.

    ``squares[i - 1]`` bounds the changes of layer i under the square of any product of 2^(i-1) of
    its matrices. Between changes of the lower layers layer i reads a word of period 2^(i-1), so it
    has at most 2^i (squares[i - 1] + 1) changes there: Grazzi et al., Theorem 2, with numbers.

    Examples
    --------
    >>> stack_power_changes([10]) == two_step_changes(10), stack_power_changes([10, 10])
    (True, 1034)
    """
    return prod(1 + ((places * (b + 1)) << (i + 1)) for i, b in enumerate(squares)) - 1


def two_step_changes(square: int) -> int:
    """Most t at which the cast state at t differs from that at t - 2, eigenvalues real of any sign.

    ``square`` bounds the changes under the square of the matrix, whose eigenvalues are >= 0: once
    for the even and once for the odd powers, and one more each for where they start. This is the
    case of one layer of Grazzi et al., arXiv 2411.12537, Theorem 2, made quantitative.

    Examples
    --------
    >>> two_step_changes(10)
    22
    """
    return 2 * (square + 1)


def collision_bound(
    outputs: Sequence[object], period: int, *, changes: int, gap: int = 1, first: int = 0
) -> int:
    """Return a number that the exponent of the first collision cannot exceed.

    Some k, ``first <= k <= collision_bound(...)``, has different outputs at k and k + ``gap`` and
    equal cast states: among ``changes + 1`` such k at least one sees no change of the state.

    Parameters
    ----------
    outputs : sequence
        Outputs at k = 0, 1, 2, ...; the last ``period`` of them repeat for ever.
    period : int
        A period of the outputs that does not divide ``gap``.
    changes : int
        Most changes of the cast state from k to k + ``gap``.
    gap : int
        1 where the eigenvalues are >= 0, 2 where they are real.
    first : int
        Least exponent that counts: 1 where the word at k = 0 ends in another letter, which the
        decoder sees, or is empty.

    Raises
    ------
    ValueError
        When the outputs repeat after ``gap`` steps, so that nothing forces a change.

    Notes
    -----
    O(len(outputs)), whatever the number of changes.

    Examples
    --------
    Even number of 1s: every step is forced, so the bound is ``changes + 1``.

    >>> collision_bound([1, 0], 2, changes=nonnegative_changes(64, 65_279), first=1)
    267378753
    """
    start = len(outputs) - period

    def forced(k: int) -> bool:
        ahead = k + gap
        if ahead >= len(outputs):
            ahead = start + (ahead - start) % period
        here = k if k < len(outputs) else start + (k - start) % period
        return bool(outputs[here] != outputs[ahead])

    tail = max(first, start)
    early = [k for k in range(first, tail) if forced(k)]
    if changes < len(early):
        return early[changes]
    repeated = [k for k in range(tail, tail + period) if forced(k)]
    if not repeated:
        raise ValueError(f"the outputs repeat after {gap} steps: no change is forced")
    rounds, position = divmod(changes - len(early), len(repeated))
    return repeated[position] + rounds * period

"""How soon a diagonal layer comes to rest where every operation rounds, and so must fail.

Hardware model: a coordinate's state is one of finitely many values of a format, in their order (-0
below +0, infinities at the ends), and a letter maps it by h <- fl(fl(a h) + w), each operation
rounded by a nondecreasing rounding. For a >= +0 that map is nondecreasing, for a = -0 it is not.
Under powers of one word a coordinate then moves one way along the chain of its values until it
stays: after ``values - 1`` rounds at most, whatever the dimension, as every coordinate does so by
itself. The page on rounding at every step in ``docs/theory`` has the proof, and that of what
follows for stacks of layers.
"""

from __future__ import annotations

from collections.abc import Sequence

BEYOND_FINITE = 3
"""What a state may be beside the finite values that are counted with one zero: -0, and infinities
of both signs."""


def rounds_to_rest(layers: int, values: int) -> int:
    """Return after how many repetitions of a word a stack of nonnegative layers stays as it is.

    Parameters
    ----------
    layers : int
        Layers of any dimension. Triangular matrices that all have the coordinates in one order
        count as a layer for each coordinate.
    values : int
        Values of one coordinate: bit patterns that differ.

    Notes
    -----
    With entries of any sign, the same number of repetitions of the word 2^layers times.

    Examples
    --------
    >>> rounds_to_rest(1, 65_279 + BEYOND_FINITE)
    65281
    """
    return layers * (values - 1)


def rest_bound(
    outputs: Sequence[object], period: int, *, rest: int, gap: int = 1, first: int = 0
) -> int:
    """Return the least exponent at rest at which the output would have to change.

    From ``rest`` repetitions on the states of k and k + ``gap`` are equal.

    Parameters
    ----------
    outputs : sequence
        Outputs at k = 0, 1, 2, ...; the last ``period`` of them repeat for ever.
    gap : int
        1 where the entries are >= 0, 2 where they have any sign, for one layer.
    first : int
        Least exponent that counts.

    Raises
    ------
    ValueError
        When the outputs repeat after ``gap`` steps, so that nothing has to change.

    Examples
    --------
    >>> rest_bound([1, 0], 2, rest=1_000), rest_bound([1, 0, 0], 3, rest=1_000)
    (1000, 1001)
    """
    start = len(outputs) - period
    at = max(rest, start, first)
    for k in range(at, at + period):
        here = start + (k - start) % period
        ahead = start + (k + gap - start) % period
        if outputs[here] != outputs[ahead]:
            return k
    raise ValueError(f"the outputs repeat after {gap} steps: no change is forced")

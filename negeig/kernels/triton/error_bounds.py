"""How far the chunkwise delta rule in float32 can be from the exact one.

With ``u = 2^-24`` and ``g_n = n u / (1 - n u)``, a sum of n products in any order, fused or not, is
off by at most ``g_n`` times the sum of their magnitudes, as long as nothing over- or underflows
(Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., section 3.1).

**What one chunk adds.** Let it have C steps in d dimensions and begin at a float32 state h, and
let ``r = beta (v - K h)``, whose magnitude ``b_i = |beta_i| (|v_i| + |k_i| |h|)`` bounds. The
kernel's u obeys the exact recurrence from h but for ``e = (I + A) u - r``, as if step i had put
``e_i k_i`` into the state too. Steps do not lengthen that by more than ``rho``, the product of
their norms ``max(1, |1 - beta |k|^2|)``: the state after the chunk is off by at most
``rho sum_i |k_i| |e_i|``. And e is small:

* A is off by at most ``g_(d+1) B``, ``B_ij = |beta_i| |k_i|.|k_j|``, and forward substitution
  solves a system whose A is off by at most ``g_C`` times its own, so the computed T' has
  ``(I + A) T' - I = -F' T'`` with ``|F'| <= F = g_(d+1) B + g_C (|A| + g_(d+1) B)``;
* ``T' - T = -T F' T'`` bounds T' by ``t = |T| + E``, ``E = |T| F (|T| + E)``;
* ``u = T' r`` but for ``g_(C+d+2) t b``, by the sums for W, U and ``U - W h``.

Together ``|e| <= F t b + g_(C+d+2) (I + |A|) t b``. Adding up ``h + sum u_j k_j`` costs another
``g_(C+2) (|h| + sum_j |k_j| (t b)_j)``.

**From chunk to chunk** an error x becomes at most ``rho x``, which is x where no step expands. The
bound grows with the cube of C: worst cases of every sum at once, far from what happens.

**After a run** the states themselves tell more: :func:`residual_bound`. Whatever computed them, if
state t differs by ``x_t`` from what the exact step makes of state t - 1, it is off by at most
``rho_t`` times the error before it, plus ``|x_t|``.
"""

from __future__ import annotations

import numpy as np

from negeig.arrays import Float32s, Float64s, Ints
from negeig.kernels.triton.chunked_plain import chunk_rows, unit_inverse
from negeig.kernels.triton.table import Table

SINGLE, DOUBLE = 2.0**-24, 2.0**-53
# Room for what float64 does to the bound, and to a norm or a residual.
_EVALUATED, _SLIGHT = 1 + 2.0**-20, 2.0**-44


def gamma(count: int, unit: float = SINGLE) -> float:
    """Return ``n u / (1 - n u)``.

    Examples
    --------
    >>> gamma(2**23)
    1.0
    """
    return count * unit / (1 - count * unit)


def chunked_bound(
    table: Table, letters: Ints, before: Float32s, *, chunk: int, radius: float | None = None
) -> Float64s:
    """Return bounds of the error of one word's state at the end of each chunk: (chunks,).

    Euclidean, of any state in the chunk too; known before the run. Evaluated in float64 with room
    for that. O(chunks x C^2 (C + dim)).

    Parameters
    ----------
    table : Table
    letters : int32 (length,)
    before : float32 (padded,)
    chunk : int
        Steps of a chunk.
    radius : float, optional
        The largest norm of an exact state, where it is known; else bounded from the steps.

    Examples
    --------
    >>> rows = np.zeros((2, 1, 8), np.float32)
    >>> rows[0, 0, [0, 4]] = 1, 2  # key 1, beta 2
    >>> flip = Table(dim=1, rows=rows, dense=np.full((2, 1), -1),
    ...              matrix=np.zeros((0, 1, 4)), bias=np.zeros((0, 1)))
    >>> bound = chunked_bound(flip, np.zeros(32, int), np.float32([1, 0, 0, 0]), chunk=16)
    >>> (bound * 2**24).round(-3).tolist()
    [202000.0, 407000.0]
    """
    size, error = float(np.linalg.norm(before.astype(np.float64))), 0.0
    bounds = []
    for rows in chunk_rows(table, letters, chunk).astype(np.float64):
        key, beta, write = rows[:, :-4], np.abs(rows[:, -4]), np.abs(rows[:, -3])
        lengths = np.sqrt((key**2).sum(axis=1))
        expansion = float(_norms(rows).prod())
        start = (size if radius is None else radius) + error
        error = expansion * error + _added(rows, start, expansion, table.dim) * _EVALUATED
        size = expansion * (size + float(beta @ (write * lengths)))
        bounds.append(error)
    return np.array(bounds)


def residual_bound(table: Table, letters: Ints, before: Float32s, states: Float32s) -> Float64s:
    """Return bounds of the errors of one word's computed states, Euclidean: (length,).

    A bound, for any implementation of delta steps: residuals and norms in float64, with room for
    that. O(length x steps x dim).

    Parameters
    ----------
    table : Table
    letters : int32 (length,)
    before : float32 (padded,)
    states : float32 (length, padded)
        After every letter.

    Examples
    --------
    >>> rows = np.zeros((2, 1, 8), np.float32)
    >>> rows[0, 0, [0, 4]] = 1, 2  # key 1, beta 2
    >>> flip = Table(dim=1, rows=rows, dense=np.full((2, 1), -1),
    ...              matrix=np.zeros((0, 1, 4)), bias=np.zeros((0, 1)))
    >>> states = np.float32([[-1, 0, 0, 0], [1.25, 0, 0, 0], [-1.25, 0, 0, 0]])
    >>> residual_bound(flip, np.zeros(3, int), np.float32([1, 0, 0, 0]), states).round(6).tolist()
    [0.0, 0.25, 0.25]
    """
    rows = table.rows[letters].astype(np.float64)
    found = states.astype(np.float64)
    exact = np.concatenate([before[None].astype(np.float64), found[:-1]])
    slight = np.zeros(len(rows))
    for i in range(table.steps):
        key, beta, write = rows[:, i, :-4], rows[:, i, -4], rows[:, i, -3]
        moved = np.abs(beta) * np.sqrt((key**2).sum(axis=1))
        size = np.sqrt((exact**2).sum(axis=1))
        # Of |h| + |beta k| (|k| |h| + |v|), fewer than 2^9 roundings of float64 each.
        slight += size * (1 + moved * np.sqrt((key**2).sum(axis=1))) + moved * np.abs(write)
        exact = exact - key * (beta * ((key * exact).sum(axis=1) - write))[:, None]
    residuals = np.sqrt(((found - exact) ** 2).sum(axis=1)) * _EVALUATED
    expansions = _norms(rows.reshape(-1, rows.shape[2])).reshape(len(rows), -1).prod(axis=1)
    errors, error = np.empty(len(rows)), 0.0
    for t, added in enumerate(residuals + _SLIGHT * slight * expansions):
        error = expansions[t] * error + added
        errors[t] = error
    return errors


def _norms(rows: Float64s) -> Float64s:
    """Return how much each step lengthens a difference of states at most."""
    stretch = rows[:, -4] * (rows[:, :-4] ** 2).sum(axis=1)
    norms = np.abs(1 - stretch) + _SLIGHT * (1 + np.abs(stretch))
    found: Float64s = np.where(stretch == 0, 1.0, np.maximum(norms, 1.0))
    return found


def _added(rows: Float64s, start: float, expansion: float, dim: int) -> float:
    """Return what one chunk adds to the error from a state of a norm of at most ``start``."""
    key, beta, write, count = rows[:, :-4], rows[:, -4], np.abs(rows[:, -3]), len(rows)
    lengths = np.sqrt((key**2).sum(axis=1))
    products = np.tril(np.abs(beta)[:, None] * (np.abs(key) @ np.abs(key).T), -1)
    below = np.tril(beta[:, None] * (key @ key.T), -1)
    inverse, a = np.abs(unit_inverse(below)), np.abs(below) + _SLIGHT * products

    def wrong(unit: float) -> Float64s:
        """F, in arithmetic of a unit of rounding."""
        product = gamma(dim + 1, unit) * products
        found: Float64s = product + gamma(count, unit) * (a + product)
        return found

    def off(t: Float64s, f: Float64s) -> Float64s:
        """E: the solution of ``E = t f (t + E)``."""
        grown = np.tril(t @ f, -1)
        solved: Float64s = unit_inverse(-grown) @ (grown @ t)
        return solved

    f = wrong(SINGLE)
    t = inverse + 2 * off(inverse, wrong(DOUBLE))  # T was computed in float64 itself
    t = t + off(t, f)
    u = t @ (np.abs(beta) * (write + lengths * start))
    e = f @ u + gamma(count + dim + 2) * (u + a @ u)
    return expansion * float(lengths @ e) + gamma(count + 2) * (start + float(lengths @ u))

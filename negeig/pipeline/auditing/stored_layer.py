"""The matrices of a stored layer, read exactly from tensors: every floating number is a dyadic.

A layer is given as keys and betas of delta steps, as dense matrices or as diagonals, one for each
token (or letter). Nothing is rounded: a row of a tensor is held as integers times a power of two.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from negeig.automata.problems import Problems
from negeig.claims import InputError
from negeig.kernels.tensor_file import COMPLEX
from negeig.pipeline.auditing.gates import gate_notices

Array: TypeAlias = NDArray[Any]
Kind = Literal["delta", "dense", "diagonal"]

KINDS: tuple[Kind, ...] = ("delta", "dense", "diagonal")
"""What the tensors of a layer may be."""

FORMATS = {
    "float64": "fp64", "float32": "fp32", "float16": "fp16", "bfloat16": "bf16",
    "float8_e4m3fn": "e4m3fn", "float8_e5m2": "e5m2",
    "float8_e4m3fnuz": "e4m3fnuz", "float8_e5m2fnuz": "e5m2fnuz",
}  # fmt: skip
"""Number formats that are read, by the name of the array type."""

NAMES = {
    "keys": ("key", "keys", "k"),
    "betas": ("beta", "betas", "b"),
    "dense": ("matrix", "matrices", "A", "a"),
    "diagonal": ("diagonal", "diag", "a", "A", "decay"),
}
"""What tensors are called when no name is given: the last part of the name, after its last dot."""

MOST_LISTED = 5
"""Numbers that are not finite, listed for each tensor; all are counted."""

CHUNK = 1 << 20
"""Numbers converted at a time."""


@dataclass(frozen=True, kw_only=True)
class StoredLayer:
    """A layer's tensors, flattened to one row of tokens, equal tokens merged.

    Attributes
    ----------
    kind : str
        ``delta``, ``dense`` or ``diagonal``.
    tensors : tuple of dict
        role, name, format and shape of each tensor.
    shape : tuple of int
        Dimensions that number the tokens, as stored.
    steps, dim : int
        Delta steps a token (1 for the other kinds), dimension of the state.
    values : array
        Of the distinct tokens: keys [d, steps, dim], matrices [d, dim, dim] or diagonals [d, dim].
    betas : array or None
        [d, steps].
    which : array [tokens]
        The distinct token that each token is.
    notices : tuple of str
    """

    kind: Kind
    tensors: tuple[dict[str, Any], ...]
    shape: tuple[int, ...]
    steps: int
    dim: int
    values: Array
    betas: Array | None
    which: NDArray[np.int64]
    notices: tuple[str, ...]

    @property
    def tokens(self) -> int:
        """Number of tokens, equal ones counted each."""
        return len(self.which)

    def index(self, token: int) -> list[int]:
        """Return the place of a token in the stored tensor."""
        return [int(i) for i in np.unravel_index(token, self.shape)]


def stored_layer(
    tensors: Mapping[str, Array],
    kind: Kind,
    *,
    source: str = "tensors",
    keys: str | None = None,
    betas: str | None = None,
    matrices: str | None = None,
    steps: Literal["last", "none"] | None = None,
    unread: Mapping[str, str] | None = None,
) -> StoredLayer:
    """Find the tensors of a layer, check them and merge equal tokens.

    Parameters
    ----------
    tensors : mapping from name to array
        As :func:`negeig.kernels.tensor_file.read_tensors` returns them; not trusted.
    kind : str
        ``delta``: keys [tokens, (steps,) dim] and betas [tokens, (steps)]. ``dense``: [tokens,
        dim, dim]. ``diagonal``: [tokens, dim]. More dimensions in front number tokens too.
    keys, betas, matrices : str, optional
        Names of the tensors; by default those of :data:`NAMES`, and betas beside the keys that are
        named. Those of another layer are taken only where both are named. ``matrices`` also
        names diagonals.
    steps : str, optional
        Whether the last dimension of betas numbers the steps of one token (``last``) or tokens
        (``none``); needed from three dimensions on, and ``last`` where there are two.
    unread : mapping, optional
        Tensors of types that are not read, with what they are: a problem only where one is meant.

    Raises
    ------
    InputError
        For a tensor that is missing, empty, of integers, of a wrong shape, or holds a NaN or an
        infinity (with name and index); every problem is listed.
    """
    if kind not in KINDS:
        turns = "; matrices that turn pairs of coordinates are dense" * (str(kind) == "rotation")
        raise InputError("layer", f"{kind!r}: expected delta, dense or diagonal{turns}")
    problems = Problems(source)
    unread = unread or {}
    roles = {"keys": keys, "betas": betas} if kind == "delta" else {kind: matrices}
    found: dict[str, tuple[str, Array]] = {}
    for role, asked in roles.items():
        option = f"--{role}" if kind == "delta" else "--matrices"
        here: dict[str, Array | str] = {**tensors, **unread}
        if role == "betas" and asked is None and keys is not None:
            here = _beside(keys, here)
        name = _find(here, role, asked, option, problems)
        if name is not None and name in unread:
            pairs = f"; {COMPLEX}" * (" has type C" in unread[name])
            problems.add(f"tensor {name!r} {unread[name]}; expected {', '.join(FORMATS)}{pairs}")
        elif name is not None and _usable(name, np.asarray(tensors[name]), problems):
            found[role] = name, np.asarray(tensors[name])
    if not problems and kind == "delta" and None in (keys, betas):
        _one_layer(found["keys"][0], found["betas"][0], problems)
    if not problems:
        _shapes(kind, found, steps, problems)
    if kind == "delta" and "keys" in found:
        _no_dense_steps(tensors, found["keys"][0], problems)
    if problems:
        raise problems.error()
    about = tuple(
        {"role": role, "name": name, "format": FORMATS[array.dtype.name], "shape": [*array.shape]}
        for role, (name, array) in found.items()
    )
    notices = gate_notices(tensors, unread, {name for name, _ in found.values()})
    return _merged(kind, found, about, steps, notices)


def integer_rows(rows: Array) -> tuple[Array, NDArray[np.int64]]:
    """Return integers and exponents: ``rows[i, j] = integers[i, j] * 2**exponents[i]`` exactly.

    Parameters
    ----------
    rows : array [n, dim] of finite floating-point numbers, in any format up to fp64

    Returns
    -------
    integers : array [n, dim]
        Of int64 where sums of products of two rows cannot overflow, otherwise of Python integers.
    exponents : array [n]

    Examples
    --------
    >>> integers, exponents = integer_rows(np.array([[0.75, -2.0], [0.0, 0.0]]))
    >>> integers.tolist(), exponents.tolist()
    ([[3, -8], [0, 0]], [-2, 0])
    """
    fractions, exponents = np.frexp(rows.astype(np.float64))
    whole = np.ldexp(fractions, 53).astype(np.int64)
    lowest = whole & -whole
    zeros = np.where(whole == 0, 0, np.frexp(lowest.astype(np.float64))[1] - 1)
    whole >>= zeros
    exponents = exponents.astype(np.int64) - 53 + zeros
    smallest = np.where(whole == 0, np.iinfo(np.int64).max, exponents).min(axis=1)
    smallest = np.where((whole == 0).all(axis=1), 0, smallest)
    shifts = np.where(whole == 0, 0, exponents - smallest[:, None])
    bits = np.frexp(np.abs(whole).astype(np.float64))[1] + shifts
    room = 62 - int(rows.shape[1]).bit_length()
    if 2 * int(bits.max(initial=0)) > room:
        whole, shifts = whole.astype(object), shifts.astype(object)
    return whole << shifts, smallest


def fractions_of(array: Array) -> list[Any]:
    """Return the numbers of an array as nested lists of Fractions."""
    values = array.astype(np.float64)
    if values.ndim == 1:
        return [Fraction(x) for x in values.tolist()]
    return [fractions_of(row) for row in values]


def _beside(keys: str, tensors: Mapping[str, Array | str]) -> dict[str, Array | str]:
    """Return the tensors of the layer that keys are of, if betas are among them, or else all."""
    layer = keys.rpartition(".")[0]
    near = {name: tensor for name, tensor in tensors.items() if name.rpartition(".")[0] == layer}
    has_betas = any(name.rpartition(".")[2] in NAMES["betas"] for name in near)
    return near if has_betas else dict(tensors)


def _one_layer(key: str, beta: str, problems: Problems) -> None:
    """Note keys and betas of different layers, by their names: shapes fit all the same."""
    first, second = sorted((name.rpartition(".")[0] for name in (key, beta)), key=len)
    if first and not f"{second}.".startswith(f"{first}."):
        problems.add(
            f"betas {beta!r} are not beside keys {key!r}: of another layer; if they belong "
            f"together, say so: --keys {key} --betas {beta}"
        )


def _find(
    tensors: Mapping[str, Array | str],
    role: str,
    asked: str | None,
    option: str,
    problems: Problems,
) -> str | None:
    """Return the name of a tensor, or note why there is none."""
    present = ", ".join(
        f"{name!r} {array if isinstance(array, str) else list(np.shape(array))}"
        for name, array in list(tensors.items())[:20]
    )
    more = f" and {len(tensors) - 20:,} more" if len(tensors) > 20 else ""
    present = f"the file has {present}{more}" if tensors else "the file has no tensor"
    if asked is not None:
        if asked not in tensors:
            problems.add(f"{option}: there is no tensor {asked!r}; {present}")
            return None
        return asked
    for wanted in NAMES[role]:
        named = [name for name in tensors if name.rpartition(".")[2] == wanted]
        if len(named) > 1:
            listed = ", ".join(repr(name) for name in named[:20])
            problems.add(f"{role}: several tensors may be meant, {listed}; choose with {option}")
            return None
        if named:
            return named[0]
    expected = ", ".join(NAMES[role])
    problems.add(f"{role}: no tensor is called {expected}; name it with {option}; {present}")
    return None


def _usable(name: str, array: Array, problems: Problems) -> bool:
    """Note integers, emptiness, and numbers that are not finite."""
    shape = f"tensor {name!r} of shape {list(array.shape)}"
    if array.dtype.name not in FORMATS:
        pairs = f"; {COMPLEX}" * (array.dtype.kind == "c")
        problems.add(
            f"{shape} has type {array.dtype}; expected floating-point numbers: {', '.join(FORMATS)}"
            + pairs
        )
        return False
    if array.size == 0 or array.ndim == 0:
        problems.add(f"{shape}: {'empty' if array.ndim else 'a single number'}")
        return False
    flat = array.reshape(-1)
    wrong: list[int] = []
    count = 0
    for start in range(0, flat.size, CHUNK):
        finite = np.isfinite(flat[start : start + CHUNK].astype(np.float64))
        here = np.flatnonzero(~finite) + start
        count += len(here)
        wrong += here[: MOST_LISTED - len(wrong)].tolist()
    if wrong:
        listed = ", ".join(
            f"{[int(j) for j in np.unravel_index(i, array.shape)]} is {float(flat[i])}"
            for i in wrong
        )
        hidden = count - len(wrong)
        more = f", and {hidden:,} more" if hidden > 0 else ""
        problems.add(f"{shape}: numbers that are not finite, {listed}{more}")
    return not wrong


def _shapes(
    kind: Kind, found: Mapping[str, tuple[str, Array]], steps: str | None, problems: Problems
) -> None:
    if kind != "delta":
        name, array = found[kind]
        shape = list(array.shape)
        least = 3 if kind == "dense" else 2
        wanted = "[tokens, n, n]" if kind == "dense" else "[tokens, n]"
        if array.ndim < least:
            problems.add(f"tensor {name!r} of shape {shape}: expected {wanted}")
        elif kind == "dense" and shape[-1] != shape[-2]:
            problems.add(f"tensor {name!r} of shape {shape}: the matrices are not square")
        return
    (key, keys), (beta, betas) = found["keys"], found["betas"]
    if keys.shape[:-1] != betas.shape:
        problems.add(
            f"keys {key!r} of shape {list(keys.shape)} and betas {beta!r} of shape "
            f"{list(betas.shape)}: expected a beta for each key, shape {list(keys.shape[:-1])}"
        )
    elif betas.ndim > 2 and steps is None:
        problems.add(
            f"betas {beta!r} of shape {list(betas.shape)}: say whether the last dimension numbers "
            "the steps of one token (--steps last) or tokens or heads (--steps none)"
        )


def _no_dense_steps(tensors: Mapping[str, Array], key: str, problems: Problems) -> None:
    """Refuse files of compiled networks in which steps are stored as matrices beside the keys."""
    dense = tensors.get(f"{key.rpartition('.')[0]}.dense")
    if dense is not None and np.any(np.asarray(dense) >= 0):
        problems.add(f"some steps beside {key!r} are dense matrices, which keys and betas omit")


def _merged(
    kind: Kind,
    found: Mapping[str, tuple[str, Array]],
    about: tuple[dict[str, Any], ...],
    steps: str | None,
    notices: list[str],
) -> StoredLayer:
    notices = list(notices)
    values = found["keys" if kind == "delta" else kind][1]
    betas = found["betas"][1] if kind == "delta" else None
    inner = 2 if kind == "dense" else 1
    if betas is not None:
        if steps == "none" or betas.ndim == 1:
            values, betas = values[..., None, :], betas[..., None]
        inner = 2
    shape = values.shape[: values.ndim - inner] or (1,)
    values = values.reshape(-1, *values.shape[values.ndim - inner :])
    parts = [values.reshape(len(values), -1)]
    if betas is not None:
        betas = betas.reshape(-1, betas.shape[-1])
        parts.append(betas)
    if len(shape) > 1:
        notices.append(f"tokens are numbered by {len(shape)} dimensions, {list(shape)}")
    first, which = _distinct(parts)
    return StoredLayer(
        kind=kind,
        tensors=about,
        shape=tuple(int(n) for n in shape),
        steps=1 if betas is None else betas.shape[1],
        dim=values.shape[-1],
        values=values[first],
        betas=None if betas is None else betas[first],
        which=which,
        notices=tuple(notices),
    )


def _distinct(parts: Sequence[Array]) -> tuple[Array, NDArray[np.int64]]:
    """Return the first of each group of rows with equal bits, and the group of every row."""
    raw = np.hstack([np.ascontiguousarray(part).view(np.uint8) for part in parts])
    rows = np.ascontiguousarray(raw).view(np.dtype((np.void, raw.shape[1]))).reshape(-1)
    _, first, which = np.unique(rows, return_index=True, return_inverse=True)
    order = np.argsort(first)  # groups in the order of their first token
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return first[order], rank[which.reshape(-1)].astype(np.int64)

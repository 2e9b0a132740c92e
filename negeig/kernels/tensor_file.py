"""Safetensors files: a reader for untrusted ones, and a writer whose bytes depend on nothing else.

A safetensors file is eight bytes that give the length of a JSON header, the header (type, shape
and place of every tensor, and text under names, the metadata), and the numbers. Nothing in it is
executed. Files of other kinds, pickles above all, are refused.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from negeig.automata.formats.documents import of_others
from negeig.automata.formats.files import read_bytes
from negeig.automata.formats.json_file import loads as load_json
from negeig.automata.problems import Problems
from negeig.claims import InputError, Unavailable
from negeig.writing import write_whole

Array: TypeAlias = NDArray[Any]

COMPLEX = "complex numbers are read as blocks [[x, -y], [y, x]] of a dense matrix: --layer dense"
"""What is said of complex numbers, which no format here holds."""


@cache
def dtypes() -> Mapping[str, np.dtype[Any]]:
    """Return the number types that are read, by their names in a file."""
    import ml_dtypes as ml

    known: dict[str, Any] = {
        "F64": np.float64, "F32": np.float32, "F16": np.float16, "BF16": ml.bfloat16,
        "F8_E4M3": ml.float8_e4m3fn, "F8_E5M2": ml.float8_e5m2,
        "F8_E4M3FNUZ": ml.float8_e4m3fnuz, "F8_E5M2FNUZ": ml.float8_e5m2fnuz,
        "I64": np.int64, "I32": np.int32, "I16": np.int16, "I8": np.int8,
        "U64": np.uint64, "U32": np.uint32, "U16": np.uint16, "U8": np.uint8, "BOOL": np.bool_,
    }  # fmt: skip
    return {name: np.dtype(kind) for name, kind in known.items()}


def read_tensors(
    path: str, max_bytes: int = 64_000_000, unread: dict[str, str] | None = None
) -> dict[str, Array]:
    """Read the tensors of a safetensors file, in the order of their names.

    Parameters
    ----------
    path : str
        A file; ``-`` is standard input. It need not be trusted.
    max_bytes : int
        The largest file; its size is checked before it is read.
    unread : dict, optional
        Takes the tensors whose type is not known, with shape and type, instead of refusing them.

    Returns
    -------
    dict from name to array
        In the stored types: bf16 and the 8-bit formats are those of ml_dtypes.

    Raises
    ------
    InputError
        When the file cannot be read, is too large, is no safetensors file (lengths, shapes and
        places that do not agree, a name twice), or a tensor has a type that is not known and there
        is no ``unread``; naming every such tensor.
    Unavailable
        When safetensors is not installed.
    """
    return read(path, max_bytes, unread)[1]


def read(
    path: str, max_bytes: int = 64_000_000, unread: dict[str, str] | None = None
) -> tuple[str, dict[str, Array], dict[str, str]]:
    """Return what messages call a file, its tensors as :func:`read_tensors` does, its metadata."""
    library = _library()
    name, data = read_bytes(path, max_bytes)
    try:
        listed = library.deserialize(data)
        length = int.from_bytes(data[:8], "little")
        metadata = load_json(data[8 : 8 + length].decode()).get("__metadata__") or {}  # or null
    except (library.SafetensorError, ValueError) as error:
        problem = f"not a safetensors file: {error}"
        if data.startswith((b"PK\x03\x04", b"\x80")):
            problem = (
                "not a safetensors file: it looks like a pickle or an archive of torch.save, which "
                "may run code when it is read: save the tensors with safetensors instead"
            )
        elif what := of_others(data):
            problem = f"not a safetensors file: {what}"
        elif data and b"\0" not in data[:1000]:  # the length of a header has some
            problem = "not a safetensors file but text"
        raise InputError(name, problem, code="bad-file") from None
    problems = Problems(name)
    tensors = {}
    for tensor, stored in sorted(listed, key=lambda pair: str(pair[0])):
        dtype = dtypes().get(stored["dtype"])
        if dtype is None:
            about = f"of shape {list(stored['shape'])} has type {stored['dtype']}"
            if unread is not None:
                unread[tensor] = about
                continue
            pairs = f"; {COMPLEX}" * stored["dtype"].startswith("C")
            problems.add(f"tensor {tensor!r} {about}; expected one of {', '.join(dtypes())}{pairs}")
        else:
            tensors[tensor] = np.frombuffer(stored["data"], dtype).reshape(stored["shape"])
    if problems:
        raise problems.error()
    return name, tensors, metadata


def write(path: str, tensors: Mapping[str, Array], metadata: Mapping[str, str]) -> None:
    """Write tensors and metadata, whole or not at all; equal contents give equal bytes.

    Raises InputError when the file cannot be written, Unavailable without safetensors.
    """
    _library()
    from safetensors.numpy import save

    contiguous = {name: np.asarray(tensors[name], order="C") for name in sorted(tensors)}
    data = save(contiguous, dict(metadata))
    # The library writes metadata in the order of a hash table that differs from run to run.
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    header["__metadata__"] = dict(sorted(header["__metadata__"].items()))
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    try:
        write_whole(path, len(text).to_bytes(8, "little") + text + data[8 + length :])
    except OSError as error:
        raise InputError(path, f"cannot be written: {error.strerror}", "output") from error


def _library() -> Any:
    try:
        import safetensors
    except ImportError:
        raise Unavailable(
            "tensor files need the package safetensors: pip install safetensors"
        ) from None
    return safetensors

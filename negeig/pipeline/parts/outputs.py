"""Networks and pictures written to files, whole or not at all; what cannot be is refused early."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from negeig.claims import InputError
from negeig.writing import try_out, write_whole

if TYPE_CHECKING:
    from negeig.pipeline.compile import Compilation

NETWORKS = {".json": "JSON", ".safetensors": "tensors", ".onnx": "ONNX"}
"""What a network is written as, by the ending of the file's name."""

PICTURES = {".txt": "text", ".dot": "dot", ".gv": "dot", ".svg": "svg"}
"""How a picture is drawn, by the ending of the file's name."""


PAGES = {".html": "page", ".htm": "page"}
"""What a page is written as, by the ending of the file's name."""


CERTIFICATES = {".json": "certificates", ".gz": "the same, compressed"}
"""What certificates are written as, by the ending of the file's name."""


def write_network(
    path: str, made: Compilation, *, dtype: str = "float32", round_parameters: bool = False
) -> None:
    """Write a compiled network, as its name ends: see ``NETWORKS``; a name without ending is JSON.

    ``-`` is standard output, for JSON. Raises InputError when the file cannot be written, or a
    number is no value of ``dtype`` and ``round_parameters`` is not set.
    """
    problems = _no_network(path)
    if problems:
        raise InputError("output", problems)
    if _ends(path, ".safetensors") and made.layer is not None:
        from negeig.kernels.layers.layer_file import save as save_layer

        save_layer(path, made.layer, made.about())
    elif _ends(path, ".safetensors"):
        from negeig.kernels.tensors import save

        save(path, made.network, dtype=dtype, round_parameters=round_parameters, about=made.about())
    elif _ends(path, ".onnx"):
        from negeig.kernels.onnx_model import save as save_model

        save_model(path, made.network, about=made.about())
    else:
        from negeig.theory.networks.network_json import dumps

        text = dumps(made.network, about=made.about())
        if path == "-":
            print(text)
        else:
            write_text(path, text + "\n")


def in_words(path: str, made: Compilation, dtype: str = "float32") -> str:
    """Say what :func:`write_network` writes to a file of this name."""
    if _ends(path, ".safetensors"):
        what = "the network" if made.layer is None else f"the weights of {made.layer.kind.name}"
        return f"{what} as tensors, {dtype}"
    return f"the network as {'an ONNX model' if _ends(path, '.onnx') else 'JSON'}"


def check_outputs(
    paths: Sequence[str], *, dtype: str | None = None, round_parameters: bool = False
) -> None:
    """Refuse what :func:`write_network` would not write, before any work is done.

    Raises InputError with every problem: a path that names no file or ends in something unknown, an
    unknown type, and a type or rounding where no tensors are written; Unavailable for a package
    that is missing.
    """
    from negeig.kernels.tensors import DTYPES

    problems = [problem for path in paths for problem in _no_network(path)]
    if dtype is not None and dtype not in DTYPES:
        meant = next((name for name, format in DTYPES.items() if format == dtype), None)
        hint = "" if meant is None else f" did you mean {meant}?"
        problems.append(f"unknown dtype {dtype!r};{hint} known: {', '.join(DTYPES)}")
    if not any(_ends(path, ".safetensors") for path in paths):
        options = {"--dtype": dtype is not None, "--round-parameters": round_parameters}
        problems += [
            f"{name} is about tensors: give -o with a name that ends in .safetensors too"
            for name, given in options.items()
            if given
        ]
    if problems:
        raise InputError("output", problems)
    if any(_ends(path, ".onnx") for path in paths):
        from negeig.kernels.onnx_model import need_onnx

        need_onnx()


def write_picture(path: str, text: str) -> None:
    """Write a picture; ``-`` is standard output. Raises InputError when it cannot be written."""
    if path == "-":
        print(text)
    else:
        write_text(path, text + "\n")


def drawn_as(path: str) -> list[str]:
    """Return how the ending of a file's name says that a picture is drawn, if it says so.

    Examples
    --------
    >>> drawn_as("eggbox.SVG"), drawn_as("graph.gv"), drawn_as("picture")
    (['svg'], ['dot'], [])
    """
    kind = PICTURES.get(PurePath(path).suffix.lower())
    return [] if kind is None else [kind]


def check_picture(path: str, kind: str) -> None:
    """Refuse a file whose name says that it holds something else than a picture of this kind.

    Raises InputError for a path that names no file, and for an ending that is not one of those of
    the kind in ``PICTURES``; a name without ending may hold any.
    """
    endings = {ending: drawn for ending, drawn in PICTURES.items() if drawn == kind}
    if path != "-":
        check_file(path, endings)


def check_file(path: str, endings: Mapping[str, str], *, option: str = "output") -> None:
    """Refuse a file that cannot be written, or whose name does not end as it should.

    ``option`` is what the file was given for. Raises InputError for a path that names no file, a
    folder that is not there or is closed, and an ending that is none of the keys; where one of them
    is there, a name without ending too; and for ``-``.
    """
    if path == "-":
        raise InputError(option, "'-' is no file, and nothing is printed in its place: name a file")
    problems = _no_file(path) or _unknown_ending(path, endings) or _unwritable(path)
    if problems:
        raise InputError(option, problems)


def check_writable(path: str) -> None:
    """Refuse a path that names no file, or one that cannot be written."""
    problems = _no_file(path) or _unwritable(path)
    if problems:
        raise InputError("output", problems)


def check_folder(path: str) -> None:
    """Refuse a folder that is a file, or that cannot be made or written in."""
    folder = Path(os.path.realpath(path))
    there = next(each for each in (folder, *folder.parents) if each.exists())
    problem = ""
    if not there.is_dir():
        problem = f"{str(there)!r} is a file"
    elif not os.access(there, os.W_OK):
        problem = f"{str(there)!r} is closed to you"
    if problem:
        raise InputError("output", f"the folder {path!r} cannot be used: {problem}")


def tensor_type(format: str | None, known: Mapping[str, str]) -> str:
    """Return the type of tensors that nobody named: that of the format asked for, or float32.

    Parameters
    ----------
    format : str or None
        The format or arithmetic in which the network is proved.
    known : mapping
        Types of tensors, and their formats.

    Examples
    --------
    >>> from negeig.kernels.tensors import DTYPES
    >>> tensor_type("bf16:acc32", DTYPES), tensor_type("grid:2^-6", DTYPES)
    ('bfloat16', 'float32')
    """
    wanted = "" if format is None else format.partition(":")[0]
    return next((name for name, held in known.items() if held == wanted), "float32")


def storage_formats(
    paths: Sequence[str], *, dtype: str = "float32", round_parameters: bool = False
) -> dict[str, str]:
    """Return the number formats that must hold a network to be written, with what asks for each."""
    from negeig.kernels.tensors import DTYPES

    found = {}
    if any(_ends(path, ".onnx") for path in paths):
        found["fp32"] = "numbers of an ONNX model are float32"
    if not round_parameters and any(_ends(path, ".safetensors") for path in paths):
        ways = "--dtype T names another type, --round-parameters rounds"
        found[DTYPES[dtype]] = f"the tensors are {dtype}; {ways}"
    return found


def _ends(path: str, ending: str) -> bool:
    return path.lower().endswith(ending)


def _no_network(path: str) -> list[str]:
    return _no_file(path) or _unknown_ending(path, NETWORKS) or _unwritable(path)


def _unknown_ending(path: str, known: Mapping[str, str]) -> list[str]:
    """Return what is said of a name that ends in something unknown, if it does."""
    ending = PurePath(path).suffix
    if not ending or ending.lower() in known:
        return []
    endings = ", ".join(f"{name} ({what})" for name, what in known.items())
    written = "endings that are written are" if len(known) > 1 else "ending that is written is"
    return [f"{path!r} ends in {ending}; the {written} {endings}"]


def _no_file(path: str) -> list[str]:
    """Return why a path names no file that could be written, if it does not."""
    if not path:
        return ["the name of the file to write is empty"]
    if path.endswith("/") or os.path.isdir(path):
        return [f"{path!r} names a folder; give the name of a file"]
    return []


def _unwritable(path: str) -> list[str]:
    """Return why a file cannot be written, as far as can be known before it is."""
    if path == "-":
        return []
    target = os.path.realpath(path)
    folder = os.path.dirname(target)
    if not os.path.isdir(folder):
        return [f"{path!r} cannot be written: there is no folder {folder!r}"]
    # A file is written beside its place and renamed; what is no file is written to as it is.
    written = target if os.path.exists(target) and not os.path.isfile(target) else folder
    if not os.access(written, os.W_OK):
        return [f"{path!r} cannot be written: {written!r} is closed to you"]
    try:
        try_out(path)
    except OSError as error:
        return [f"{path!r} cannot be written: {error.strerror}"]
    return []


def write_text(path: str, text: str) -> None:
    """Write a file whole or not at all; InputError when it cannot be written."""
    try:
        write_whole(path, text.encode())
    except OSError as error:
        raise InputError(path, f"cannot be written: {error.strerror}", "output") from error

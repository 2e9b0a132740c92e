"""The files of JSON that commands read, told apart: one that another command reads is named.

Keys tell what a document is. Of a certificate, which has a value in each line, the first does.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

LONGEST = 1_000_000
"""Characters of a text that are looked at."""


@dataclass(frozen=True)
class Kind:
    """A kind of document: how to tell one, what it is, and what reads it."""

    key: str
    what: str
    readers: str
    is_one: Callable[[Mapping[str, Any]], bool]

    def __str__(self) -> str:
        return f"{self.what}, which {self.readers}"


KINDS = (
    Kind(
        "network",
        "a network of negeig",
        "negeig precision, collide and conform --network read",
        lambda value: (
            value.get("schema") == "negeig.network/1" or {"layers", "alphabet"} <= value.keys()
        ),
    ),
    Kind(
        "certificate",
        "a certificate",
        "negeig verify reads",
        lambda value: {"claim", "evidence", "kind"} <= value.keys(),
    ),
    Kind(
        "answer",
        "what a command printed with --json",
        "no command reads",
        lambda value: str(value.get("schema")).startswith("negeig.") and "transitions" not in value,
    ),
    Kind(
        "machine",
        "a machine",
        "every command that takes a language reads with --file",
        lambda value: "transitions" in value,
    ),
    Kind(
        "config",
        "the configuration of a model",
        "negeig audit reads",
        lambda value: "model_type" in value or "architectures" in value,
    ),
    Kind(
        "shards",
        "the index of a model in several files",
        "names the file of each tensor; negeig audit reads such a file",
        lambda value: isinstance(value.get("weight_map"), Mapping),
    ),
    Kind(
        "layer",
        "the specification of a layer",
        "negeig check --layer reads",
        lambda value: "family" in value or "arch" in value,
    ),
)
"""In the order in which they are tried."""


def kind_of(value: object) -> Kind | None:
    """Return what kind of document a value of JSON is, None where it is none that is known.

    Examples
    --------
    >>> print(kind_of({"family": "delta", "beta": "0..2"}))
    the specification of a layer, which negeig check --layer reads
    >>> kind_of([1, 2]) is kind_of({}) is None
    True
    """
    if not isinstance(value, Mapping):
        return None
    return next((kind for kind in KINDS if kind.is_one(value)), None)


def other_than(wanted: str, value: object) -> str | None:
    """Say what a value of JSON is where it is a document of another kind than is read.

    ``wanted`` is the key of the kind that is read.

    Examples
    --------
    >>> other_than("network", {"model_type": "gla"})
    'this is the configuration of a model, which negeig audit reads'
    >>> other_than("config", {"model_type": "gla"}) is other_than("config", {}) is None
    True
    """
    found = kind_of(value)
    return None if found is None or found.key == wanted else f"this is {found}"


def binary(data: bytes) -> str | None:
    r"""Say what a binary file is that negeig writes, by its first bytes.

    Examples
    --------
    >>> binary(b"\x40" + bytes(7) + b'{"__metadata__":')
    'a safetensors file, which negeig audit reads'
    >>> binary(b"\x40" + bytes(7) + b'{"__metadata__":{"schema":"negeig.layer/1"}}')
    'the parameters of a released layer, which the code in its metadata runs'
    """
    if b"\0" in data[:8] and data[8:10] == b'{"':  # the length of a header, and the header
        header = data[8 : 8 + int.from_bytes(data[:8], "little")]
        if b'"schema":"negeig.layer/1"' in header:
            return "the parameters of a released layer, which the code in its metadata runs"
        return "a safetensors file, which negeig audit reads"
    if data[:1] == b"\x08" and data[2:3] in (b"\x12", b"\x3a"):  # version, producer or graph
        return "an ONNX model, which runtimes read"
    return None


STARTS = {
    b"\x1f\x8b": "compressed by gzip: unpack it first",
    b"BZh": "compressed by bzip2: unpack it first",
    b"\xfd7zXZ": "compressed by xz: unpack it first",
    b"\x28\xb5\x2f\xfd": "compressed by zstd: unpack it first",
    b"PK\x03\x04": "a zip archive, as torch.save and numpy.savez write: unpack it, or save what it "
    "holds as JSON or safetensors",
    b"\x93NUMPY": "an array of numpy; save it as JSON or safetensors",
    b"\x89HDF": "an HDF5 file; save what it holds as JSON or safetensors",
    b"\x89PNG": "a picture, PNG",
    b"\xff\xd8\xff": "a picture, JPEG",
    b"%PDF": "a PDF",
    b"\x7fELF": "a program or library, ELF",
    b"\xd6\xfd\xb2\x7e": "a binary file of OpenFst; write its text with fstprint",
    b"GGUF": "weights in GGUF, which no command reads; convert them to safetensors",
}
"""The first bytes of files that negeig does not write, and what they are."""


def of_others(data: bytes) -> str | None:
    r"""Say what a file of others is that holds no text, by its first bytes.

    Examples
    --------
    >>> of_others(b"\x89PNG\r\n"), of_others(b"digraph {")
    ('a picture, PNG', None)
    """
    return next((what for start, what in STARTS.items() if data.startswith(start)), None)


def glance(text: str | bytes) -> object:
    r"""Return the value of a text of JSON, or of its first line; None where neither is one.

    Examples
    --------
    >>> glance('{"kind": "word"}\n[1, 2]\n'), glance('{\n"alphabet": []}'), glance("no JSON")
    ({'kind': 'word'}, {'alphabet': []}, None)
    """
    head = text[:LONGEST]
    for part in (head, *head.splitlines()[:1]):
        try:
            return json.loads(part)
        except (ValueError, RecursionError):
            continue
    return None

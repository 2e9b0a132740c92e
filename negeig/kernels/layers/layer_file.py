"""A layer's weights as a safetensors file that says how to load and run them.

The file holds the parameters of each module, its table of inputs and its decoder; the metadata has
what :func:`about` says, among it Python that loads and runs them without negeig, and the exact
network, so that a file can be held to what it says it is.
"""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from typing import Any

import numpy as np

from negeig import __version__
from negeig.automata.problems import Problems
from negeig.claims import Letter, Output
from negeig.kernels.layers.export import DTYPES, Export, export
from negeig.kernels.layers.kind import known
from negeig.kernels.tensor_file import Array, read, write
from negeig.theory.networks.network_json import dumps, loads

SCHEMA = "negeig.layer/1"

MODEL = (
    "every head holds the network's state, shifted and scaled by a power of two: queries, keys, "
    "values, beta and decay are exact, and the recurrence, one position at a time, rounds nothing "
    "in float32 sums in any order ({bits} significant bits); only the norm of the output rounds"
)


def about(made: Export) -> dict[str, Any]:
    """Return what a file says of itself, ready for JSON.

    Examples
    --------
    >>> import negeig
    >>> from negeig.kernels.layers.kind import find
    >>> said = about(export(negeig.compile("(11)*").network, find("transformers.olmo_hybrid")))
    >>> said["positions"], said["start_positions"], said["values"]
    ([1], [1], [1, 0])
    """
    kind = made.kind
    return {
        "kind": kind.name,
        "class": f"{kind.module}.{kind.layer}",
        "package": kind.package,
        "arguments": [dict(layer.arguments) for layer in made.layers],
        "dtype": made.dtype,
        "alphabet": list(made.network.alphabet),
        "values": list(made.values),
        "empty": made.network.empty,
        "positions": list(made.positions),
        "start_positions": [len(layer.start) for layer in made.layers],
        "bits": [layer.bits for layer in made.layers],
        "margin": [float(f"{layer.margin:.6g}") for layer in made.layers],
        "arithmetic": MODEL.format(bits=max(layer.bits for layer in made.layers)),
        "tested_with": kind.tested,
    }


TRIED = 12
"""Letters of the word that the code of a file runs."""


def tried(made: Export) -> tuple[list[Letter], list[Output]]:
    """Return a word that mixes as many letters as it has room for, and the machine's outputs.

    Examples
    --------
    >>> import negeig
    >>> from negeig.kernels.layers.kind import find
    >>> word, right = tried(export(negeig.compile(zoo="parity").network, find("fla.DeltaNet")))
    >>> "".join(word), right
    ('100101110100', [0, 0, 0, 1, 1, 0, 1, 0, 0, 1, 1, 1])
    """
    letters, draw = list(made.network.alphabet), random.Random(0)
    word = draw.sample(letters, min(TRIED, len(letters)))
    word += draw.choices(letters, k=TRIED - len(word))
    return word, list(made.network.run(word)[1:])


# Where fla can be imported, transformers calls its kernels, which need a GPU.
TRANSFORMERS = """import json, sys, torch
sys.modules["fla"], device = None, "cpu"  # plain torch, on a CPU
"""

FLA = """import json, os, torch
device = "cuda" if torch.cuda.is_available() else "cpu"
if device == "cpu":  # Triton's interpreter, some tens of positions a second; a GPU tunes by timing
    os.environ["TRITON_INTERPRET"] = "1"
    from triton.runtime.autotuner import Autotuner
    def first(self, *args, run=Autotuner.run, **kwargs):
        self.configs = self.configs[:1]
        return run(self, *args, **kwargs)
    Autotuner.run = first
"""


def code(made: Export, path: str) -> str:
    """Return Python that loads a file into the modules, runs a word and compares the outputs."""
    kind = made.kind
    word, right = tried(made)
    if kind.config is None:
        before, config, build = FLA, "", kind.layer
        mode, outputs = (
            '    if device == "cpu":\n        arguments["mode"] = "fused_recurrent"\n',
            "[0]",
        )
    else:
        before, mode, outputs = TRANSFORMERS, "", ""
        config = f"from transformers import {kind.config}\n"
        build = f"lambda **a: {kind.layer}({kind.config}(**a), 0)"
    return f"""{before}from safetensors import safe_open
from safetensors.torch import load_file
{config}from {kind.module} import {kind.layer}
word = {word!r}
right = {right!r}
t, about = load_file({path!r}), safe_open({path!r}, "pt").metadata()
build = {build}
read = torch.tensor([json.loads(about["alphabet"]).index(a) for a in word])
for i, arguments in enumerate(json.loads(about["arguments"])):
    own = {{k.split(".", 2)[2]: x for k, x in t.items() if k.startswith(f"layers.{{i}}.")}}
{mode}    layer = build(**arguments).to(torch.{made.dtype}).eval()
    layer.load_state_dict({{k[7:]: x for k, x in own.items() if k.startswith("module.")}})
    rows = torch.cat([own["start"], own["rows"][read].flatten()])
    with torch.no_grad():
        y = layer.to(device)(own["inputs"][rows][None].to(device)){outputs}[0].double().cpu()
    steps, dim = own["rows"].shape[1], own["codes"].shape[1]
    state = torch.cdist(y[len(own["start"]) + steps - 1 :: steps, :dim], own["codes"]).argmin(1)
    read = own["emit"][state, read].long()
found = [json.loads(about["values"])[n] for n in read]
print(found)
if found != right:
    raise SystemExit(f"wrong: expected {{right}}")
"""


def metadata(
    made: Export, path: str, network_about: Mapping[str, Any] | None = None
) -> dict[str, str]:
    """Return the metadata of a file: text under names."""
    document = about(made) | {"version": __version__, "code": code(made, path)}
    texts = {
        key: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for key, value in document.items()
    }
    return {"schema": SCHEMA, **texts, "negeig.network": dumps(made.network, network_about)}


def save(path: str, made: Export, network_about: Mapping[str, Any] | None = None) -> None:
    """Write a layer, whole or not at all; equal layers give equal bytes.

    Raises InputError when the file cannot be written, Unavailable without safetensors.
    """
    write(path, made.tensors, metadata(made, path, network_about))


def load(path: str, max_bytes: int = 64_000_000) -> Export:
    """Read a file that :func:`save` wrote, and hold every array to the network that it names.

    Raises
    ------
    InputError
        When it is no such file, or an array is missing, superfluous, of another type or shape, or
        has another number anywhere than the network's layer; naming every such array.
    Unavailable
        When safetensors is not installed.
    """
    return held(*read(path, max_bytes), max_bytes)


def held(
    name: str, tensors: Mapping[str, Array], texts: Mapping[str, str], max_bytes: int = 64_000_000
) -> Export:
    """Return what a file that was read holds, as :func:`load` does.

    ``name`` is what messages call it, and ``texts`` its metadata.
    """
    problems = Problems(name)
    if texts.get("schema") != SCHEMA:
        problems.add(f'schema: expected "{SCHEMA}", found {texts.get("schema")!r}')
    for key, choices in (("kind", known()), ("dtype", DTYPES)):
        if texts.get(key) not in choices:
            problems.add(f"{key}: expected one of {', '.join(choices)}, found {texts.get(key)!r}")
    if "negeig.network" not in texts:
        problems.add('no "negeig.network" in the metadata')
    if problems:
        raise problems.error()
    network = loads(texts["negeig.network"], f"{name}: negeig.network", max_bytes)
    made = export(network, known()[texts["kind"]], texts["dtype"])
    right = made.tensors
    for key in sorted({*right, *tensors}):
        if key not in tensors or key not in right:
            problems.add(f"{key}: {'missing' if key in right else 'no array of this layer'}")
        elif (tensors[key].dtype, tensors[key].shape) != (right[key].dtype, right[key].shape):
            problems.add(
                f"{key}: expected {right[key].dtype} of shape {list(right[key].shape)}, found "
                f"{tensors[key].dtype} of shape {list(tensors[key].shape)}"
            )
        elif not np.array_equal(tensors[key], right[key]):
            at = tuple(int(i) for i in np.argwhere(tensors[key] != right[key])[0])
            problems.add(
                f"{key}: {int((tensors[key] != right[key]).sum()):,} entries are not the "
                f"network's; at {list(at)} expected {right[key][at]}, found {tensors[key][at]}"
            )
    if problems:
        raise problems.error()
    return made

"""Released layers as torch modules with exported weights, run on words.

On a CPU the layers of transformers run their own plain torch functions, also where fla can be
imported, which they would call instead. Those of fla are Triton kernels: Triton's interpreter runs
them on a CPU where ``TRITON_INTERPRET=1`` was set before Python started, each with the first of
the configurations that it would choose from; in bfloat16 it truncates where a GPU rounds.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from typing import Any
from unittest import mock

import numpy as np

from negeig.arrays import Float64s, Ints
from negeig.claims import Unavailable
from negeig.kernels.layers.export import Export, LayerExport
from negeig.kernels.layers.kind import LayerKind


class LayerRunner:
    """The modules of an export, loaded once.

    Raises Unavailable where the package is missing, or cannot run on the device.
    """

    def __init__(self, made: Export, device: str = "cpu") -> None:
        self.made, self.device = made, device
        home = _home(made.kind, device)
        self.home = home
        self.modules = [_module(made, layer, home, device) for layer in made.layers]

    def run(self, words: Ints) -> tuple[Ints, list[Float64s]]:
        """Run words through the modules and the decoders between them.

        Parameters
        ----------
        words : int32 (words, length)
            Letters, numbered as the network's alphabet.

        Returns
        -------
        numbers : int32 (words, length)
            Of the outputs, in ``made.values``.
        distances : list of float64 (words, length)
            For each layer, how far its outputs are from the nearest code.
        """
        letters, distances = words, []
        for layer, module in zip(self.made.layers, self.modules, strict=True):
            outputs = self.outputs(module, layer.inputs[layer.positions(letters)])
            letters, distance = layer.read(outputs, letters)
            distances.append(distance)
        return letters, distances

    def outputs(self, module: Any, inputs: Any) -> Float64s:
        """Return what a module's own forward gives, float64 (words, positions, hidden)."""
        import torch

        hidden = torch.from_numpy(inputs.astype(np.float32)).to(
            self.device, getattr(torch, self.made.dtype)
        )
        with torch.no_grad(), _on_device(self.home, self.device):
            found = module(hidden)
        found = found[0] if isinstance(found, tuple) else found
        outputs: Float64s = found.double().cpu().numpy()
        return outputs


def _home(kind: LayerKind, device: str) -> Any:
    """Import the module that has the class."""
    if kind.config is None and device == "cpu" and not _interprets():
        raise Unavailable(
            f"{kind.name} is made of Triton kernels, which run on a GPU; on a CPU set "
            "TRITON_INTERPRET=1 before Python starts, and Triton's interpreter runs them"
        )
    try:
        with warnings.catch_warnings():  # of GPUs that are not there
            warnings.simplefilter("ignore")
            if kind.config is None:
                home = import_module("fla.layers")
            else:
                model = kind.name.partition(".")[2]
                home = import_module(f"transformers.models.{model}.modeling_{model}")
        getattr(home, kind.layer)
    except (ImportError, AttributeError, OSError) as error:
        raise Unavailable(
            f"{kind.name} needs {kind.tested}: pip install {kind.package} ({error})"
        ) from error
    return home


def _module(made: Export, layer: LayerExport, home: Any, device: str) -> Any:
    import torch

    kind, arguments = made.kind, dict(layer.arguments)
    if kind.config is not None:
        config = getattr(import_module("transformers"), kind.config)
        module = getattr(home, kind.layer)(config(**arguments), 0)
    else:
        if device == "cpu":  # chunked kernels do not run in the interpreter
            arguments["mode"] = "fused_recurrent"
        module = getattr(home, kind.layer)(**arguments)
    module.load_state_dict(
        {
            name: torch.from_numpy(np.array(tensor, np.float32))
            for name, tensor in layer.parameters.items()
        }
    )
    return module.to(device, getattr(torch, made.dtype)).eval()


def _interprets() -> bool:
    return os.environ.get("TRITON_INTERPRET") == "1"


@contextmanager
def _on_device(home: Any, device: str) -> Iterator[None]:
    """Have a CPU run what it can: plain torch, or the first configuration of a kernel."""
    with ExitStack() as stack:
        if device == "cpu":
            for name, function in list(vars(home).items()):
                plain = getattr(function, "__wrapped__", None)
                if plain is not None and name.startswith(("torch_", "causal_conv1d")):
                    stack.enter_context(mock.patch.object(home, name, plain))
        if device == "cpu" and _interprets():
            tuner: Any = import_module("triton.runtime.autotuner").Autotuner
            run = tuner.run

            def first(self: Any, *args: Any, **kwargs: Any) -> Any:
                self.configs = self.configs[:1]
                return run(self, *args, **kwargs)

            stack.enter_context(mock.patch.object(tuner, "run", first))
        yield

"""Runs exported layers of fla in Triton's interpreter and prints what they said, as JSON.

A process of its own, with TRITON_INTERPRET=1 set before Python starts: Triton's kernels are
decorated when they are imported.
"""

import json
import sys
import warnings

import numpy as np


def main():
    warnings.simplefilter("ignore")  # of GPUs that are not there
    import torch

    import negeig
    from negeig.testing import run_layer

    torch.set_num_threads(1)
    found = []
    for task, kind, dtype, tokens, beta in json.loads(sys.argv[1]):
        layer = negeig.compile_layer(zoo=task, layer=kind, dtype=dtype).layer
        logits = layer.layers[0].parameters["b_proj.weight"]
        logits[logits > 0] = beta  # 64, unless the test tampers with it
        letters = layer.network.alphabet
        rng = np.random.default_rng(20261130)
        words = rng.choice(letters, (2, tokens)).tolist()
        right = run_layer(layer, words)
        found.append(
            {
                "outputs": right.outputs, "expected": right.expected,
                "drift": [float(d.max()) for d in right.drift], "margin": right.margin,
            }
        )  # fmt: skip
    print(json.dumps(found))


if __name__ == "__main__":
    main()

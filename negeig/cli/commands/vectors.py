"""``negeig vectors``: test vectors for delta-rule kernels."""

from __future__ import annotations

from negeig.claims import InputError, Resources
from negeig.cli.once import option
from negeig.cli.options import (
    Asked,
    language_options,
    search_options,
    search_progress,
    short_look,
    wrote,
)
from negeig.cli.pages import command
from negeig.cli.screen import Look


@command(
    section="Other people's layers and kernels",
    examples="""
    negeig vectors --zoo parity -o vectors.safetensors
        inputs for a delta-rule kernel, and what must come out
    negeig vectors --zoo sym:3 --batch 4 --length 100 -o small.safetensors
        four words of 100 letters
    """,
)
@language_options
@option(
    "-o", "--output", "path", group="Files", required=True, metavar="PATH",
    help="The file to write; its name ends in .safetensors.",
)  # fmt: skip
@option(
    "--layout", group="Tensors", default="fla", show_default=True, metavar="NAME",
    help="Whose interface: fla, transformers or onnx.",
)  # fmt: skip
@option(
    "--batch",
    group="Tensors",
    type=int,
    default=2,
    show_default=True,
    metavar="B",
    help="How many words.",
)
@option(
    "--length",
    group="Tensors",
    type=int,
    default=1000,
    show_default=True,
    metavar="T",
    help="Letters of each.",
)
@option(
    "--dim",
    group="Tensors",
    type=int,
    default=64,
    show_default=True,
    metavar="K",
    help="Key dimension.",
)
@option(
    "--value-dim",
    group="Tensors",
    type=int,
    default=16,
    show_default=True,
    metavar="V",
    help="Value dimension.",
)
@option(
    "--heads",
    group="Tensors",
    type=int,
    metavar="H",
    help="Heads, at least one a coordinate of the states.",
)
@option(
    "--dtype",
    group="Tensors",
    default="bf16",
    show_default=True,
    metavar="T",
    help="bf16, fp16 or fp32.",
)
@option(
    "--seed", group="Tensors", type=int, default=0, show_default=True, help="Seed of the words."
)
@option(
    "--tolerance", group="Tensors", type=float, metavar="X",
    help="Allow expected values that are not exact, and say how far off a kernel may be.",
)  # fmt: skip
@option("--layers", group="Network", type=int, metavar="N", help="Most layers of the network.")
@option(
    "--steps",
    group="Network",
    type=int,
    metavar="N",
    help="Most delta steps a letter, in any layer.",
)
@option(
    "--route",
    "routes",
    group="Network",
    multiple=True,
    metavar="NAME",
    help="A route that may be used.",
)
@search_options
@short_look
def vectors(
    asked: Asked, path: str, layout: str, batch: int, length: int, dim: int, value_dim: int,
    heads: int | None, dtype: str, seed: int, tolerance: float | None, layers: int | None,
    steps: int | None, routes: tuple[str, ...], resources: Resources, look: Look,
) -> int:  # fmt: skip
    """Write inputs for a delta-rule kernel, and exactly what must come out."""
    from negeig.pipeline import vectors as pipeline
    from negeig.pipeline.parts.outputs import check_file
    from negeig.report.terminal.vectors import vectors_text

    if path == "-":
        raise InputError("output", "tensors are not printed: give -o the name of a file")
    check_file(path, {".safetensors": "tensors"})
    options = pipeline.VectorsOptions(
        layout=layout,
        batch=batch,
        length=length,
        dim=dim,
        value_dim=value_dim,
        heads=heads,
        dtype=dtype,
        seed=seed,
        tolerance=tolerance,
        layers=layers,
        steps=steps,
        routes=tuple(name.strip() for text in routes for name in text.split(",")),
    )
    language = asked.read(resources)
    with search_progress() as progress:
        found = pipeline.vectors(
            language, options, path=path, resources=resources, progress=progress
        )
    found.save()
    wrote(path, "inputs and the outputs to expect, as tensors")
    return look.show(found, vectors_text)


COMMAND = vectors

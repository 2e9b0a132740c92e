"""The options that name layers and architectures to ask about, with their sizes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from negeig.cli.once import option
from negeig.cli.options import options, positive

GROUP = "Layers that are asked about"


@dataclass(frozen=True)
class AskedLayers:
    """What is asked about, as it stands on the command line."""

    dimension: int | None
    number_format: str | None
    architectures: tuple[str, ...]
    layers: tuple[str, ...]
    depth: int | None
    heads: int | None

    @property
    def chosen(self) -> dict[str, Any]:
        """The same, by the names of :class:`negeig.pipeline.parts.check_options.CheckOptions`."""
        return {
            "dimension": self.dimension,
            "format": self.number_format,
            "architecture": self.architectures or None,
            "layer": self.layers or None,
            "depth": self.depth,
            "heads": self.heads,
        }

    @property
    def typed(self) -> list[str]:
        """The arguments that say the same again."""
        once = {
            "--dimension": self.dimension,
            "--format": self.number_format,
            "--depth": self.depth,
            "--heads": self.heads,
        }
        said = [("--arch", name) for name in self.architectures]
        said += [("--layer", text) for text in self.layers]
        said += [(name, str(value)) for name, value in once.items() if value is not None]
        return [argument for pair in said for argument in pair]


layer_options = options(
    option(
        "--dimension", "--dim", "dimension", group=GROUP, type=positive, default=None,
        help="Head dimension for which length bounds are stated [default: 64]; that of the layers "
        "asked about.",
    ),
    option(
        "--format", "number_format", group=GROUP, default=None, metavar="F",
        help="Number format for which length bounds are stated [default: bf16]; that of the layers "
        "asked about.",
    ),
    option(
        "--arch", "architectures", group=GROUP, multiple=True, metavar="ARCH",
        help="Ask about an architecture or a released model, such as mamba or qwen3_next, or "
        "several, A,B; negeig theorems lists them.",
    ),
    option(
        "--layer", "layers", group=GROUP, multiple=True, metavar="SPEC",
        help="Ask about a layer: key=value pairs, such as family=delta,beta=0..2,steps=2, or a "
        "JSON file. May be repeated.",
    ),
    option(
        "--depth", group=GROUP, type=positive, default=None,
        help="Most layers, of --layer or --arch.",
    ),
    option(
        "--heads", group=GROUP, type=positive, default=None,
        help="Heads of a layer, of --layer or --arch.",
    ),
    becomes="about", gather=AskedLayers,
)  # fmt: skip

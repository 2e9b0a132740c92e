"""Released models: which architecture their recurrent layers have, as published code builds them.

Numbers of layers are those of the code's default configuration; a config.json may differ. Attention
layers are outside every theorem here, so an entry answers for the recurrent layers alone.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Literal, TypeAlias

Kind: TypeAlias = Literal["recurrent", "attention", "both", "other"]
"""What a layer is; ``both``: attention and a recurrence, side by side or one after the other."""

TRANSFORMERS = "transformers 5.24.0"


@dataclass(frozen=True, kw_only=True)
class Released:
    """A released model, or a family of models with one code.

    Attributes
    ----------
    id, name : str
    model_types : tuple of str
        What ``model_type`` of config.json says.
    architecture : str
        Identifier of the recurrent layers' architecture, as the code builds it by default.
    key : str or None
        The option of config.json that changes that, None where none does.
    otherwise : str or None
        The architecture when the option has the other value.
    default : bool
        Whether the option is on by default.
    layers : int
        Layers of the default configuration, 0 where it says nothing of use.
    cycle, starts : tuple of str
        What the layers are in turn, and what the first ones are instead.
    period : tuple of str
        Options that place the attention layers: a period (the last of each group attends), or a
        period and an offset.
    source : str
        The code that was read.
    aliases : tuple of str
    note : str
    """

    id: str
    name: str
    model_types: tuple[str, ...]
    architecture: str
    source: str = TRANSFORMERS
    key: str | None = None
    otherwise: str | None = None
    default: bool = False
    layers: int = 0
    cycle: tuple[Kind, ...] = ("recurrent",)
    starts: tuple[Kind, ...] = ()
    period: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    note: str = ""

    def kinds(self, layers: int) -> tuple[Kind, ...]:
        """Return what so many layers are, where config.json does not say."""
        after = (self.cycle[i % len(self.cycle)] for i in range(len(self.starts), layers))
        return (*self.starts, *after)[:layers]

    @property
    def recurrent(self) -> int:
        """Layers with a recurrence, by default."""
        return count(self.kinds(self.layers), "recurrent")

    @property
    def attention(self) -> int:
        """Layers with attention, by default."""
        return count(self.kinds(self.layers), "attention")

    def of(self, value: object) -> str:
        """Return the recurrent layers' architecture where the option of config.json is ``value``.

        Examples
        --------
        >>> from negeig.theory.architectures.models import MODELS
        >>> olmo = next(model for model in MODELS if model.id == "olmo-hybrid")
        >>> olmo.of(True), olmo.of(False)
        ('gated-deltanet-negative', 'gated-deltanet')
        """
        if self.otherwise is None or bool(value) == self.default:
            return self.architecture
        return self.otherwise

    def to_json(self) -> dict[str, Any]:
        """Return the entry as a JSON object; layers as counts."""
        shown = {f.name: getattr(self, f.name) for f in fields(self)}
        for name in ("layers", "cycle", "starts", "period"):
            del shown[name]
        return {
            **shown,
            "model_types": list(self.model_types),
            "aliases": list(self.aliases),
            "recurrent_layers": self.recurrent if self.layers else None,
            "attention_layers": self.attention if self.layers else None,
        }


def count(kinds: tuple[Kind, ...], kind: Kind) -> int:
    """Count the layers that have a recurrence, or attention; those with both count each time.

    Examples
    --------
    >>> count(("recurrent", "attention", "both", "other"), "recurrent")
    2
    """
    return sum(k in (kind, "both") for k in kinds)


def every(period: int, *places: int, kind: Kind = "attention") -> tuple[Kind, ...]:
    """Return a cycle of layers of which those at some places are attention.

    Examples
    --------
    >>> every(3, 2)
    ('recurrent', 'recurrent', 'attention')
    """
    return tuple(kind if i in places else "recurrent" for i in range(period))

"""The cast model: exact states that decoders see rounded; collisions, freezing and their bounds."""

from negeig.moved import names_of

__getattr__ = names_of(
    __name__, Cast="negeig.precision.cast.cast", FormatCast="negeig.precision.cast.cast"
)

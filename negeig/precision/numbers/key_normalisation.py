"""How a kernel divides the keys that it is given by their length, before it uses them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

EPSILON = Fraction(1, 10**6)
"""The epsilon of flash-linear-attention and transformers."""

LARGEST_SCALE = 60
"""Keys are multiplied by at most 2 to this power."""

PATTERN = re.compile(
    r"l2norm(?P<divides>-div)?(?:-eps(?P<epsilon>0|[1-9]e-(?:[1-9]|[1-9]\d)))?"
    r"(?:-scale(?P<scale>[1-9]\d{0,18}))?"
)
"""A suffix of an arithmetic's name, such as ``l2norm-div-eps1e-5-scale8``."""


@dataclass(frozen=True, kw_only=True)
class KeyNormalisation:
    """A key k becomes ``k * (1 / sqrt(sum k^2 + epsilon))``, each operation rounded.

    Parameters
    ----------
    epsilon : Fraction
        Rounded to the format of operations, to nearest even.
    divides : bool
        Whether k is divided by the root, instead of multiplied by its reciprocal.
    scale : int
        The caller multiplies keys by 2^scale before the kernel gets them; exact.

    Examples
    --------
    >>> KeyNormalisation().suffix, KeyNormalisation(epsilon=Fraction(0), scale=3).suffix
    ('l2norm', 'l2norm-eps0-scale8')
    """

    epsilon: Fraction = EPSILON
    divides: bool = False
    scale: int = 0

    @property
    def suffix(self) -> str:
        """Its canonical name."""
        text = "l2norm" + "-div" * self.divides
        if self.epsilon != EPSILON:
            text += f"-eps{self._epsilon}"
        return text + (f"-scale{2**self.scale}" if self.scale else "")

    def describe(self) -> str:
        """Say what is computed.

        Examples
        --------
        >>> KeyNormalisation(divides=True, scale=3).describe()
        'each key is k / sqrt(sum k^2 + 1e-6), of keys 8 times as long'
        """
        root = "sqrt(sum k^2" + (f" + {self._epsilon})" if self.epsilon else ")")
        text = f"each key is k / {root}" if self.divides else f"each key is k * (1 / {root})"
        return text + (f", of keys {2**self.scale} times as long" if self.scale else "")

    @property
    def _epsilon(self) -> str:
        """The epsilon, one digit and an exponent."""
        if not self.epsilon:
            return "0"
        exponent = len(str(int(1 / self.epsilon))) - 1
        digit = self.epsilon * 10**exponent
        if digit < 1:
            exponent, digit = exponent + 1, digit * 10
        return f"{digit}e-{exponent}"


def read(suffix: str) -> KeyNormalisation | str | None:
    """Return what a suffix says, what is wrong with it, or None where it is another one.

    Examples
    --------
    >>> read("l2norm-eps5e-7-scale256").suffix, read("acc32")
    ('l2norm-eps5e-7-scale256', None)
    >>> read("l2norm-scale12")
    ':l2norm-scale12: keys are multiplied by a power of two, of at most 2^60'
    """
    found = PATTERN.fullmatch(suffix)
    if found is None:
        return None
    scale = int(found["scale"] or 1)
    if scale & (scale - 1) or scale > 1 << LARGEST_SCALE:
        return f":{suffix}: keys are multiplied by a power of two, of at most 2^{LARGEST_SCALE}"
    epsilon = EPSILON if found["epsilon"] is None else Fraction(found["epsilon"])
    return KeyNormalisation(
        epsilon=epsilon, divides=found["divides"] is not None, scale=scale.bit_length() - 1
    )

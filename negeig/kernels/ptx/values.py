"""All instructions that compute a value from values of the same thread, by name."""

from __future__ import annotations

from negeig.kernels.ptx.comparisons import COMPARISONS
from negeig.kernels.ptx.conversions import CONVERSIONS
from negeig.kernels.ptx.floats import FLOATS
from negeig.kernels.ptx.integers import INTEGERS
from negeig.kernels.ptx.operation import Operation

VALUES: dict[str, Operation] = INTEGERS | COMPARISONS | FLOATS | CONVERSIONS
"""Each with its scalar definition and its array twin.

Examples
--------
>>> fma = VALUES["fma.rn.f32"]
>>> hex(fma.scalar(0x3F800000, 0x40000000, 0x40400000))  # 1 * 2 + 3 = 5
'0x40a00000'
"""

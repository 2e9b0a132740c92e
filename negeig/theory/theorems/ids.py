"""Identifiers of the theorems, one constant each: who cites a theorem imports its constant.

The constant of ``star-free`` is ``STAR_FREE``, and so on; each has its entry in this package.
"""

from __future__ import annotations

# What cannot be done: impossible.py.
T1 = "T1"
T2 = "T2"
BOUND = "bound"
IDEMPOTENTS = "idempotents"
STAR_FREE = "star-free"
ESCAPE = "escape"
SUBNORMAL = "subnormal"
ROUNDED = "rounded"
TWO_LETTERS = "two-letters"

# What every network must have: necessary.py.
COMPLEXITY = "complexity"
PEELING = "peeling"
ISOMETRY = "isometry"
INVERTIBLE_STEPS = "invertible-steps"
COVERING_GROUPS = "covering-groups"
PERIOD_STEPS = "period-steps"
ONE_STEP = "one-step"
FOUR_STEPS = "four-steps"
OWN_REPRESENTATIONS = "own-representations"
GROUP_DIMENSION = "group-dimension"
SIMPLE_DIMENSION = "simple-dimension"

# What can be done: possible.py.
T3 = "T3"
T4 = "T4"
P1 = "P1"
REFLECTIONS = "reflections"
SCALAR = "scalar"
SINK = "sink"
RESETS = "resets"
CLOSURE = "closure"
REGIONS = "regions"
MARGIN = "margin"
CONTRACTION = "contraction"
ONE_LAYER = "one-layer"
LAST_EDGES = "last-edges"
COVER = "cover"
CHAIN = "chain"
TWO_REFLECTIONS = "two-reflections"
BLOCKS = "blocks"
CONGRUENCES = "congruences"
DIGITS = "digits"
DIAGONAL_LEVELS = "diagonal-levels"
SOLVABLE_LEVELS = "solvable-levels"
UNIT_KEYS = "unit-keys"
ONE_HOT = "one-hot"
RWKV_7_REGULAR = "rwkv-7-regular"
FACTOR_SPECTRUM = "factor-spectrum"


def is_about_one_network(theorem: str | None) -> bool:
    """Whether a theorem proves a network at hand, and is no theorem about tasks or layers.

    Examples
    --------
    >>> [is_about_one_network(theorem) for theorem in (REGIONS, STAR_FREE, None)]
    [True, False, False]
    """
    return theorem in (CLOSURE, REGIONS, MARGIN)

"""How many numbers a vector of :mod:`.lanes` holds."""

LANES = 16

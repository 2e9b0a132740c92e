"""Numbers: formats, models of arithmetic, and rounding."""

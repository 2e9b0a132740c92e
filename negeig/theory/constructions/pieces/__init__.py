"""What routes are built from: mirrors, representations, registers, counters, remembering layers."""

"""Closure in the arithmetic that runs: the reference, and searches that agree with it."""

"""Theorems as predicates, decided of instances and of twins that lack one hypothesis.

An instance is no proof, and none is claimed: the proofs are on the pages that entries name.
"""

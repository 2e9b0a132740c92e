"""Theorems run on instances: where the hypotheses hold, and where one is dropped and they fail.

An instance is no proof, and none is claimed: the proofs are on the pages that entries name.
"""

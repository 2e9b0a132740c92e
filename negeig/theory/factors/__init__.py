"""Matrices as products of generalised Householder factors."""

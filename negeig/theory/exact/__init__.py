"""Exact arithmetic: rationals and number fields, matrices and polynomials over them."""

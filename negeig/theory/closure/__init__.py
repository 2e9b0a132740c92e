"""Closure: every state that a network reaches, explored against a machine."""

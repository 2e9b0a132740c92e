"""Certificates about what a network does in one arithmetic, and about two machines."""

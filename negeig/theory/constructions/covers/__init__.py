"""Routes that search for one layer: covering registers, and contractions."""

"""One contractive layer as a semidefinite program: solutions, coordinates, refusals."""

"""Routes that look for fewer layers, asked where the bounds on layers leave room."""

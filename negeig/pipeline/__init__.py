"""One file a command: a function, its result and what the result is as JSON."""

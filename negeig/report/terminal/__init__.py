"""Reports on the terminal: what was found, laid out as text."""

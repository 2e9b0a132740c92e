"""One file a command; each ends in its ``COMMAND``."""

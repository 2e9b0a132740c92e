"""The layers that can be written, one file a package; each ends in ``KINDS = (...)``."""

"""The tasks, a file a family: each ends in its ``ENTRIES``, listed in the order of the files."""

"""The catalogue, a file a family of matrices: each ends in its ``ENTRIES``, in the order listed."""

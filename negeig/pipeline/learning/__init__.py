"""Parts of ``negeig learn``: a delta layer that is trained, and what then holds of it."""

"""How objects show themselves, a file a class: see :mod:`negeig.shown`."""

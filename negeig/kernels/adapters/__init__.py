"""Other people's implementations, one small file a package, found by its name.

A file here ends in ``IMPLEMENTATIONS = (...)``, each an
:class:`negeig.kernels.implementation.Implementation`. It imports nothing of its package before
:attr:`load` is called, so that the package is needed by nobody else, and maps a
:class:`negeig.kernels.implementation.Recurrence` to the arguments of the function. What the
interface cannot express is said in ``cannot``, and never approximated. What several adapters share
starts with an underscore.
"""

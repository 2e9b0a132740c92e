"""Other people's implementations as backends, one small file each; none yet.

A file here is found by its name and imported on use, so that its packages are needed by nobody
else. It holds one class that follows :class:`negeig.kernels.backend.Backend` and ends in
``BACKEND = TheClass``. The class

* says in ``promises`` whose arithmetic it is: ``parse("exact")`` where the order of its sums is
  not the reference's, so that it is held to the exact states of networks in which nothing rounds;
* imports its package in ``__init__`` and raises ``Unavailable`` with the command that installs it;
* maps ``network.stored`` to the arguments of the implementation: p steps a token become p
  positions, those that a letter does not take have key, beta and write 0, the scale is 1;
* yields the states of every layer, and decodes with :class:`negeig.kernels.decoder.FastDecoder`.

What several adapters share starts with an underscore.
"""

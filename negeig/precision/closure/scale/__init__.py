"""The closure search of one layer: on several threads, on disk where memory ends, on a cluster.

* :mod:`~.layer_problem` lays a network and a machine out as arrays,
* :mod:`~._expand_compiled` and :mod:`~._absorb_compiled` are the two inner loops,
* :mod:`~.in_memory` searches in memory.
"""

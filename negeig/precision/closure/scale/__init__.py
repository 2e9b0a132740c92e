"""The closure search of one layer: on several threads, on disk where memory ends, on a cluster.

* :mod:`~.layer_problem` lays a network and a machine out as arrays,
* :mod:`~._expand_compiled`, :mod:`~._absorb_compiled` and :mod:`~._advance_compiled` are the loops,
  over tables of :mod:`~._entries_compiled`,
* :mod:`~.in_memory` searches in memory, and :mod:`~.folder` keeps what it finds,
* :mod:`~.in_passes` searches on disk and :mod:`~.in_cluster` on a cluster, both by :mod:`~.part`,
* :mod:`~.spelling` reads words off the levels,
* :mod:`~.exploring` chooses among them by the :mod:`~.options`.
"""

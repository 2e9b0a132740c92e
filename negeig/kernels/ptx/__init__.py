"""The compiled kernel itself: the PTX of a Triton kernel, executed on a CPU bit for bit.

``compile`` has Triton compile a launch for a GPU that is not there, ``parse`` reads the PTX into a
:class:`~negeig.kernels.ptx.program.Program`, and ``execution`` runs all threads of all blocks of it
on numpy arrays. What an instruction means is written twice, a row of a table each
(``integers``, ``floats``, ``conversions``): on the bits of one thread in exact arithmetic, and on
arrays; a test compares them. What has no defined bits is refused by its name.
"""

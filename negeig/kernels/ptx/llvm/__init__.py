"""PTX as machine code of the CPU: the fast twin of :mod:`negeig.kernels.ptx.execution`.

A program becomes LLVM IR, and that machine code. The 32 threads of a warp are the elements of
vectors; a register that provably holds the same value in all of them is a single number. What an
instruction on values does is written a third time (``integers``, ``floats``, ``conversions``), as
IR, and held to the other two by tests. ``together`` is the code of a warp whose threads all go the
same way; where they part, ``apart`` goes on, with masks. ``execution`` has the interface of the
plain twin.
"""

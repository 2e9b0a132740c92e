"""Our Triton kernels: the recurrence, its chunked form, and a scan for one very long word.

Each stands beside a plain numpy twin that says what it computes, operation by operation. Nothing
here imports torch or triton before a kernel is asked for.
"""

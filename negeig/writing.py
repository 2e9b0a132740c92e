"""Writing files whole or not at all."""

from __future__ import annotations

import os
import threading
from pathlib import Path


def write_whole(path: str, data: bytes) -> None:
    """Write a file beside its place and rename it, so that a full disk loses nothing.

    A link is followed; a device or pipe is written to as it is. Of several writers at once the last
    one to end stays. Raises OSError.
    """
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file():
        target.write_bytes(data)
        return
    beside = target.with_name(f"{target.name}.{os.getpid()}-{threading.get_ident()}.partial")
    try:
        beside.write_bytes(data)
        beside.replace(target)
    except OSError:
        beside.unlink(missing_ok=True)
        raise

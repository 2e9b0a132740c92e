"""What registers hold after a letter, with a hash of it: inlined where contents are listed.

``table[a, i]`` says where letter a takes the content of register i from: 0 where it writes
``writes[a, i]``, else plus or minus (source + 1). Row x of ``contents`` is content x.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from negeig.compiled import inlined

Table = NDArray[np.int8]
Shorts = NDArray[np.int16]


@inlined
def hash_contents(contents: Shorts, x: int) -> Any:
    """Hash a content."""
    h = 0
    for i in range(contents.shape[1]):
        h = ((h * 1000003) ^ (contents[x, i] + 20011)) & 0x7FFFFFFF
    return h ^ (h >> 15)


@inlined
def write_after(table: Table, writes: Shorts, a: int, contents: Shorts, x: int, y: int) -> Any:
    """Write as content y what the registers hold after content x and letter a; return its hash."""
    h = 0
    for i in range(table.shape[1]):
        source = table[a, i]
        if source == 0:
            held = writes[a, i]
        elif source > 0:
            held = contents[x, source - 1]
        else:
            held = -contents[x, -source - 1]
        contents[y, i] = held
        h = ((h * 1000003) ^ (held + 20011)) & 0x7FFFFFFF
    return h ^ (h >> 15)

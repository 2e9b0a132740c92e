"""GPUs that kernels are compiled for. Imports the standard library only."""

from __future__ import annotations

TARGETS = {
    "sm_80": {"max_shared_mem": 166_912, "multiprocessor_count": 108, "warpSize": 32},
    "sm_90": {"max_shared_mem": 232_448, "multiprocessor_count": 132, "warpSize": 32},
}
"""GPUs that kernels are compiled for, an A100 and an H100, and what launchers ask about them."""

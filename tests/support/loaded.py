"""What a fresh interpreter has in memory after running some code."""

import subprocess
import sys


def loaded_by(code: str) -> set[str]:
    """Return the full names of all modules in memory after the code has run."""
    code = f"{code}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())

"""Ctrl-C while the program is still being imported: a line and 130, no traceback."""

import subprocess
import sys

import pytest

IMPORTS = ("click", "negeig.cli.program", "negeig.cli.pages")


@pytest.mark.parametrize("name", IMPORTS)
def test_it_ends_with_a_line(name):
    program = f"""
import sys
class Interrupted:
    def find_spec(self, name, path=None, target=None):
        if name == {name!r}:
            raise KeyboardInterrupt
sys.meta_path.insert(0, Interrupted())
from negeig.cli import main
main(["--version"])
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "negeig: interrupted\n")

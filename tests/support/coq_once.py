"""What tests hand to Coq: its development, compiled once, and a file of certificates of regions."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from negeig.proofs_checks import coq
from support.command_line import negeig


@contextmanager
def compiled_once(folder: Path) -> Iterator[None]:
    """What ``coqc`` made of a file of the development is kept in a folder, and copied from there.

    Certificates are compiled every time. A file is only copied beside the same files as before: one
    that is missing among those that a certificate needs is still missing.
    """
    made: dict[tuple[str, ...], coq.Compiled] = {}
    compile_it = coq.Development._compile

    def once(self: coq.Development, name: str, text: str, timeout: float | None) -> coq.Compiled:
        here = Path(self._folder.name)
        if name not in self._needs or text != coq.source(name):
            return compile_it(self, name, text, timeout)
        beside = tuple(sorted(path.stem for path in here.glob("*.vo")))
        if (name, *beside) not in made:
            done = compile_it(self, name, text, timeout)
            if done.accepted:
                shutil.copy(here / f"{name}.vo", folder)
                made[name, *beside] = done
            return done
        shutil.copy(folder / f"{name}.vo", here)
        return made[name, *beside]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(coq.Development, "_compile", once)
        yield


def regions_file(capsys: pytest.CaptureFixture[str], folder: Path) -> str:
    """Certificates of a layer whose exact orbit is infinite, and which has few states in bf16."""
    path = folder / "regions.json"
    assert negeig(capsys, "check", "(a|b)*abb", "--certificate", str(path))[0] == 0
    exact, bf16 = path.read_text().split("\n{")[:2]  # in fp32 there are more states
    path.write_text(f"{exact}\n{{{bf16}\n")
    return str(path)

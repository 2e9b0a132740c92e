"""Closed tables as Coq files: a theorem about every word, checked by Coq's kernel alone.

:func:`theorem` writes a network, a machine and a closed table as a Coq file whose theorem says
that the network's run gives the machine's output on every word; :class:`Development` has
``coqc`` check it against the development in the folder ``coq``, which defines the arithmetic and
proves the checker sound. Coq 8.16 and what comes with it are all that is used, and no axiom.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from negeig.claims import Unavailable, output_text
from negeig.proofs_checks.closed_table import ClosedTable, State
from negeig.proofs_checks.coq_text import (
    Numbers,
    Subject,
    comment,
    listed,
    numbers_of,
    places,
    symbols_of,
)

CLOSURE = ("Floating", "Network", "Closure")
"""The files of the development that a closed table needs, in the order they are compiled."""

REGIONS = (*CLOSURE, "Operations", "Rounding", "Forms", "Regions", "Errors")
"""The files that regions need."""

GENERAL = ("Operations", "Rounding", "Chains", "Cascades", "Order", "Freezing", "Idempotents")
"""The files of theorems that no certificate needs: what rounding does, what layers cannot do."""

HOW = "install Coq 8.16 or later, such as Debian's package coq, so that coqc is found"


@dataclass(frozen=True)
class Compiled:
    """What ``coqc`` said of a file.

    Parameters
    ----------
    accepted : bool
        The file compiled, and each theorem whose assumptions it prints has none.
    output : str
    """

    accepted: bool
    output: str


class Development:
    """The development, compiled once in a folder of its own, and files checked against it.

    Parameters
    ----------
    needs : sequence of str
        Files to compile, each after those that it needs.

    Raises
    ------
    Unavailable
        When there is no ``coqc``, saying how to install it.
    RuntimeError
        When this ``coqc`` does not accept the development itself.
    """

    def __init__(self, needs: Sequence[str] = CLOSURE) -> None:
        found = shutil.which("coqc")
        if found is None:
            raise Unavailable(f"no coqc: {HOW}")
        self._coqc, self._needs = found, needs
        self._folder = tempfile.TemporaryDirectory()

    def __enter__(self) -> Development:
        for name in self._needs:
            done = self._compile(name, source(name), None)
            if not done.accepted:
                raise RuntimeError(f"coqc does not accept {name}.v:\n{done.output}")
        return self

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()

    def check(
        self, text: str, name: str = "Certificate", *, timeout: float | None = None
    ) -> Compiled:
        """Compile a file; it is accepted if no theorem whose assumptions it prints has any.

        ``timeout`` is in seconds; after it ``subprocess.TimeoutExpired`` is raised.
        """
        return self._compile(name, text, timeout)

    def _compile(self, name: str, text: str, timeout: float | None) -> Compiled:
        work = self._folder.name
        Path(work, f"{name}.v").write_text(text)
        done = subprocess.run(
            [self._coqc, "-q", "-Q", ".", "Negeig", f"{name}.v"],
            cwd=work, capture_output=True, text=True, timeout=timeout,
        )  # fmt: skip
        output = done.stdout + done.stderr
        closed = output.count("Closed under the global context")
        printed = text.count("\nPrint Assumptions ")
        return Compiled(done.returncode == 0 and closed == printed, output)


def source(name: str) -> str:
    """Return the text of a file of the development."""
    return files(__package__).joinpath("coq", f"{name}.v").read_text()


def theorem(table: ClosedTable) -> str:
    """Write the theorem that a network is right on every word, with its table, for ``coqc``.

    O(states x (dimensions + letters)) characters. Raises InputError for an arithmetic that the
    development does not define.
    """
    numbers = numbers_of(table)
    rows = ";\n".join(
        f"row {numbers.row(state)} {places(codes)} {q + 1} {places(to)}"
        for state, codes, q, to in zip(
            table.states, table.decoded, table.machine_states, table.targets, strict=True
        )
    )
    return f"""{subject(table, numbers, table.states[0], "Closure")}
{numbers.row_definition()}
Definition table : list (entry A) := [
{rows}
].

{statement(table, f"check_sound A {len(table.machine.alphabet)} N M table")}"""


def subject(table: Subject, numbers: Numbers, start: State, module: str) -> str:
    """Write what a theorem is about as definitions: arithmetic A, network N, machine M.

    ``module`` is the file of the development that has the program that checks.
    """
    network, machine = table.network, table.machine
    symbols = symbols_of(table)
    texts = list(dict.fromkeys(map(output_text, machine.outputs)))
    known = {text: i for i, text in enumerate(texts)}
    layers = "\n".join(
        f"Definition layer{i + 1} : layer A :=\n{numbers.layer(i, symbols[i], symbols[i + 1])}.\n"
        for i in range(len(network.layers))
    )
    outputs = network.outputs if network.layers else {a: network.outputs[a] for a in symbols[-1]}
    wanted = [known.get(output_text(outputs[s]), -1) for s in symbols[-1]]
    return f"""{comment("letters", machine.alphabet)}
{comment("outputs, numbered from 0", texts)}
From Coq Require Import ZArith QArith List.
From Negeig Require Import Floating Network {module}.
Import ListNotations.
Open Scope Z_scope.

{numbers.arithmetic()}
Definition delta := @Delta A.
Definition dense := @Dense A.

{layers}
Definition N : network A := @Build_network A
  (* layers *) {listed(f"layer{i + 1}" for i in range(len(network.layers)))}
  (* initial *) {numbers.states(start)}
  (* outputs by symbol *) (array {listed(map(str, wanted))})
  (* on the empty word *) ({known.get(output_text(network.empty), -1)}).

Definition M : machine := {{|
  successors := array {listed(f"array {places(row)}" for row in machine.transitions.tolist())};
  output_of := array {listed(str(known[output_text(o)]) for o in machine.outputs)};
  start := {machine.initial + 1}
|}}.
"""


def statement(table: Subject, sound: str) -> str:
    """Write the theorem itself, proved by running a program that is proved sound."""
    return f"""Theorem network_computes_machine : forall w, word {len(table.machine.alphabet)} w ->
  exists x, run A N w = Some x /\\ machine_run M (start M) w = Some x.
Proof.
  apply ({sound}). vm_cast_no_check (eq_refl true).
Qed.

Print Assumptions network_computes_machine.
"""

"""What is fuzzed: the readers of files and of expressions, and the checker of certificates."""

from __future__ import annotations

import json
import re
import warnings
from contextlib import suppress
from functools import cache
from itertools import product
from types import ModuleType

from negeig.automata.expressions import (
    braces,
    dialects,
    letters,
    python_scan,
    python_syntax,
    regex,
    regex_machine,
)
from negeig.automata.formats import (
    aut_file,
    automata_lib_json,
    ba_file,
    columns,
    completion,
    csv_file,
    documents,
    dot_attributes,
    dot_file,
    dot_labels,
    dot_states,
    dot_syntax,
    dot_tuples,
    edges,
    files,
    foreign,
    fsm_content,
    fsm_file,
    interop,
    jflap_file,
    jflap_syntax,
    json_file,
    mata_bits,
    mata_file,
    mata_letters,
    mata_syntax,
    mealy,
    meanings,
    named_states,
    symbols,
    text,
)
from negeig.automata.machines.machine import Machine
from negeig.claims import InputError, LimitReached
from negeig.proofs_checks import checker, kinds
from negeig.proofs_checks.kinds import check as check_document
from negeig.theory.networks import network_json, network_reader
from support.certificates import claim_holds, verdict_of_bytes
from support.closure_cases import FLIP, SHRINKING_FLIP
from support.fuzzing import Fuzzed, altered_value
from support.paths import DATA

CORPUS = DATA / "fuzz"

EXAMPLES = DATA / "formats"

MAX_STATES = 300
"""Most states of a machine that is read, so that large ones are refused early."""

OWN = tuple(
    Machine(alphabet=("a", "\\"), transitions=[[0, 1], [1, 1]], initial=0, outputs=outputs)
    for outputs in ([1, 0], ["x", ["y"]])
)
"""Machines with a letter that formats write in ways of their own, and outputs that few can hold."""

FORMAT_MODULES = (
    aut_file, automata_lib_json, ba_file, columns, completion, csv_file, documents, dot_attributes,
    dot_file, dot_labels, dot_states, dot_syntax, dot_tuples, edges, files, foreign, fsm_content,
    fsm_file, interop, jflap_file, jflap_syntax, json_file, mata_bits, mata_file, mata_letters,
    mata_syntax, mealy, meanings, named_states, symbols, text,
)  # fmt: skip


def traced(*modules: ModuleType) -> frozenset[str]:
    return frozenset(str(module.__file__) for module in modules)


def refused(error: InputError | LimitReached) -> str:
    """Return the outcome of an error; it has to say what is wrong."""
    if not str(error).strip() or "Traceback" in str(error):
        raise ValueError(f"an error without words: {error!r}")
    return type(error).__name__


def reader(extension: str) -> Fuzzed:
    """The reader of files of one extension; with none it is found by how the text begins."""

    def run(data: bytes) -> str:
        try:
            machine, _ = files.parse(data, f"m{extension}", MAX_STATES)
        except (InputError, LimitReached) as error:
            return refused(error)
        return written_and_read(machine)

    examples = sorted(EXAMPLES.glob(f"*{extension or '.*'}"))
    small = tuple(path.read_bytes() for path in examples if path.stat().st_size < 3_000)
    own: list[bytes] = []
    for known in files.FORMATS:
        if extension in known.extensions:
            for machine in OWN:
                with suppress(InputError):  # not every format has outputs
                    own.append(files.dumps(machine, known.key).encode())
    return Fuzzed(f"files{extension}", run, traced(*FORMAT_MODULES), (*own, *small))


def written_and_read(machine: Machine) -> str:
    """Return the outcome of reading a machine; what is read can be written and read again."""
    again, _ = files.parse(files.dumps(machine, "json").encode(), "m.json")
    if json_file.dumps(again) != json_file.dumps(machine):
        raise ValueError("what is written of a machine is another one")
    return "read"


def as_python_has_it(written: str, machine: Machine) -> str:
    """Return the outcome of reading an expression of Python; its own matcher is asked too."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        matches = re.compile(written).fullmatch
    for length in range(4):
        for word in map("".join, product("ab", repeat=length)):
            if machine.accepts(word) != (matches(word) is not None):
                raise ValueError(f"Python says otherwise of {word!r}")
    return "read"


def expressions(syntax: regex_machine.Syntax, seeds: tuple[str, ...]) -> Fuzzed:
    def run(data: bytes) -> str:
        written = data.decode("utf-8", "surrogateescape")
        try:
            machine = regex_machine.regex_to_machine(written, "ab", MAX_STATES, syntax)
        except (InputError, LimitReached) as error:
            return refused(error)
        return as_python_has_it(written, machine) if syntax == "python" else "read"

    own = traced(braces, dialects, letters, python_scan, python_syntax, regex, regex_machine)
    return Fuzzed(f"expressions-{syntax}", run, own, tuple(text.encode() for text in seeds))


@cache
def is_true(header: bytes) -> bool:
    """Whether what a certificate claims holds, decided by the library alone where it reads it.

    Names of coordinates, of which the checker makes no use, are one of the things it is strict in.
    """
    try:
        return bool(claim_holds(json.loads(header)))
    except InputError:
        return True


def judged(data: bytes) -> str:
    """Return the checker's verdict: with a place, or of claims that hold."""
    verdict, reason = verdict_of_bytes(data, steps=200_000)
    if verdict == "VERIFIED":
        if not all(is_true(line) for line in data.split(b"\n") if line.startswith(b"{")):
            raise ValueError("a false claim is verified")
    elif verdict not in ("NOT VERIFIED", "MALFORMED") or ": " not in reason:
        raise ValueError(f"no verdict, or none with a place: {verdict!r}, {reason!r}")
    return str(verdict)


def document(data: bytes) -> str:
    """A certificate as a document, and a network: what has no such form is said, never raised."""
    written = data.decode("utf-8", "replace")
    problems = check_document(written)
    if not all(problem.strip() for problem in problems):
        raise ValueError(f"a problem without words: {problems}")
    try:
        network_json.loads(written)
    except (InputError, LimitReached) as error:
        return refused(error)
    return "read"


JSON_READERS = traced(kinds, network_json, network_reader, json_file)

DOCUMENTS = (
    b'{"kind": "spectrum", "about": [["0", "-1"], ["1", "0"]], '
    b'"evidence": {"kind": "non-real", "trace": ["0", "1"]}}',
    network_json.dumps(FLIP).encode(),
    network_json.dumps(SHRINKING_FLIP).encode(),
)

SUBJECTS = {
    subject.name: subject
    for subject in (
        *map(reader, ("", ".json", ".jff", ".mata", ".dot", ".aut", ".csv", ".fsm", ".ba")),
        expressions("negeig", ("(a|b)*a(a|b)", "~(.*aa.*)&[ab]{2,3}", "<ab>+\\x61?", "a{,2}|()")),
        expressions(
            "python", ("^(?:a|b)+?$", r"(?i)[^\W\d]{1,3}", r"\b(?=a)a\x62\Z", "(?x) a # b")
        ),
        Fuzzed("checker", judged, traced(checker), alter=altered_value),
        Fuzzed("documents", document, JSON_READERS, DOCUMENTS, altered_value),
    )
}
"""Every subject by its name, which is that of the folder of its corpus."""

"""Extend the stored corpus of what is fuzzed: ``python tests/fuzz.py SUBJECT [EXECUTIONS] [SEED]``.

Inputs that cover more than the corpus does are made smaller and added to ``tests/data/fuzz``. A
fault ends the search, with the input that shows it.
"""

from __future__ import annotations

import sys

from support.certificates import SOURCES, lines_of, of_kind
from support.evidence_cases import MADE
from support.fuzz_subjects import CORPUS, SUBJECTS
from support.fuzzing import campaign, execute, smaller, store, stored

LARGEST = 2_500
"""Most bytes of an input that is stored."""

ADDED = 60
"""Most inputs that one search adds."""


def main(name: str, executions: int = 5_000, seed: int = 0) -> None:
    subject, folder = SUBJECTS[name], CORPUS / name
    known = [data for _, data in stored(folder)]
    if not known and name == "checker":
        for kind in sorted({*SOURCES, *MADE}):
            texts = ["\n".join(lines_of(made)).encode() + b"\n" for made in of_kind(kind)]
            known += sorted((text for text in texts if len(text) <= LARGEST), key=len)[:1]
        for data in known:
            store(folder, data)
    search = campaign(subject, known, seed)
    print(f"{name}: {len(known)} inputs, {len(search.covered):,} pairs of lines, seed {seed}")
    added, reached = 0, set(search.covered)  # of the corpus that is stored
    for data in search.run(executions):
        wanted = execute(subject, data).edges - reached
        if not wanted or added == ADDED:
            continue
        data = smaller(subject, data, wanted)
        if len(data) <= LARGEST:
            reached |= execute(subject, data).edges
            store(folder, data)
            added += 1
    print(f"{added} added; {len(search.covered):,} pairs of lines; {search.outcomes}")


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))

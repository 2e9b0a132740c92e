"""Count the tests of all tiers; fail unless they add up to all tests and none was skipped.

Those that need a GPU (``-m gpu``) are in no tier.

Usage: python .ci/tiers.py COLLECTED.txt FIRST.xml SECOND.xml ..., what pytest printed when it
collected all tests but those, and the JUnit reports that it wrote of the tiers.
"""

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree


def wrong(tiers: Sequence[Sequence[ElementTree.Element]], collected: int) -> list[str]:
    """Return what is wrong with the tests that the tiers ran, of so many that there are."""
    problems = [f"tier {n} ran no test" for n, cases in enumerate(tiers, 1) if not cases]
    ran = [case for cases in tiers for case in cases]
    names = [f"{case.get('classname')}::{case.get('name')}" for case in ran]
    skipped = [case.find("skipped") is not None for case in ran]
    problems += [f"{name} was skipped" for name, it in zip(names, skipped, strict=True) if it]
    if len(ran) != collected:
        problems.append(f"the tiers ran {len(ran):,} tests, and there are {collected:,}")
    return problems


def collected(output: str) -> int:
    """Return how many tests pytest says that it collected and kept ("8 tests", "8/9 tests")."""
    found = re.search(r"^(\d+)(?:/\d+)? tests collected", output, re.MULTILINE)
    if found is None:
        # The last lines say what went wrong; a list of all tests would hide them.
        sys.exit(
            "pytest did not say how many tests it collected; its last lines:\n" + output[-2000:]
        )
    return int(found[1])


def main(output: str, *reports: str) -> None:
    """Print how many tests each tier ran, and exit with what is wrong."""
    there_are = collected(Path(output).read_text())
    tiers = [ElementTree.parse(report).findall(".//testcase") for report in reports]
    print(*(f"tier {n}: {len(cases):,} tests;" for n, cases in enumerate(tiers, 1)), end=" ")
    print(f"all: {there_are:,}")
    if problems := wrong(tiers, there_are):
        sys.exit("\n".join(problems))


if __name__ == "__main__":
    main(*sys.argv[1:])

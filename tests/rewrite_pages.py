"""Rewrite what README.md and the documentation show: ``python tests/rewrite_pages.py [PAGE]...``.

Names of pages, such as ``docs/run.md``, are all that is run then. Read the difference before you
commit it: a page shows what you want to be printed.
"""

import sys
from pathlib import Path

from support.page_blocks import PAGES
from support.paths import ROOT
from support.rewriting import rewritten


def main(names: list[str]) -> int:
    """Rewrite the pages of these names, or all of them; 1 where some block could not be run."""
    failed = False
    for page in [Path(name).resolve() for name in names] or PAGES:
        before = page.read_text()
        after, problems = rewritten(before, str(page.relative_to(ROOT)))
        done = "as it was" if after == before else "rewritten"
        if page.read_text() != before:  # it takes minutes, and somebody may be writing
            done = "changed meanwhile, and left alone"
        elif after != before:
            page.write_text(after)
        print(f"{page.relative_to(ROOT)}: {done}", flush=True)
        for problem in problems:
            print(f"  {problem}", flush=True)
        failed |= bool(problems)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

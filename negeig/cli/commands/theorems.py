"""``negeig theorems``: what verdicts rest on, and whether it holds on instances."""

from __future__ import annotations

from negeig.claims import InputError
from negeig.cli.once import option
from negeig.cli.options import short_look, shown_progress
from negeig.cli.pages import command
from negeig.cli.screen import Look


@command(
    section="What verdicts rest on",
    examples="""
    negeig theorems
        all of them; negeig explain T1 says more about one
    negeig theorems --run
        run each on instances, and on twins without a hypothesis, where it has to fail
    negeig theorems --run --only T1,idempotents
        two of them
    """,
)
@option("--run", is_flag=True, help="Run them on instances; exit code 1 where one fails.")
@option("--only", metavar="ID,...", help="These theorems instead of all of them.")
@short_look
def theorems(run: bool, only: str | None, look: Look) -> int:
    """List the theorems that verdicts rest on, or run them on instances."""
    from negeig.pipeline import theorems as pipeline
    from negeig.report.terminal.theorems import theorems_text

    wanted = [] if only is None else [id for part in only.split(",") if (id := part.strip())]
    if only is not None and not wanted:
        raise InputError("", "--only needs at least one theorem, such as T1")
    with shown_progress() as progress:
        result = pipeline.theorems(wanted, run=run, progress=progress)
    return look.show(result, theorems_text)


COMMAND = theorems

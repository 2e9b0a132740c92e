"""The option ``--certificate FILE`` of the commands that prove."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from negeig.claims import NegeigError
from negeig.cli.once import option

if TYPE_CHECKING:
    from negeig.proofs_checks.of_claims import Certificates


def _writable(_: click.Context, __: click.Parameter, path: str | None) -> str | None:
    """Refuse a file that cannot be written before any work is done."""
    if path is not None:
        from negeig.pipeline.parts.outputs import CERTIFICATES, check_file

        check_file(path, CERTIFICATES, option="--certificate")
    return path


certificate_option = option(
    "--certificate",
    group="Files",
    metavar="FILE",
    callback=_writable,
    help="Write what is proved as certificates, which negeig verify and checker.py check; "
    "compressed where the name ends in .gz.",
)


def save(path: str, make: Callable[[], Certificates]) -> None:
    """Make and write certificates, and say on standard error how many, and what has none.

    Called once the answer is shown, which a full disk or Ctrl-C does not take back: they are told
    on standard error too, and by the exit code.
    """
    from negeig.automata.labels import visible
    from negeig.proofs_checks.certificate import write

    name = visible(path)
    try:
        certificates = make()
        for missing in certificates.missing:
            click.echo(f"negeig: no certificate: {visible(missing)}", err=True)
        if not certificates.made:
            click.echo(f"negeig: {name} was not written: no certificate", err=True)
            return
        count = write(path, certificates.made)
    except KeyboardInterrupt:
        click.echo(f"negeig: {name} was not written: interrupted", err=True)
        raise click.exceptions.Exit(130) from None
    except NegeigError as error:
        click.echo(f"negeig: {name} was not written: {error}", err=True)
        raise click.exceptions.Exit(error.exit_code) from None
    plural = "" if count == 1 else "s"
    click.echo(f"negeig: wrote {count} certificate{plural} to {name}", err=True)

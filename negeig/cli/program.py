"""The program: the commands there are, and what becomes of errors. Nothing here decides anything.

Heavy modules are imported inside the commands, so that ``negeig --help`` answers at once.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
import signal
import sys
from collections.abc import Iterator, Sequence
from typing import Any, NoReturn

import click

from negeig import __version__
from negeig.claims import InputError, NegeigError
from negeig.cli.listening import discard, listened
from negeig.cli.pages import Commands
from negeig.folder import Folder

COMMANDS = Folder[click.Command]("COMMAND", "negeig.cli.commands")


GREETING = """\
negeig: which linear RNNs can track a finite-state task, and which provably cannot.

Try
  negeig check '(11)*'              an even number of 1s: which layers can, a proof
  negeig check --zoo sym:5          five things that are swapped and turned
  negeig report '(ab)*' -o ab.html  a page with pictures, to hand out

negeig --help             all commands
negeig COMMAND --help     one of them, with examples
negeig explain WORD       a word that a report uses
Documentation: README.md and the pages of docs/
"""


WRITERS = (
    "negeig compile LANGUAGE -o FILE writes the network, negeig report LANGUAGE -o FILE.html a page"
)
"""What is said of a file to write where none is written."""


class Program(Commands):
    """All commands; what is none is answered with the command that was probably meant."""

    order = ("Tasks", "Networks", "Other people's layers and kernels", "What verdicts rest on")

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that is named. Raises UsageError with what to type instead."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            raise click.UsageError(
                f"{error.format_message().rstrip('.')}{_instead(args)}", ctx
            ) from None


def _instead(args: list[str]) -> str:
    """Return what is said of a first word that is no command, where it is like a language."""
    from negeig.automata import zoo

    word, *rest = args
    if word == "help":
        return f"; the help is negeig {shlex.join([*rest[:1], '--help'])}"
    if any(entry.head == word.partition(":")[0] for entry in zoo.entries()):
        return f"; {word} is a task: negeig check --zoo {shlex.quote(word)}"
    if re.search(r"[()|*+?]", word):
        return f"; to check a regular expression: negeig check {shlex.quote(word)}"
    if os.path.isfile(word):
        return f"; to check the machine of a file: negeig check --file {shlex.quote(word)}"
    return ""


@click.group(
    cls=Program,
    context_settings={"help_option_names": ["-h", "--help"]},
    commands=COMMANDS,
    invoke_without_command=True,
    subcommand_metavar="COMMAND ...",
)
@click.version_option(__version__, "-V", "--version", prog_name="negeig")
@click.pass_context
def cli(context: click.Context) -> None:
    """Which linear RNNs can track a finite-state task, and which provably cannot.

    LANGUAGE is exactly one of a regular expression, --zoo NAME, --file PATH.

    Exit codes: 0 holds; 1 refuted or impossible; 2 bad input; 3 undecided (a limit was hit, nothing
    was found, a backend is missing); 4 internal error; 130 interrupted.
    """
    if context.invoked_subcommand is None:
        click.echo(GREETING, err=True, nl=False)
        context.exit(2)


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line and exit with its code, whether or not its output is read."""
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115 - closed by the caller
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115
    with listened(), _asked_to_end():
        code = _code(sys.argv[1:] if arguments is None else arguments)
    sys.exit(code)


@contextlib.contextmanager
def _asked_to_end() -> Iterator[None]:
    """Take SIGTERM, as ``timeout`` and job queues send it, for Ctrl-C: what is done is shown."""
    try:
        before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    except ValueError:  # not the main thread, which alone has handlers
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _code(argv: list[str]) -> int:
    """Run the command line and return its exit code."""
    as_json = "--json" in argv
    try:
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="backslashreplace")
        argv = [_text(argument) for argument in argv]
        code = cli.main(argv, prog_name="negeig", standalone_mode=False, obj=argv)
        code = code if isinstance(code, int) else 0
        sys.stdout.flush()
    except click.exceptions.Exit as stop:
        code = stop.exit_code
    except (KeyboardInterrupt, click.Abort):
        code = _fail("interrupted", "interrupted", 130, as_json)
    except click.NoSuchOption as error:
        text = error.format_message()
        if error.option_name in ("-o", "--output"):
            text = f"{text.rstrip('.')}; {WRITERS}"
        elif not error.option_name.startswith("--"):
            text = f"{text.rstrip('.')}; a language that begins with - comes last, after --"
        text = text.rstrip(".") + (_command_first(argv) if argv[0].startswith("-") else "")
        code = _fail("usage", text, 2, as_json, helped=_helped(argv))
    except click.ClickException as error:
        code = _fail("usage", error.format_message(), 2, as_json, helped=_helped(argv))
    except NegeigError as error:
        helped = _helped(argv) if error.code == "usage" else ""
        code = _fail(error.code, str(error), error.exit_code, as_json, error, helped)
    except OSError as error:
        discard(sys.stdout)
        code = _fail("output", f"the output cannot be written: {error.strerror}", 2, False)
    except SystemError as error:
        # numba turns an interruption while it loads compiled code into a SystemError.
        if not isinstance(error.__cause__ or error.__context__, KeyboardInterrupt):
            raise
        code = _fail("interrupted", "interrupted", 130, as_json)
    except MemoryError:
        code = _fail("memory", "out of memory; lower --max-closure or --max-elements", 3, as_json)
    except Exception as error:
        if os.environ.get("NEGEIG_DEBUG"):
            raise
        text = f"internal error, please report it: {type(error).__name__}: {error}"
        code = _fail("internal", text, 4, as_json)
    return code


def _helped(argv: Sequence[str]) -> str:
    """Return the command whose help has what was used wrongly."""
    return f"negeig {argv[0]} --help" if argv and argv[0] in COMMANDS else "negeig --help"


def _command_first(argv: Sequence[str]) -> str:
    """Return what is said of options where a command belongs, if some command has them."""
    if argv[0].partition("=")[0] not in ("--zoo", "--file", "--alphabet", "--syntax"):
        return ""
    return f"; a command comes first: {shlex.join(['negeig', 'check', *argv])}"


def _fail(
    code: str, message: str, exit_code: int, as_json: bool, error: NegeigError | None = None,
    helped: str = "",
) -> int:  # fmt: skip
    """Report an error, as an object on standard output or as text on standard error.

    ``helped`` is the command that helps.
    """
    if as_json:
        document: dict[str, Any] = {
            "schema": "negeig.error/1",
            "code": code,
            "message": message,
            "exit_code": exit_code,
        }
        for name in ("problems", "column", "limit", "value", "reached", "option", "impossible",
                     "missing", "tightest", "depth", "limits", "routes"):  # fmt: skip
            if hasattr(error, name):
                document[name] = getattr(error, name)
        click.echo(json.dumps(document, ensure_ascii=False))
    else:
        click.echo(f"negeig: {message}", err=True)
        if helped:
            click.echo(f"        {helped} has the options and examples", err=True)
    return exit_code


def _text(argument: str) -> str:
    """Return an argument; where the system's encoding cannot read its bytes, as UTF-8."""
    try:
        argument.encode()
    except UnicodeEncodeError:
        try:
            return os.fsencode(argument).decode()
        except UnicodeError:
            raise InputError("", f"argument {argument!a} is not valid UTF-8") from None
    return argument

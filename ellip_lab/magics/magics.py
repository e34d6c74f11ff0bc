"""`%%cwl`, `%ellip` and `%s3`: the words of a line become one call on a room, and the answer is shown."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click
from IPython.core.error import UsageError
from IPython.core.magic import Magics, cell_magic, line_magic, magics_class

from ellip_lab.errors import EllipError
from ellip_lab.magics.words import words_of

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


@magics_class
class EllipMagics(Magics):
    """Holds the magics of one notebook."""

    shell: InteractiveShell

    @line_magic
    def ellip(self, line: str) -> Any:
        """Runs documents and looks at runs.

        `%ellip run DOC[#id] [PARAMS] [--<input> VALUE ...]` shows the run while it lasts and gives its handle:
        `run = %ellip run doc.cwl`, then `run.outputs`. `%ellip --help` says the rest.
        """
        from ellip_lab.magics.line import ellip

        return carried_out(ellip, "%ellip", split(line), self.shell)

    @line_magic
    def s3(self, line: str) -> Any:
        """Uses object storage: `%s3 use NAME` gives the notebook a connection; `%s3` alone says the rest."""
        from ellip_lab.magics.storage import s3

        return carried_out(s3, "%s3", split(line) or ["--help"], self.shell)

    @line_magic
    def toolbox(self, line: str) -> Any:
        """Installs and uses EO toolboxes: `%toolbox run NAME COMMAND ...`; `%toolbox` alone says the rest."""
        from ellip_lab.magics.toolboxes import toolbox

        return carried_out(toolbox, "%toolbox", split(line) or ["--help"], self.shell)

    @cell_magic
    def container(self, line: str, cell: str) -> Any:
        """Runs the cell as a script of the shell in an image: `%%container IMAGE`, with this folder mounted."""
        from ellip_lab.magics.container import container

        return carried_out(container, "%%container", split(line), (self.shell, cell))

    @cell_magic
    def cwl(self, line: str, cell: str) -> Any:
        """Checks the CWL document in the cell and saves it: `%%cwl NAME`; runs it too with --run."""
        from ellip_lab.magics.cell import cwl

        return carried_out(cwl, "%%cwl", split(line), (self.shell, cell))


def split(line: str) -> list[str]:
    """Splits a line into words as a shell does."""
    try:
        return shlex.split(line)
    except ValueError as error:
        raise UsageError(f"{error}: {line}") from None


def carried_out(command: click.Command, name: str, words: list[str], of: object) -> Any:
    """Carries a command out and gives what it gives; an error becomes IPython's own one-line error.

    A cell ends at it, and so does *Run All*: nothing goes on as if all were well.
    """
    # click's own exits (help, --version) are no errors.
    gives: Callable[..., Any] = command.main
    try:
        given = gives(args=words, prog_name=name, standalone_mode=False, obj=of)
        return None if isinstance(given, int) else given  # an exit code: the help has been asked for
    except click.exceptions.Abort:
        raise KeyboardInterrupt from None
    except click.ClickException as error:
        raise UsageError(f"{name}: {error.format_message()}") from None
    except EllipError as error:
        raise UsageError("\n".join(words_of(error))) from None
    except OSError as error:
        at = f"{error.filename}: " if error.filename else ""
        raise UsageError(f"{at}{error.strerror or error}") from None

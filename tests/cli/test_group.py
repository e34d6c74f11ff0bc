"""The command line as a whole: help, versions, laziness, exit codes of the table."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest
from pydantic import BaseModel

from ellip_lab import errors
from ellip_lab.cli import COMMANDS, ellip
from ellip_lab.cli.exits import CODES, Terminated, carried_out
from ellip_lab.errors import EllipError, Invalid, Problem

LAZY = "import sys; sys.argv = ['ellip', *{words!r}]\nfrom ellip_lab.cli import main\ntry:\n    main()\nexcept SystemExit as end:\n    code = end.code\nprint(code, *sorted(set(sys.modules)), file=sys.stderr)"


def loaded(*words: str) -> tuple[str, set[str]]:
    done = subprocess.run(
        [sys.executable, "-c", LAZY.format(words=words)], capture_output=True, text=True, check=True
    )
    code, *modules = done.stderr.splitlines()[-1].split()
    return code, set(modules)


@pytest.mark.parametrize("words", [("--help",), ("run", "--help"), ("runs", "--help")])
def test_help_imports_only_what_it_needs(words: tuple[str, ...]) -> None:
    code, modules = loaded(*words)
    assert code == "0"
    assert not modules & {"rich", "cwltool", "IPython", "tornado", "pystac", "podman", "watchfiles"}
    if words != ("runs", "--help"):
        assert "pydantic" not in modules


def test_every_command_has_a_line_in_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert carried_out(ellip, ["--help"]) == 0
    said = capsys.readouterr().out
    for name, (_, line) in COMMANDS.items():
        assert f"  {name} " in said
        assert line in said


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_there_and_helps(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert carried_out(ellip, [name, "--help"]) == 0
    assert capsys.readouterr().out.startswith(f"Usage: ellip {name}")


def test_versions(capsys: pytest.CaptureFixture[str]) -> None:
    assert carried_out(ellip, ["--version"]) == 0
    whole = capsys.readouterr().out
    assert whole.startswith("ellip ")
    assert "cwltool 3." in whole
    assert carried_out(ellip, ["run", "--version"]) == 0
    assert capsys.readouterr().out == whole


def raising(error: BaseException) -> click.Command:
    @click.command()
    def command() -> None:
        raise error

    return command


KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, EllipError)]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_error_has_a_code(kind: type[EllipError], capsys: pytest.CaptureFixture[str]) -> None:
    code = carried_out(raising(kind("it broke", hint="mend it")), [])
    assert code == (CODES[kind.kind] if kind is not EllipError else CODES["internal"])
    assert capsys.readouterr().err == "error: it broke\nhint: mend it\n"


def test_the_codes_are_different() -> None:
    assert len(set(CODES.values())) == len(CODES)


def test_problems_are_told_with_their_place(capsys: pytest.CaptureFixture[str]) -> None:
    problem = Problem(
        message="no such type", file="/x/a.cwl", line=3, column=7, field="inputs.a", hint="use string"
    )
    warning = Problem(message="odd", severity="warning")
    assert carried_out(raising(Invalid("it is wrong", problems=[problem, warning])), []) == 1
    assert capsys.readouterr().err == (
        "error: it is wrong\n  /x/a.cwl:3:7: inputs.a: no such type\n    hint: use string\n  warning: odd\n"
    )


class Model(BaseModel):
    number: int


def validation_error() -> Exception:
    try:
        Model.model_validate({"number": "x"})
    except ValueError as error:
        return error
    raise AssertionError


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (PermissionError(13, "Permission denied", "/etc/x"), 5, "error: /etc/x: permission denied"),
        (OSError(28, "No space left on device"), 6, "error: No space left on device"),
        (ZeroDivisionError("x"), 70, "error: ZeroDivisionError: x"),
        (validation_error(), 1, "error: the request cannot be understood\n  number: "),
        (KeyboardInterrupt(), 130, "interrupted"),
        (Terminated(), 143, ""),
        (click.UsageError("no"), 2, "Usage:"),
    ],
)
def test_whatever_happens_is_one_sentence(
    error: BaseException,
    code: int,
    said: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("ELLIP_LAB_DEBUG", raising=False)
    assert carried_out(raising(error), []) == code
    told = capsys.readouterr().err.lstrip()
    assert told.startswith(said)
    assert "Traceback" not in told


def test_debugging_shows_where(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ELLIP_LAB_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        carried_out(raising(ZeroDivisionError()), [])


def test_a_reader_that_has_enough() -> None:
    done = subprocess.run(
        f"{sys.executable} -m ellip_lab.cli run --help | head -c 1",
        shell=True,
        capture_output=True,
        check=False,
    )
    assert done.stdout == b"U"
    assert done.stderr == b""

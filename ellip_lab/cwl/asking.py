"""What a line of words asks to run: the document, its entry, its inputs, as `cwl-runner` reads them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ellip_lab.contract import JsonObject
from ellip_lab.errors import Invalid, NotFound

if TYPE_CHECKING:
    from ellip_lab.cwl.service import CwlService

STANDARD_INPUT = "-"
"""As the parameters file: what is piped in."""


class Asked(NamedTuple):
    """Is what a run is asked for."""

    document: str
    """The absolute path of the document, or its URL."""
    entry: str | None
    inputs: JsonObject
    base: Path
    """The folder that relative paths of `inputs` count from."""


def asked(
    cwl: CwlService,
    words: Sequence[str],
    pairs: Sequence[str] = (),
    *,
    base: Path | None = None,
    further: JsonObject | None = None,
    standard_input: Callable[[], str] | None = None,
) -> Asked:
    """Reads `DOC[#id] [PARAMS] [--<input> VALUE ...]` and `NAME=VALUE` pairs.

    What is said last wins: the parameters file, then `further` (a caller's own input object), then the
    words. Paths in a parameters file count from its folder (or `base`), paths in words from the current one.
    The document is loaded only when words have to be typed by it.

    Raises
    ------
    NotFound
        The document or the parameters file does not exist.
    Invalid
        The words make no run, the file is no parameters file, an input is unknown, of a wrong type or missing.

    """
    from ellip_lab.cwl.arguments import read_pairs, read_words, typed
    from ellip_lab.cwl.parameters import anchored, names_its_document, parse_parameters, read_parameters

    said = read_words(words)
    document, entry = place_and_entry(said.document)
    if "://" in document:
        raise Invalid(f"{document}: only documents of this machine are run", hint="Download it first.")
    parameters = said.parameters
    here = Path.cwd()
    inputs: JsonObject = {}
    origin = here
    if parameters is None and entry is None and names_its_document(Path(document)):
        parameters = document
    if parameters == STANDARD_INPUT:
        if standard_input is None:
            raise Invalid("no parameters on standard input", hint="Name a parameters file.")
        inputs = parse_parameters(standard_input(), Path("standard input")).inputs
    elif parameters is not None:
        place = Path(local(parameters)).absolute()
        held = read_parameters(place)
        inputs, origin = held.inputs, place.parent
        if str(place) == document:
            document, entry = place_and_entry(held.tool or "", place.parent)
    origin = base.absolute() if base else origin
    if further:
        inputs = {**inputs, **anchored(further, here)}
    spoken = (*said.said, *read_pairs(pairs))
    if spoken:
        from ellip_lab.cwl.contract import DocumentQuery

        form = cwl.form(DocumentQuery(path=document, entry=entry))
        inputs = {**inputs, **typed(form, spoken, here)}
        cwl.validate_inputs(form, inputs, origin)
    return Asked(document, entry, inputs, origin)


def local(word: str) -> str:
    """Gives the path that a `file://` address names; the cwl-runner command line takes both. Other words stay."""
    from urllib.parse import unquote

    return unquote(word.removeprefix("file://")) if word.startswith("file:///") else word


def place_and_entry(word: str, base: Path | None = None) -> tuple[str, str | None]:
    """Splits `DOC#id` into the absolute path (or URL) and the id; a path that holds `#` itself is left whole.

    `NotFound` when the document does not exist on this machine.
    """
    if word in ("", STANDARD_INPUT):
        raise Invalid("a document is read from a file", hint="Name a .cwl file.")
    plain = local(word)
    if "://" in plain:
        url, _, entry = plain.partition("#")
        return url, entry or None
    folder = base or Path.cwd()
    whole = folder / plain
    entry = ""
    if "#" in plain and not whole.exists():
        path, _, entry = plain.rpartition("#")
        whole = folder / path
    if not whole.exists():
        raise NotFound(f"the document {whole} does not exist", hint="Paths count from the current folder.")
    return str(whole), entry or None

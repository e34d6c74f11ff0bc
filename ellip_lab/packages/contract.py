"""The words of room `packages`."""

from __future__ import annotations

from ellip_lab.contract import Contract, Path_


class DemoRequest(Contract):
    """Says where the demo package goes."""

    folder: Path_ = "water-bodies"
    """The folder to make; an existing one is completed, and what was edited in it is kept."""


class Demo(Contract):
    """Is the demo package, as it was put into the workspace."""

    folder: str
    """The folder it is in."""
    document: str
    """Its CWL document."""
    parameters: str
    """The parameters file that runs it on the scene it comes with."""

"""The magics: `%load_ext ellip_lab` gives a notebook `%%cwl` and `%ellip`, a door like the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


def register(ipython: InteractiveShell) -> None:
    """Gives a shell the magics, and the way it shows runs."""
    from ellip_lab.magics.magics import EllipMagics
    from ellip_lab.magics.pictures import register_formatters

    ipython.register_magics(EllipMagics(ipython))
    register_formatters(ipython)

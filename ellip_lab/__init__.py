"""Ellip Studio: write, run, package and ship Earth-observation Application Packages in JupyterLab.

Nothing heavy is imported here: `import ellip_lab` costs a few milliseconds, and a room's outside library
is loaded at its first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ellip_lab.lab import Lab as Lab

    __version__: str

__all__ = ["Lab", "__version__"]


def __getattr__(name: str) -> Any:
    """Loads the hall, and looks the version up, at their first use: the package itself stays light."""
    if name == "Lab":
        from ellip_lab.lab import Lab

        return Lab
    if name == "__version__":
        from importlib.metadata import version

        return version("ellip-lab")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    return [{"src": "labextension", "dest": "ellip-lab"}]


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    from ellip_lab.server.app import EllipLabApp

    return [{"module": "ellip_lab", "app": EllipLabApp}]


def load_ipython_extension(ipython: Any) -> None:
    """Registers the magics: `%load_ext ellip_lab`."""
    from ellip_lab.magics import register

    register(ipython)

"""Ellip Studio: write, run, package and ship Earth-observation Application Packages in JupyterLab.

Nothing heavy is imported here: `import ellip_lab` costs a few milliseconds, and a room's outside library
is loaded at its first use.
"""

from __future__ import annotations

TYPE_CHECKING = False  # typing takes as long as all the rest, and only mypy needs it
if TYPE_CHECKING:
    from typing import Any

    from ellip_lab.lab import Lab as Lab

    __version__: str

__all__ = ["Lab", "__version__"]


def __getattr__(name: str) -> Any:
    """Loads the hall, and looks the version up, at their first use: the package itself stays light."""
    if name == "Lab":
        from ellip_lab.lab import Lab

        return Lab
    if name == "__version__":
        from importlib.metadata import PackageNotFoundError, version

        try:
            return version("ellip-lab")
        except PackageNotFoundError as error:  # a checkout on the path, not installed
            raise AttributeError("ellip-lab is not installed, so it has no version") from error
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

"""What the warm process loads of room `cwl`, so that its forks find everything made."""

from __future__ import annotations

from pathlib import Path


def ready(state: Path) -> None:
    """Loads cwltool and the schemas, and looks at documents once, so that what is made at first use is made."""
    from ellip_lab.cwl import cwltool, language, schemas, worker  # noqa: F401 - loaded for the forks

    schemas.ready(state / "cache")
    warm = getattr(language, "warm", None)
    if warm is not None:
        warm()

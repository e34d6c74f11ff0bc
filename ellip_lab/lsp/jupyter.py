"""What jupyter-lsp is told of the server (entry point group `jupyter_lsp_spec_v1`)."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from typing import Any

MIME_TYPES = ["application/cwl+yaml", "text/x-cwl"]


def spec(_manager: object) -> dict[str, Any]:
    """Gives the server's description; nothing where what it needs is not installed."""
    if find_spec("pygls") is None:
        return {}
    return {
        "ellip-cwl": {
            "version": 2,
            "argv": [sys.executable, "-m", "ellip_lab.lsp"],
            "display_name": "Ellip (CWL)",
            "languages": ["cwl"],
            "mime_types": MIME_TYPES,
            "install": {"pip": "pip install 'ellip-lab[lsp]'"},
            "urls": {"home": "https://ellip-lab.readthedocs.io/editors.html"},
            "requires_documents_on_disk": False,
            "workspace_configuration": {"ellip.profile": "best-practice"},
        }
    }

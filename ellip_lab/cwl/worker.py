"""The child process that loads documents: `python -m ellip_lab.cwl.worker`, one request, one reply.

The request is one JSON object on standard input: `{"verb": "describe", "path": ..., "cache": ...}` or
`{"verb": "pack", "path": ..., "entry": ..., "cache": ...}`; the reply is one JSON object on standard output. Whatever a
document does to the loader, it does it here, within limits, without the secrets of the environment.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from pathlib import Path
from typing import Any

from ellip_lab.tasks import limits


def main() -> None:
    """Answers the one request; the exit code is 0 whenever there is a reply."""
    limits.bounded()
    # The loader makes a hundred thousand long-lived objects: collecting in between costs a third of the time.
    gc.disable()
    request = json.load(sys.stdin)
    reply = answer(request)
    # The loader is not torn down: the process ends here.
    sys.stdout.write(json.dumps(reply))
    sys.stdout.flush()
    os._exit(0)


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Answers one request, in this process."""
    path = str(request["path"])
    try:
        from ellip_lab.cwl import schemas
        from ellip_lab.cwl.cwltool import Document

        schemas.ready(Path(request["cache"]))
        if "function" in request:
            return asked(request)
        document = Document(path)
        if request["verb"] == "pack":
            return {"packed": document.packed(request.get("entry"))}
        return document.describe()
    except MemoryError:
        return {"failed": "memory"}


def asked(request: dict[str, Any]) -> dict[str, Any]:
    """Calls the function of this package that a request names (`module:name`); its own errors are told."""
    from importlib import import_module

    module, _, name = str(request.pop("function")).partition(":")
    if not module.startswith("ellip_lab."):
        raise ValueError(module)
    try:
        return dict(getattr(import_module(module), name)(request))
    except Exception as error:
        from ellip_lab.errors import EllipError, told

        if not isinstance(error, EllipError):
            raise
        return {"error": told(error)}


if __name__ == "__main__":
    main()

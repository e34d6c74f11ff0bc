"""Serves a Shiny for Python script on a unix socket: `python shiny_socket.py SOCKET SCRIPT`.

Standard library and Shiny only: it runs in whichever environment has that.
"""

import importlib.util
import sys
from pathlib import Path


def application(script: Path) -> object:
    """Gives the application of a script, be it an object `app` or written in the express way."""
    sys.path[0] = str(script.parent)
    from shiny import express

    if express.is_express_app(script.name, str(script.parent)):
        return express.wrap_express_app(script)
    spec = importlib.util.spec_from_file_location(script.stem.replace(".", "_"), script)
    assert spec is not None  # noqa: S101 - it is a Python file
    assert spec.loader is not None  # noqa: S101
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    if not hasattr(module, "app"):
        raise SystemExit(f"{script.name} has no `app`, the application that Shiny serves")
    return module.app


def serve(socket: str, script: str) -> None:
    """Serves a script until this process is ended."""
    import uvicorn

    uvicorn.run(
        application(Path(script)), uds=socket, access_log=False, use_colors=False, log_level="warning"
    )


serve(sys.argv[1], sys.argv[2])

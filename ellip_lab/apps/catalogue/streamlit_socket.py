"""Serves a Streamlit script on a unix socket: `python streamlit_socket.py SOCKET SCRIPT [ARGUMENT...]`.

The Streamlit of Tornado listens on a socket by itself; the one of Starlette does when its application is given to the
server that it comes with. Standard library and Streamlit only: it runs in whichever environment has that.
"""

import sys
from pathlib import Path


def serve(socket: str, script: str, arguments: list[str]) -> None:
    """Serves a script until this process is ended."""
    # as `streamlit run` has it: a script finds what lies beside it, and its own arguments
    sys.path[0] = str(Path(script).parent)
    sys.argv = [script, *arguments]
    try:
        from streamlit import App
    except ImportError:
        from streamlit.web import cli

        sys.argv = ["streamlit", "run", f"--server.address=unix://{socket}", script, "--", *arguments]
        cli.main(prog_name="streamlit")
        return
    import uvicorn

    uvicorn.run(App(script), uds=socket, access_log=False, use_colors=False, log_level="warning")


serve(sys.argv[1], sys.argv[2], sys.argv[3:])

"""Configures the server of the browser tests: galata's own settings, a fresh workspace, a port of our own."""

import os
from pathlib import Path

from jupyterlab.galata import configure_jupyter_server

c = get_config()  # noqa: F821

configure_jupyter_server(c)

work = Path(__file__).parent / "work"
root = work / "root"
root.mkdir(parents=True, exist_ok=True)

c.ServerApp.ip = "127.0.0.1"
c.ServerApp.port = int(os.environ.get("UI_PORT", "8898"))
c.ServerApp.port_retries = 0
c.ServerApp.allow_root = True
c.ServerApp.open_browser = False
c.ServerApp.root_dir = str(root)
c.LabApp.collaborative = False

# galata switches the token off; the test of the token switches it on again.
token = os.environ.get("UI_TOKEN")
if token:
    c.IdentityProvider.token = token
    c.ServerApp.disable_check_xsrf = False

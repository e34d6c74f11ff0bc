"""Configures the servers of the browser tests: galata's own settings, a fresh workspace, a port of our own."""

import atexit
import os
import shutil
import sys
from pathlib import Path

from jupyterlab.galata import configure_jupyter_server

from ellip_lab.lab import Lab
from ellip_lab.settings import Settings

c = get_config()  # noqa: F821

configure_jupyter_server(c)

sys.path.insert(0, str(Path.cwd() / "fixtures"))
import engine  # noqa: E402 - a file beside this one

port = int(os.environ.get("UI_PORT", "8898"))
work = Path.cwd() / "work" / str(port)


def stop_store() -> None:
    """Stops the object store that the demo package has started: it would outlive the server."""
    Lab(Settings(state=work / "state")).s3.stop_store()


if work.exists():
    stop_store()
    engine.forget(work)
    shutil.rmtree(work)
atexit.register(stop_store)
root = work / "root"
root.mkdir(parents=True)
# The runs of the tests are theirs alone.
os.environ["ELLIP_LAB_STATE"] = str(work / "state")
os.environ["JUPYTERLAB_SETTINGS_DIR"] = str(work / "settings")

c.ServerApp.ip = "127.0.0.1"
c.ServerApp.port = port
c.ServerApp.allow_root = True
# An editable installation does not switch it on; that a wheel does is tested elsewhere.
c.ServerApp.jpserver_extensions = {"ellip_lab": True}
c.ServerApp.root_dir = str(root)

if os.environ.get("UI_SERVER_ENGINE") == "private":
    # What the tests of containers build, push and remove is nobody's but theirs.
    atexit.register(engine.start(work))
elif os.environ.get("UI_SERVER_ENGINE") == "none":
    # No podman and no docker are found: all that is on the path is Python's.
    os.environ["PATH"] = str(Path(sys.executable).parent)

# galata switches the token and XSRF off; the server of the test with a token has both.
token = os.environ.get("UI_SERVER_TOKEN")
if token:
    c.IdentityProvider.token = token
    c.ServerApp.disable_check_xsrf = False

"""A server as far as apps are concerned: it starts the stub, says so, and lives until something ends it.

python light.py STATE ROOT [--mindful]: a mindful one ends its apps itself when it is asked to end.
"""

from __future__ import annotations

import signal
import sys
import time
from pathlib import Path
from typing import Any

from ellip_lab.apps.contract import StartAppRequest
from ellip_lab.apps.service import AppsService
from ellip_lab.settings import Settings

room = AppsService(Settings(state=Path(sys.argv[1]), root=Path(sys.argv[2])))


def end(*_: Any) -> None:
    if "--mindful" in sys.argv:
        room.end()
    sys.exit()


signal.signal(signal.SIGTERM, end)
signal.signal(signal.SIGINT, end)
room.start(StartAppRequest(app="stub"))
while True:
    print(room.reach("stub")[0].state, flush=True)
    time.sleep(0.05)

"""The process of one plan: `python -m ellip_lab.toolboxes.plan_child`, its order on standard input, JSON on output.

What a channel sends is read and solved here, with a limit of time that whoever asks keeps, and not in a server.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from ellip_lab.errors import Internal, told
from ellip_lab.settings import Settings
from ellip_lab.toolboxes.deciding import decide
from ellip_lab.toolboxes.failures import Unsolvable, understood
from ellip_lab.toolboxes.home import Home
from ellip_lab.toolboxes.rattler import Rattler
from ellip_lab.toolboxes.wanted import Wanted


def answered(order: dict[str, Any]) -> dict[str, Any]:
    """Gives the plan of an order, or why there is none."""
    home = Home(Settings(state=Path(order["state"]), toolboxes_dir=Path(order["folder"])))
    wanted = Wanted(**order["wanted"])
    try:
        rattler = Rattler(home.cache, order["network"], home.logins)
        return {"plan": decide(rattler, home, wanted).plan(rattler)}
    except BaseException as error:  # a panic of the library is no Exception
        if isinstance(error, KeyboardInterrupt | SystemExit):
            raise
        why = understood(error, wanted.channels)
        if isinstance(why, Unsolvable):
            lines = [problem.message for problem in why.problems]
            return {"unsolvable": {"detail": why.detail, "hint": why.hint, "lines": lines}}
        if isinstance(why, Internal):
            sys.stderr.write(f"{why.detail}\n")
        return {"error": told(why)}


def main() -> None:
    """Reads the order and writes the answer."""
    reply = answered(json.loads(sys.stdin.buffer.read()))
    sys.stdout.write(json.dumps(reply))
    sys.stdout.flush()


if __name__ == "__main__":
    main()

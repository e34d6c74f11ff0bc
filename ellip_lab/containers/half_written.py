"""An image that is half written: podman adds its record to the store first, and its parts one by one.

One whose writer was killed stays so; with it there, podman refuses to list any image (4.3 by its service, and
`podman system df`). Standard library only: the clean-up of a work reads this.
"""

from __future__ import annotations

import re

COMPLAINT = re.compile(r'locating item named .{1,200}? for image with ID \\*"([0-9a-f]{64})')


def named(said: str) -> set[str]:
    """Gives the ids of the images that a complaint of podman's says are half written."""
    return set(COMPLAINT.findall(said))

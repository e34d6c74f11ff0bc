"""`python -m ellip_lab.lsp`: the server, on standard input and output."""

from __future__ import annotations

import logging
import sys


def main() -> int:
    """Serves until the editor ends it; the exit code is 6 where pygls is not installed."""
    # Standard output is the protocol's; what is to be said goes to standard error, where editors show it.
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="ellip lsp: %(message)s")
    try:
        import pygls  # noqa: F401
    except ModuleNotFoundError:
        sys.stderr.write(
            "error: the language server needs pygls, which is not installed\n"
            "hint: pip install 'ellip-lab[lsp]'\n"
        )
        return 6
    from ellip_lab.lab import Lab
    from ellip_lab.lsp.server import served

    lab = Lab()
    # it is there by the time the first document is
    lab.warm.start()
    served(lab).start_io()
    return 0


if __name__ == "__main__":
    sys.exit(main())

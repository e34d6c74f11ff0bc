"""An app for tests: pages and a websocket on a unix socket, and every way to misbehave.

python stub.py SOCKET [--silent] [--die CODE] [--secrets] [--brood N] [--absolute URL] [--late SECONDS]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
import time
from pathlib import Path

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_unix_socket
from tornado.web import Application, RequestHandler
from tornado.websocket import WebSocketHandler


class Page(RequestHandler):
    """Says how it was asked."""

    def prepare(self) -> None:
        told = {
            "method": self.request.method,
            "uri": self.request.uri,
            "headers": dict(self.request.headers),
            "body": self.request.body.decode(),
        }
        if self.request.path.endswith("/die"):
            print("told to die", flush=True)
            os._exit(7)
        if self.request.path.endswith("/away"):
            self.redirect("/elsewhere?a=1")
            return
        self.set_header("X-Frame-Options", "DENY")
        self.finish(told)


class Echo(WebSocketHandler):
    """Says what it is told."""

    def open(self, *_: str) -> None:
        self.write_message(json.dumps({"uri": self.request.uri, "headers": dict(self.request.headers)}))

    def on_message(self, message: str | bytes) -> None:
        self.write_message(message, binary=isinstance(message, bytes))


def brood(number: int) -> None:
    """Forks children of children that leave their session and do not end when they are asked to."""
    for _ in range(number):
        if os.fork():
            continue
        os.setsid()
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        if os.fork():
            os._exit(0)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        while True:
            time.sleep(60)


async def serve(path: str) -> None:
    app = Application([(r".*/ws", Echo), (r"(.*)", Page)])
    server = HTTPServer(app)
    server.add_socket(bind_unix_socket(path))
    print(f"listening, {os.getpid()}", flush=True)
    await asyncio.Event().wait()


def main() -> None:
    words = argparse.ArgumentParser()
    words.add_argument("socket")
    words.add_argument("--silent", action="store_true")
    words.add_argument("--die", type=int)
    words.add_argument("--secrets", action="store_true")
    words.add_argument("--brood", type=int, default=0)
    asked, _ = words.parse_known_args()
    print(f"stub in {Path.cwd()}", flush=True)
    if asked.secrets:
        print("PASSWORD=" + os.environ.get("STUB_PASSWORD", "none"), flush=True)
        print("the word is " + os.environ.get("STUB_PASSWORD", "none"), file=sys.stderr, flush=True)
        print("https://me:hidden-word@example.org/x?token=abcdef123456&b=2", flush=True)
    if asked.die is not None:
        print("ModuleNotFoundError: No module named 'rasterio'", file=sys.stderr, flush=True)
        sys.exit(asked.die)
    brood(asked.brood)
    if asked.silent:
        print("thinking", flush=True)
        while True:
            time.sleep(60)
    asyncio.run(serve(asked.socket))


main()

"""Hands the credentials of a connection over to AWS's tools: the command of a `credential_process`.

It prints them as botocore wants them (AWS SDKs and Tools Reference Guide, "Process credential provider") to whoever
has started it, who is the user. It is in the file of profiles that a kernel or a terminal is led to, never in a log.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from ellip_lab.errors import EllipError
from ellip_lab.settings import Settings


def main(argv: list[str] | None = None) -> int:
    """Prints credentials; on failure one sentence on standard error, and exit code 1."""
    parser = argparse.ArgumentParser(prog="ellip_lab.s3.credentials_child")
    parser.add_argument("name")
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--config", required=True)
    parser.add_argument("--credentials", required=True)
    asked = parser.parse_args(argv)
    # The one who asks uses this very connection by its variables: without them it is not asked again.
    os.environ.pop("AWS_PROFILE", None)
    os.environ["AWS_CONFIG_FILE"] = asked.config
    os.environ["AWS_SHARED_CREDENTIALS_FILE"] = asked.credentials

    from ellip_lab.s3 import boto
    from ellip_lab.s3.connections import Connections

    try:
        found = boto.signing_of(Connections(Settings(state=asked.state)).get(asked.name))
    except EllipError as error:
        sys.stderr.write(f"{error.detail}\n")
        return 1
    if found is None:
        sys.stderr.write(f"connection {asked.name!r} is anonymous\n")
        return 1
    told = {"Version": 1, "AccessKeyId": found.access, "SecretAccessKey": found.secret}
    if found.token:
        told["SessionToken"] = found.token
    if found.expires:
        told["Expiration"] = found.expires.isoformat()
    sys.stdout.write(json.dumps(told))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

"""Gives this notebook a connection: variables that boto3, s3fs and GDAL read, none of them a secret."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from ellip_lab.s3.contract import ConnectionQuery, Surroundings

if TYPE_CHECKING:
    from ellip_lab.s3.service import S3Service

_before: dict[str, str | None] = {}
"""What the variables were that a connection has changed: they are put back before another one is used."""


def used(s3: S3Service, name: str | None) -> Surroundings:
    """Makes a connection the one that this process uses; nothing is changed when there is no such connection."""
    kept = {variable: os.environ.get(variable) for variable in _before}
    # the environment's own credentials are found where they were
    put(_before)
    try:
        found = s3.use(ConnectionQuery(connection=name))
    except BaseException:
        put(kept)
        raise
    values: dict[str, str | None] = {**dict.fromkeys(found.unset), **found.set}
    _before.clear()
    _before.update({variable: os.environ.get(variable) for variable in values})
    put(values)
    forget()
    if "AWS_NO_SIGN_REQUEST" in found.set or "AWS_REQUEST_PAYER" in found.set:
        from ellip_lab.s3 import boto

        # boto3 alone has no variables for these
        boto.renew_default_session(
            anonymous="AWS_NO_SIGN_REQUEST" in found.set, requester_pays="AWS_REQUEST_PAYER" in found.set
        )
    return found


def put(values: dict[str, str | None]) -> None:
    """Sets variables, and takes out those that are null."""
    for variable, value in values.items():
        if value is None:
            os.environ.pop(variable, None)
        else:
            os.environ[variable] = value


def forget() -> None:
    """Makes libraries that are loaded already forget the connection they have found."""
    if (boto3 := sys.modules.get("boto3")) is not None:
        boto3.__dict__["DEFAULT_SESSION"] = None
    if (config := sys.modules.get("fsspec.config")) is not None:
        # read once, when it was loaded
        for word in ("anon", "requester_pays"):
            config.conf.get("s3", {}).pop(word, None)
        config.set_conf_env(config.conf)
    if (s3fs := sys.modules.get("s3fs")) is not None:
        s3fs.S3FileSystem.clear_instance_cache()
    if (gdal := sys.modules.get("osgeo.gdal")) is not None:
        gdal.VSICurlClearCache()

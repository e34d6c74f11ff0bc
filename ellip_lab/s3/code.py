"""Ready code that opens an object; no key stands in it, the variables of a used connection bring them."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from ellip_lab.errors import Invalid
from ellip_lab.s3.addresses import address, check_key
from ellip_lab.s3.contract import Auth, Code, CodeLanguage, CodeQuery
from ellip_lab.s3.replies import where

if TYPE_CHECKING:
    from ellip_lab.s3.connections import Connections, Known

NETCDF = {".nc", ".nc4", ".h5", ".hdf5", ".he5"}
"""How the keys of files end that xarray opens with h5netcdf."""


def code(connections: Connections, query: CodeQuery) -> Code:
    """Gives ready code; the store is not asked."""
    check_key(query.key)
    known = connections.get(query.connection)
    if query.version is not None and query.language is not CodeLanguage.BOTO3:
        raise Invalid(
            f"{query.language} has no way to name a version", hint="Take boto3, or a presigned URL."
        )
    match query.language:
        case CodeLanguage.S3:
            return Code(text=where(known, query.bucket, query.key))
        case CodeLanguage.VSIS3:
            return Code(text=_vsis3(query))
        case CodeLanguage.RASTERIO:
            body = _rasterio(query)
        case CodeLanguage.XARRAY:
            body = _xarray(known, query)
        case CodeLanguage.PYSTAC:
            body = _pystac(known, query)
        case CodeLanguage.BOTO3:
            body = _boto3(known, query)
    return Code(text=f"# The connection: %s3 use {known.name}\n{body}")


def _vsis3(query: CodeQuery) -> str:
    return f"/vsis3/{query.bucket}/{query.key}"


def _rasterio(query: CodeQuery) -> str:
    return (
        "import rasterio\n"
        "from rasterio.session import AWSSession\n"
        "\n"
        f"with rasterio.Env(AWSSession()), rasterio.open({_vsis3(query)!r}) as raster:\n"
        "    print(raster.profile)\n"
    )


def _xarray(known: Known, query: CodeQuery) -> str:
    url = address(query.bucket, query.key)
    suffix = PurePosixPath(query.key.rstrip("/")).suffix.lower()
    options = {}
    if known.connection.auth is Auth.ANONYMOUS:
        options["anon"] = True
    if known.connection.requester_pays:
        options["requester_pays"] = True
    if suffix == ".zarr":
        said = f", storage_options={options!r}" if options else ""
        return f"import xarray\n\ndata = xarray.open_zarr({url.rstrip('/')!r}{said})\nprint(data)\n"
    if suffix in NETCDF:
        said = "".join(f", {name}={value!r}" for name, value in options.items())
        return (
            "import fsspec\n"
            "import xarray\n"
            "\n"
            f'data = xarray.open_dataset(fsspec.open({url!r}, "rb"{said}).open(), engine="h5netcdf")\n'
            "print(data)\n"
        )
    return (
        "import rasterio\n"
        "import rioxarray\n"
        "from rasterio.session import AWSSession\n"
        "\n"
        "with rasterio.Env(AWSSession()):\n"
        f"    data = rioxarray.open_rasterio({_vsis3(query)!r})\n"
        "    print(data)\n"
    )


def _client(known: Known) -> tuple[str, str]:
    """Gives what must be imported, and the client; no variable says that requests are not signed."""
    if known.connection.auth is not Auth.ANONYMOUS:
        return "import boto3\n", 'boto3.client("s3")'
    imports = "import boto3\nfrom botocore import UNSIGNED\nfrom botocore.config import Config\n"
    return imports, 'boto3.client("s3", config=Config(signature_version=UNSIGNED))'


def _payer(known: Known) -> str:
    return ', RequestPayer="requester"' if known.connection.requester_pays else ""


def _boto3(known: Known, query: CodeQuery) -> str:
    imports, client = _client(known)
    version = f", VersionId={query.version!r}" if query.version is not None else ""
    return (
        f"{imports}"
        "\n"
        f"s3 = {client}\n"
        f"reply = s3.get_object(Bucket={query.bucket!r}, Key={query.key!r}{version}{_payer(known)})\n"
        'data = reply["Body"].read()\n'
    )


def _pystac(known: Known, query: CodeQuery) -> str:
    imports, client = _client(known)
    first, *rest = imports.splitlines()
    lines = [first, "import pystac", *rest, "from pystac.stac_io import DefaultStacIO"]
    return (
        "\n".join(lines) + "\n\n\n"
        "class FromS3(DefaultStacIO):\n"
        f"    s3 = {client}\n"
        "\n"
        "    def read_text(self, source, *args, **kwargs):\n"
        "        href = str(source)\n"
        '        if not href.startswith("s3://"):\n'
        "            return super().read_text(source, *args, **kwargs)\n"
        '        bucket, _, key = href.removeprefix("s3://").partition("/")\n'
        f'        return self.s3.get_object(Bucket=bucket, Key=key{_payer(known)})["Body"].read().decode()\n'
        "\n\n"
        f"thing = pystac.read_file({address(query.bucket, query.key)!r}, stac_io=FromS3())\n"
        "print(thing)\n"
    )

"""What the verbs of `%s3` give, and how a notebook shows it."""

from __future__ import annotations

import re
from html import escape

from ellip_lab.magics.shown import Shown, marked
from ellip_lab.s3.contract import BucketList, ConnectionList, ObjectPage, Source, Surroundings, Transfer
from ellip_lab.tasks.wording import age, duration, size


class BytesShown(Shown):
    """Is an object's bytes: text as text, anything else as how much there is."""

    def __init__(self, address: str, data: bytes, whole: int) -> None:
        self.address = address
        self.data = data
        """The bytes that were read."""
        self.text = text_of(data, cut=len(data) < whole)
        """The text they are; null when they are none."""
        self.note = f"the first {size(len(data))} of {size(whole)}" if len(data) < whole else ""
        if self.text is None:
            self.note = f"{size(whole)} that are no text"

    def _repr_html_(self) -> str:
        note = f"<p>{escape(self.note)}</p>" if self.note else ""
        return note + (f"<pre>{escape(self.text)}</pre>" if self.text is not None else "")

    def __repr__(self) -> str:
        """Gives the text."""
        return "\n".join(part for part in (self.note, self.text) if part)


class TransferShown(Shown):
    """Is a transfer, and how far it is."""

    def __init__(self, now: Transfer) -> None:
        files = f"{now.files_done:,}" + (f" of {now.files_total:,}" if now.files_total is not None else "")
        volume = size(now.bytes_done) + (
            f" of {size(now.bytes_total)}" if now.bytes_total is not None else ""
        )
        left = f"{duration(now.remaining)} left" if now.remaining is not None else ""
        rate = f"{size(round(now.rate))}/s" if now.rate else ""
        row = (marked(now.state), now.title, files, volume, rate, left)
        super().__init__(now, ("State", "Transfer", "Files", "Bytes", "Rate", ""), [row])
        self.id = now.id


def text_of(data: bytes, *, cut: bool) -> str | None:
    """Gives the text that bytes are; where they are cut, the last character may be half there."""
    text = data.decode("utf-8", "surrogateescape")
    if cut:
        text = re.sub("[\udc80-\udcff]{1,3}$", "", text)
    return None if re.search("[\x00\udc80-\udcff]", text) else text


def printable(name: str) -> str:
    """Gives a key in one line."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f]", lambda found: f"\\x{ord(found[0]):02x}", name)


def use_shown(found: Surroundings) -> Shown:
    """Shows what works now."""
    endpoint = found.set.get("AWS_ENDPOINT_URL_S3", "AWS")
    unsigned = "AWS_NO_SIGN_REQUEST" in found.set
    rows = [
        # the one library that no variable tells to leave the signature out
        ("boto3", f'boto3.client("s3"{", config=Config(signature_version=UNSIGNED)" if unsigned else ""})'),
        ("s3fs, xarray, pandas", '"s3://bucket/key"'),
        ("rasterio, GDAL", '"/vsis3/bucket/key"'),
    ]
    note = f"{found.connection} ({endpoint}) is used by this notebook; no key is in it."
    return Shown(found, ("Library", "Works now"), rows, note)


def connections_shown(found: ConnectionList) -> Shown:
    """Shows connections."""
    rows = [
        (
            f"{one.name} (default)" if one.default else one.name,
            one.source.value,
            one.endpoint or ("on this machine" if one.source is Source.EMBEDDED else "AWS"),
            one.region or "",
        )
        for one in found.connections
    ]
    return Shown(found, ("Connection", "Source", "Endpoint", "Region"), rows, " ".join(found.problems))


def buckets_shown(found: BucketList) -> Shown:
    """Shows the buckets of a connection."""
    rows = [(one.name, age(one.created) if one.created else "") for one in found.buckets]
    note = "" if rows else f"{found.connection} has no buckets"
    return Shown(found, ("Bucket", "Made"), rows, note)


def page_shown(page: ObjectPage) -> Shown:
    """Shows a page of what is below a prefix, names as they are below its last `/`."""
    base = len(page.prefix.rpartition("/")[0]) + 1 if "/" in page.prefix else 0
    rows = [(printable(folder[base:]), "", "") for folder in page.folders]
    rows += [
        (printable(one.key[base:]), size(one.size), age(one.modified) if one.modified else "")
        for one in page.objects
    ]
    note = "" if rows else f"nothing below {page.prefix or page.bucket}"
    if page.next:
        note = f"the first {len(rows):,}; --all gives every one"
    return Shown(page, ("Name", "Size", "Changed"), rows, note)

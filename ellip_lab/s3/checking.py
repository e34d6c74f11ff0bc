"""Whether what arrived is what was sent: entity tags, where they are MD5 sums, and sizes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ellip_lab.s3.remote import Remote

MIB = 2**20
SMALL = 16 * MIB
"""Files of this size and larger go in parts."""
PART = 6 * MIB
"""The smallest part we send. A part of a power of two costs the store on this machine a third more: with what goes
around it, it outgrows a buffer of that size."""
CHUNK = 8 * MIB
LARGEST_CHUNK = 32 * MIB
"""A range that is read at once is never larger: several are in memory at a time."""
MAX_PARTS = 9_000
"""Parts of an upload; stores take 10,000."""
_PLAIN = re.compile(r"[0-9a-f]{32}")
_PARTS = re.compile(r"[0-9a-f]{32}-[0-9]{1,5}")


def md5(data: Any) -> str:
    """Gives the MD5 of bytes in hexadecimal: what entity tags are made of."""
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


def bare(tag: str | None) -> str:
    """Gives an entity tag without its quotes."""
    return (tag or "").strip('"').lower()


def plain(tag: str | None) -> str | None:
    """Gives the MD5 that an entity tag may be; None for one of another kind."""
    found = bare(tag)
    return found if _PLAIN.fullmatch(found) else None


def parts_of(tag: str | None) -> int | None:
    """Gives how many parts an object was sent in, as its entity tag says; None when it does not."""
    found = bare(tag)
    return int(found.rpartition("-")[2]) if _PARTS.fullmatch(found) else None


def likely_part(size: int, count: int) -> int | None:
    """Gives the one whole number of MiB by which an object of `size` bytes makes `count` parts; None when several do.

    Most clients send parts of whole MiB. Whoever takes this for granted has to look at what comes of it.
    """
    if count < 2:
        return None
    least, below = -(-size // count), -(-size // (count - 1))
    first = -(-least // MIB) * MIB
    return first if first < below <= first + MIB else None


def joined(digests: Iterable[str]) -> str:
    """Gives the entity tag of an object from the MD5 of each of its parts."""
    all_ = [bytes.fromhex(digest) for digest in digests]
    return f"{md5(b''.join(all_))}-{len(all_)}"


def part_size(size: int) -> int:
    """Gives how large the parts of an upload are: whole MiB, and never too many of them."""
    return max(PART, -(-size // (MAX_PARTS * MIB)) * MIB)


def spans(size: int, step: int) -> Sequence[tuple[int, int]]:
    """Cuts a size into ranges: from, to (not included)."""
    return [(start, min(start + step, size)) for start in range(0, size, step)]


def encrypted(headers: Any) -> bool:
    """Tells whether an object is encrypted in a way that makes its entity tag no MD5 of its bytes."""
    kind = str(headers.get("ServerSideEncryption") or "")
    return kind.startswith("aws:kms") or bool(headers.get("SSECustomerAlgorithm"))


def how(remote: Remote, bucket: str, key: str, size: int, tag: str | None, digest: str) -> str | None:
    """Says how an object is known to be whole: `checksum`, `size`; None when it is damaged.

    `digest` is what its entity tag would be if it is made of MD5 sums.
    """
    if bare(tag) == digest:
        return "checksum"
    headers = remote.headers(bucket, key)
    if headers is None or headers["ContentLength"] != size:
        return None
    if bare(headers.get("ETag")) == digest:
        return "checksum"
    comparable = plain(tag) if "-" not in digest else parts_of(tag) == parts_of(digest)
    return None if comparable and not encrypted(headers) else "size"

"""How many bytes images take together: a layer that several share lies on the disk once."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ellip_lab.containers.podman import quoted
from ellip_lab.errors import NotFound

if TYPE_CHECKING:
    from ellip_lab.containers.podman import Api


class Sizes:
    """Remembers the layers of images: an image never changes, so each is asked for once."""

    def __init__(self) -> None:
        self._known: dict[str, dict[str, int]] = {}
        self._writing = threading.Lock()

    def total(self, api: Api, images: Iterable[str]) -> int:
        """Gives the bytes of images, each layer counted once."""
        return sum(self.layers(api, images).values())

    def layers(self, api: Api, images: Iterable[str]) -> dict[str, int]:
        """Gives every layer of several images with its bytes; one is known by all that lies below it."""
        found: dict[str, int] = {}
        for image in images:
            found |= self._of(api, image)
        return found

    def _of(self, api: Api, image: str) -> dict[str, int]:
        known = self._known.get(image)
        if known is not None:
            return known
        try:
            told = api.get(f"images/{quoted(image)}/json")
            history = api.get(f"images/{quoted(image)}/history")
        except NotFound:
            return {}  # removed meanwhile
        sizes = [int(line.get("Size") or 0) for line in reversed(history or ())]
        layers: list[str] = (told.get("RootFS") or {}).get("Layers") or []
        lines = told.get("History")
        if lines and len(lines) == len(sizes):
            sizes = [size for size, line in zip(sizes, lines, strict=True) if not line.get("empty_layer")]
        elif len(sizes) != len(layers):
            sizes = [size for size in sizes if size]
        if len(sizes) != len(layers):  # it does not tell which is which: the whole is the last one's
            sizes = [0] * max(len(layers) - 1, 0) + [int(told.get("Size") or 0)]
        chain, made = "", {}
        for layer, size in zip(layers, sizes, strict=False):
            chain = hashlib.sha256(f"{chain} {layer}".encode()).hexdigest()
            made[chain] = size
        with self._writing:
            self._known[image] = made
        return made

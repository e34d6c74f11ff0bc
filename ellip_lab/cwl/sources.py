"""The files a document consists of, as the loader asks for them: read with care, and noted.

With `cwltool.py` the only file that knows schema-salad.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from schema_salad.exceptions import ValidationException
from schema_salad.fetcher import DefaultFetcher

from ellip_lab.cwl.reading import Finding, RefusedError, checked, read, refuse_too_many_nodes, text_of


class Sources:
    """Is every file a document consists of, as the loader asks for them; refuses what cannot be part of one."""

    def __init__(self, *, remote: bool, texts: Mapping[str, str] | None = None) -> None:
        """Takes whether the document is remote, and texts that stand for what files hold (as in an editor)."""
        self.remote = remote
        self.texts = texts or {}
        self.files: list[str] = []
        """The files read, in the order of reading."""
        self.watched: list[str] = []
        """The files asked for, also those that are not there: one that appears changes the answer."""
        self.refused: list[Finding] = []

    def fetcher(self, cache: dict[str, Any], session: Any) -> DefaultFetcher:
        """Gives the loader a fetcher that reads through this object (`fetcher_constructor`)."""
        return _Fetcher(cache, session, self)

    def note(self, path: str) -> None:
        """Remembers that an answer depends on a file."""
        if path not in self.watched:
            self.watched.append(path)


class _Fetcher(DefaultFetcher):  # type: ignore[misc, unused-ignore]
    """Fetches files with care, and nothing from the network unless the document itself came from there."""

    def __init__(self, cache: dict[str, Any], session: Any, sources: Sources) -> None:
        super().__init__(cache, session)
        self.sources = sources

    def fetch_text(self, url: str, content_types: list[str] | None = None) -> str:
        kept = self.cache.get(url)
        if isinstance(kept, str):
            return kept
        parts = urlsplit(url)
        try:
            text = self._text(url, content_types)
            refuse_too_many_nodes(text, Path(unquote(parts.path)))
        except RefusedError as refusal:
            self.sources.refused.append(refusal.finding)
            raise ValidationException(str(refusal)) from refusal
        self.cache[url] = text
        return text

    def _text(self, url: str, content_types: list[str] | None) -> str:
        parts = urlsplit(url)
        path = Path(unquote(parts.path))
        if parts.scheme == "file":
            self.sources.note(str(path))
            written = self.sources.texts.get(str(path))
            text = read(path) if written is None else checked(written, path)
            self.sources.files.append(str(path))
            return text
        if parts.scheme in ("http", "https") and self.sources.remote:
            return text_of(str(super().fetch_text(url, content_types)).encode(), path)
        raise RefusedError(
            Finding(
                message=f"{url} is not on this machine",
                severity="error",
                hint="A local document is not completed from the network: download the file and name the copy.",
            )
        )

    def check_exists(self, url: str) -> bool:
        parts = urlsplit(url)
        if parts.scheme == "file":
            path = unquote(parts.path)
            self.sources.note(path)
            return path in self.sources.texts or os.path.exists(path)  # noqa: PTH110
        if parts.scheme in ("http", "https") and not self.sources.remote:
            return False
        return bool(super().check_exists(url))

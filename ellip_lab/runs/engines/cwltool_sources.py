"""How the engine's child reads the files of a document: with the same care as room `cwl`.

A run may begin without a check (the command line's fast path), so a file that would keep the loader busy
for hours is refused here too, before any YAML parser sees it.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from schema_salad.exceptions import ValidationException
from schema_salad.fetcher import DefaultFetcher

from ellip_lab.cwl.reading import RefusedError, read, refuse_too_many_nodes


class CarefulFetcher(DefaultFetcher):  # type: ignore[misc, unused-ignore]
    """Fetches the text of a file, or refuses it in a sentence."""

    def fetch_text(self, url: str, content_types: list[str] | None = None) -> str:
        """Gives the text of a file or of a page of the network."""
        kept = self.cache.get(url)
        if isinstance(kept, str):
            return kept
        parts = urlsplit(url)
        path = Path(unquote(parts.path))
        try:
            text = read(path) if parts.scheme == "file" else str(super().fetch_text(url, content_types))
            refuse_too_many_nodes(text, path)
        except RefusedError as refusal:
            raise ValidationException(str(refusal)) from refusal
        return text

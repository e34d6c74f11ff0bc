"""Services that are known beforehand: a data file each, in `presets/`."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from ellip_lab.s3.contract import Preset, PresetList

GROUPS = ("service", "open-data", "self-hosted")
"""In the order in which they are offered."""


@cache
def presets() -> PresetList:
    """Gives every preset: services by title, then open data, then what one runs oneself."""
    folder = files("ellip_lab.s3").joinpath("presets")
    found = [
        Preset.model_validate_json(place.read_text("utf-8"))
        for place in folder.iterdir()
        if place.name.endswith(".json")
    ]
    found.sort(key=lambda preset: (GROUPS.index(preset.group), preset.title))
    return PresetList(presets=tuple(found))

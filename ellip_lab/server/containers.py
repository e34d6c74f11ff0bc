"""The routes of room `containers`."""

from __future__ import annotations

from ellip_lab.server import (
    containers_images,
    containers_registries,
    containers_running,
    containers_works,
)

ROUTES = (
    *containers_images.ROUTES,
    *containers_works.ROUTES,
    *containers_registries.ROUTES,
    *containers_running.ROUTES,
)

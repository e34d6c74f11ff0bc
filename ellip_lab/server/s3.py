"""The routes of room `s3`."""

from __future__ import annotations

from ellip_lab.server import s3_connections, s3_objects, s3_transfers

ROUTES = (*s3_connections.ROUTES, *s3_objects.ROUTES, *s3_transfers.ROUTES)

"""The page that stands in for an app while it comes up, and when it does not."""

from __future__ import annotations

from html import escape

from ellip_lab.apps.contract import AppInstance, AppState

POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""The page runs nothing, and asks nobody."""

STYLE = """
:root { color-scheme: light dark; }
body { font: 14px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }
h1 { font-size: 1.3rem; }
pre { background: color-mix(in srgb, currentColor 8%, transparent); border-radius: 4px; max-height: 24rem; overflow: auto;
      padding: 0.75rem; white-space: pre-wrap; overflow-wrap: anywhere; }
"""


def page(instance: AppInstance, log: str) -> str:
    """Gives the page of an instance that does not answer (yet): what is the matter, and what it said."""
    if instance.state is AppState.STARTING:
        return _html(
            f"{instance.title} is starting",
            f"It may take up to {instance.timeout:g} seconds. This page goes on by itself.",
            log,
            again=True,
        )
    if instance.failure is not None:
        return _html(
            instance.failure.headline, instance.failure.hint or "", "\n".join(instance.failure.lines)
        )
    return _html(
        f"{instance.title} is not running", "Start it from the launcher, or from the panel of apps.", ""
    )


def _html(headline: str, hint: str, log: str, *, again: bool = False) -> str:
    refresh = '<meta http-equiv="refresh" content="1">' if again else ""
    said = f'<pre role="log" tabindex="0" aria-label="log">{escape(log)}</pre>' if log.strip() else ""
    role = "status" if again else "alert"
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">{refresh}<title>{escape(headline)}</title>'
        f"<style>{STYLE}</style></head><body><main><div role={role}><h1>{escape(headline)}</h1><p>{escape(hint)}</p>"
        f"</div>{said}</main></body></html>"
    )

"""The entries of the catalogue, solved against the public channels that they name; asked for by a variable.

An entry's `checked` is the day of the last time this has passed for it: nothing here writes it.
"""

from __future__ import annotations

import os
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from ellip_lab.errors import NotFound, Unavailable
from ellip_lab.settings import Settings
from ellip_lab.toolboxes.catalogue import provided
from ellip_lab.toolboxes.contract import CatalogueEntry, ToolboxRequest
from ellip_lab.toolboxes.service import ToolboxesService
from ellip_lab.toolboxes.wording import ALIAS

pytestmark = pytest.mark.skipif(
    not os.environ.get("ELLIP_LAB_TEST_CHANNELS"),
    reason="not checked: ELLIP_LAB_TEST_CHANNELS=1 solves the catalogue against the public channels",
)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> ToolboxesService:
    state: Path = tmp_path_factory.mktemp("state")
    try:
        urllib.request.urlopen(f"{ALIAS}conda-forge/noarch/repodata.json.zst", timeout=10).close()
    except (urllib.error.URLError, OSError) as error:
        pytest.skip(f"not checked: no public channel can be reached here ({error})")
    return ToolboxesService(Settings(state=state, root=state))


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("entry", provided().values(), ids=lambda entry: entry.id)
def test_an_entry_can_be_had(service: ToolboxesService, entry: CatalogueEntry) -> None:
    try:
        plan = service.plan(ToolboxRequest(name=entry.id, entry=entry.id))
    except (NotFound, Unavailable) as error:
        if any(channel in error.detail for channel in entry.channels):
            pytest.fail(f"{entry.id}: {error.detail}")
        raise
    assert plan.possible or "enough room" in plan.problems[0], plan.explanation
    assert {change.name for change in plan.changes if change.requested}

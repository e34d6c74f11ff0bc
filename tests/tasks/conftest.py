"""A service of tasks on a state folder of the test's own, which leaves nothing running."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ellip_lab.settings import Settings
from ellip_lab.tasks.contract import TaskQuery
from ellip_lab.tasks.service import TasksService


@pytest.fixture
def tasks(settings: Settings) -> Iterator[TasksService]:
    service = TasksService(settings)
    yield service
    for state in ("queued", "running"):
        for task in service.list(TaskQuery.model_validate({"state": state, "limit": 500})).tasks:
            service.stop(task.id)
            service.wait(task.id, 60)

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ellip_lab.cwl.contract import Check, DocumentQuery, Form
from ellip_lab.cwl.service import CwlService
from ellip_lab.settings import Settings

DOCUMENTS = Path(__file__).parent / "documents"


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> CwlService:
    """One service for all tests: its answers are kept, as they are in the server."""
    return CwlService(Settings(state=tmp_path_factory.mktemp("state")))


@pytest.fixture
def check(service: CwlService) -> Callable[[str | Path], Check]:
    return lambda path: service.check(DocumentQuery(path=str(DOCUMENTS / path)))


@pytest.fixture
def form(service: CwlService) -> Callable[..., Form]:
    return lambda path, entry=None: service.form(DocumentQuery(path=str(DOCUMENTS / path), entry=entry))


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Path]:
    """Writes a document into a folder of the test's own."""

    def put(text: str, name: str = "document.cwl") -> Path:
        path = tmp_path / name
        path.write_text(text)
        return path

    return put

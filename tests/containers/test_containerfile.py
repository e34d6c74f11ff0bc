"""Containerfiles are read without an engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from ellip_lab.containers import containerfile
from ellip_lab.containers import contract as words
from ellip_lab.errors import Denied, Invalid, NotFound


def nothing(_document: Path) -> tuple[words.DockerPull, ...]:
    return ()


def read(folder: Path, text: str, name: str = "Containerfile") -> words.Containerfile:
    (folder / name).write_text(text)
    return containerfile.read(words.ContainerfileQuery(path=str(folder / name)), nothing)


def test_stages_bases_and_arguments_are_read(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        """# syntax=docker/dockerfile:1
# escape=\\
ARG VERSION=3.11 REGISTRY=quay.io/
ARG NONE

FROM ${REGISTRY}python:${VERSION}-slim AS Builder
ARG VERSION
ARG WHEEL="a b"
RUN pip install \\
    # a comment in between
    one \\

    two
FROM scratch AS empty
FROM --platform=linux/amd64 builder AS tests
FROM ${UNSET:-docker.io/debian}:12
RUN <<EOF
FROM nothing
EOF
COPY --from=builder /a /b
HEALTHCHECK NONE
""",
    )
    assert found.stages == ("builder", "empty", "tests")
    assert found.bases == ("quay.io/python:3.11-slim", "docker.io/debian:12")
    assert {argument.name: argument.default for argument in found.arguments} == {
        "VERSION": "3.11", "REGISTRY": "quay.io/", "NONE": None, "WHEEL": "a b",
    }  # fmt: skip
    assert found.problems == ()
    assert found.folder == str(tmp_path)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "no FROM says what the image starts from"),
        ("RUN echo\nFROM a\n", "line 1: RUN stands before the first FROM"),
        ("FROM a\n\nRNU echo x\n", "line 3: RNU is no instruction"),
        ("FROM a AS\n", "line 1: FROM is followed by an image, and perhaps by AS and a name"),
        ("FROM a\nRUN echo \\\n  x\nCOPY\n", "line 4: COPY says nothing"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, text: str, problem: str) -> None:
    assert problem in read(tmp_path, text).problems


def test_a_folder_means_its_containerfile_before_its_dockerfile(tmp_path: Path) -> None:
    query = words.ContainerfileQuery(path=str(tmp_path))
    with pytest.raises(NotFound, match="neither a Containerfile nor a Dockerfile"):
        containerfile.read(query, nothing)
    (tmp_path / "Dockerfile").write_text("FROM a\n")
    assert containerfile.read(query, nothing).path == str(tmp_path / "Dockerfile")
    (tmp_path / "Containerfile").write_text("FROM b\n")
    assert containerfile.read(query, nothing).bases == ("b",)
    with pytest.raises(NotFound):
        containerfile.read(words.ContainerfileQuery(path=str(tmp_path / "none")), nothing)


def test_a_link_that_leads_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (tmp_path / "secret").write_text("FROM secret\n")
    (folder / "Containerfile").symlink_to(tmp_path / "secret")
    with pytest.raises(Denied, match="is outside"):
        containerfile.read(words.ContainerfileQuery(path=str(folder)), nothing)


def test_what_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "Containerfile").write_bytes(b"FROM a\0")
    with pytest.raises(Invalid, match="no Containerfile"):
        containerfile.read(words.ContainerfileQuery(path=str(tmp_path)), nothing)
    (tmp_path / "Containerfile").write_bytes(b"FROM a\n" * 200_000)
    with pytest.raises(Invalid, match="no Containerfile"):
        containerfile.read(words.ContainerfileQuery(path=str(tmp_path)), nothing)


def test_the_name_is_what_a_document_beside_it_asks_for(tmp_path: Path) -> None:
    folder = tmp_path / "My Tool"
    folder.mkdir()
    (folder / "Containerfile").write_text("FROM base:1\n")
    query = words.ContainerfileQuery(path=str(folder))
    assert containerfile.read(query, nothing).name == "localhost/my-tool:latest"
    (folder / "app.cwl").write_text("...")
    (folder / "broken.cwl").write_text("...")

    def pulls(document: Path) -> list[words.DockerPull]:
        if document.name == "broken.cwl":
            raise Invalid("not a document")
        return [
            words.DockerPull(image=image, path=str(document), line=1, column=1)
            for image in ("base:1", "other@sha256:" + "a" * 64, "localhost/app:2")
        ]

    assert containerfile.read(query, pulls).name == "localhost/app:2"


def test_continued_lines_and_windows_line_ends(tmp_path: Path) -> None:
    found = read(tmp_path, "FROM a\r\nRUN x \\\r\n  y\r\nENV A=1\r\n")
    assert found.problems == ()
    steps = list(containerfile.instructions("# escape=`\nFROM a\nRUN x `\n y\n"))
    assert [(step.line, step.word) for step in steps] == [(2, "FROM"), (3, "RUN")]
    assert steps[1].rest.split() == ["x", "y"]

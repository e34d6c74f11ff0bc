"""Images of CWL documents: how each stands, what makes it, and its name pinned to a digest."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ellip_lab.containers import contract as words
from ellip_lab.containers import references
from ellip_lab.containers.contract import ImageState
from ellip_lab.containers.lookup import Stored, stored
from ellip_lab.containers.workspace import Workspace
from ellip_lab.errors import Conflict, EllipError, Invalid, NotFound
from ellip_lab.settings import Settings
from ellip_lab.shell import write_atomic

if TYPE_CHECKING:
    from ellip_lab.containers.podman import Api
    from ellip_lab.containers.registries import Registries
    from ellip_lab.containers.serving import Serving

AT_ONCE = 8
"""So many questions are asked of registries at the same time."""
FURTHER = re.compile(r"[A-Za-z0-9._:/@-]")
"""What would make a name a longer one."""

Pulls = Callable[[Path], Sequence[words.DockerPull]]
Asked = tuple[str | None, str | None]
"""What a registry has said: a digest, or a problem."""


class Documents:
    """Answers for the images of documents; `pulls` gives the places where a document names some."""

    def __init__(self, settings: Settings, serving: Serving, registries: Registries, pulls: Pulls) -> None:
        self._settings = settings
        self._serving = serving
        self._registries = registries
        self._pulls = pulls

    @cached_property
    def _workspace(self) -> Workspace:
        return Workspace(self._settings, self._pulls)

    def users(self) -> Mapping[str, Sequence[words.ImageUser]]:
        """Gives, by the name that documents write, every document of the workspace that names an image."""
        return self._workspace.users()

    def images(self, query: words.DocumentImagesQuery) -> words.DocumentImages:
        """Says of every image that a document names how it stands.

        `NotFound` without the document. A registry that cannot be asked is a `problem` of its images.
        """
        document = self._place(query.path)
        places: dict[str, list[words.DockerPull]] = {}
        for pull in self._pulls(document):
            places.setdefault(pull.image, []).append(pull)
        try:
            api = self._serving.api() if places else None
        except EllipError:
            api = None  # that no engine works is said of every image: unknown
        asked = self._ask([image for image in places if "@" not in image]) if query.registry else {}
        return words.DocumentImages(
            path=str(document),
            images=tuple(
                self._image(api, image, found, asked.get(image, (None, None)), document)
                for image, found in places.items()
            ),
        )

    def pin(self, request: words.PinRequest) -> words.Pinned:
        """Replaces the tag of an image by its digest wherever a document names it; all places or none.

        The digest is the one that its registry has now, else that of the image which is here. Nothing else of the
        files changes.

        Raises
        ------
        NotFound
            There is no such document, or it does not name the image.
        Invalid
            The image has no digest, or a place is written so that it cannot be replaced.
        Conflict
            A file has changed meanwhile.

        """
        document = self._place(request.path)
        pulls = [pull for pull in self._pulls(document) if pull.image == request.image]
        if not pulls:
            raise NotFound(
                f"{document.name} does not name the image {request.image}",
                hint="Give the name as it stands in the document.",
            )
        named = references.parse(request.image)
        if named.digest:
            raise Invalid(f"{request.image} is pinned already")
        before = {file: file.read_bytes() for file in {Path(pull.path).resolve() for pull in pulls}}
        pinned = f"{_repository(request.image)}@{self._digest(request.image)}"
        after = {
            file: _replaced(
                file, data, [one for one in pulls if Path(one.path).resolve() == file], request.image, pinned
            )
            for file, data in before.items()
        }
        for file, data in before.items():
            if file.read_bytes() != data:
                raise Conflict(f"{file.name} has changed meanwhile", hint="Look at it, and pin it once more.")
        for file, data in after.items():
            write_atomic(file, data, file.stat().st_mode & 0o7777)
        return words.Pinned(path=str(document), image=pinned, places=len(pulls))

    def _place(self, path: str) -> Path:
        """Gives the place of a document; a relative path counts from the workspace."""
        return self._settings.root / path

    # -- how an image stands

    def _image(
        self, api: Api | None, image: str, found: Sequence[words.DockerPull], asked: Asked, document: Path
    ) -> words.DocumentImage:
        newer, problem = asked
        state, here = ImageState.UNKNOWN, None
        if api is not None:
            try:
                here = stored(api, image)
                state = ImageState.PRESENT if here else ImageState.MISSING
            except EllipError as error:
                # a name that no image can have is missing; an engine that fails knows nothing
                state = ImageState.MISSING if isinstance(error, Invalid) else ImageState.UNKNOWN
                problem = problem or error.detail
        digests = here.all_digests if here else frozenset()
        if here and newer and newer not in digests:
            state = ImageState.DIFFERS
        return words.DocumentImage(
            image=image,
            state=state,
            id=here.id if here else None,
            digest=here.digest if here else None,
            newer=newer if state is ImageState.DIFFERS else None,
            size=here.size if here else None,
            pinned="@" in image,
            containerfile=self._containerfile(image, document),
            places=tuple(
                words.Place(path=one.path, line=one.line, column=one.column, tool=one.tool) for one in found
            ),
            problem=problem,
        )

    def _ask(self, images: Sequence[str]) -> dict[str, Asked]:
        """Asks the registries what they have under some names, several at once."""
        if not images:
            return {}
        with ThreadPoolExecutor(min(AT_ONCE, len(images))) as pool:
            return dict(zip(images, pool.map(self._asked, images), strict=True))

    def _asked(self, image: str) -> Asked:
        try:
            if references.parse(image).host == "localhost":
                return None, None  # made here: no registry has it
            digest = self._registries.digest(image)
        except EllipError as error:
            return None, error.detail
        return digest, None if digest else "its registry has no such image"

    # -- what makes an image

    def _containerfile(self, image: str, document: Path) -> str | None:
        """Finds the Containerfile of the workspace that makes an image, the one nearest to the document.

        It is in a folder that is called like the image, or a document beside it asks for the image.
        """
        if "@" in image:
            return None
        try:
            last = references.parse(image).path.rpartition("/")[2]
        except Invalid:
            return None
        beside = document.parent
        near = sorted(
            self._workspace.found().containerfiles,
            key=lambda file: (file.parent != beside, not file.is_relative_to(beside), len(file.parts)),
        )
        for file in near:
            if file.parent.name.lower() == last or self._makes(file) == image:
                return str(file)
        return None

    def _makes(self, file: Path) -> str | None:
        from ellip_lab.containers import containerfile

        try:
            return containerfile.read(words.ContainerfileQuery(path=str(file)), self._pulls).name
        except EllipError:
            return None  # what is no Containerfile makes nothing

    # -- a digest

    def _digest(self, image: str) -> str:
        """Gives the digest of an image: the registry's, else that of the one which is here."""
        digest, problem = self._asked(image)
        if digest:
            return digest
        here: Stored | None = None
        try:
            here = stored(self._serving.api(), image)
        except EllipError as error:
            problem = problem or error.detail
        repository = _repository(image)
        known = [one.rpartition("@") for one in here.digests] if here else []
        same = [digest for name, _, digest in known if name == repository or name.endswith(f"/{repository}")]
        if same:
            return same[0]
        raise Invalid(
            f"{image} has no digest that could be written down",
            hint=f"{problem[:1].upper()}{problem[1:]}. Push it to a registry, or pull it, first."
            if problem
            else "Push it to a registry, or pull it, first.",
        )


def _repository(image: str) -> str:
    """Gives a name without its tag, as it was written."""
    before, slash, last = image.rpartition("/")
    return f"{before}{slash}{last.partition(':')[0]}"


def _replaced(file: Path, data: bytes, pulls: Sequence[words.DockerPull], image: str, pinned: str) -> bytes:
    """Gives the bytes of a file with the name of an image replaced at its places, and nowhere else."""
    text = data.decode("utf-8")
    start = 1 if text.startswith("\ufeff") else 0  # places are counted without the mark
    lines = text[start:].split("\n")
    for pull in sorted(pulls, key=lambda pull: (pull.line, pull.column), reverse=True):
        line = lines[pull.line - 1] if pull.line <= len(lines) else ""
        at, end = pull.column - 1, pull.column - 1 + len(image)
        if line[at:end] != image or FURTHER.match(line[end : end + 1]):
            raise Invalid(
                f"{file.name}:{pull.line}: the name is not written in one piece there",
                hint=f"Write {pinned} there yourself.",
            )
        lines[pull.line - 1] = line[:at] + pinned + line[end:]
    return (text[:start] + "\n".join(lines)).encode()

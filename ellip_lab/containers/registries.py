"""Registries: those somebody is signed in to, those that are saved, and those that are known beforehand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from ellip_lab.containers import auth_files, references
from ellip_lab.containers import contract as words
from ellip_lab.containers.contract import EngineKind
from ellip_lab.containers.reaching import Way, Ways
from ellip_lab.errors import Conflict, Denied, EllipError, Invalid, Unavailable
from ellip_lab.settings import Settings
from ellip_lab.shell import run

if TYPE_CHECKING:
    from ellip_lab.containers.registry_api import RegistryApi
    from ellip_lab.containers.serving import Serving

LOGIN_SECONDS = 60.0


class Registries:
    """Knows registries, and who is signed in to them; passwords are in the engine's own file and go nowhere."""

    def __init__(self, settings: Settings, serving: Serving) -> None:
        self._serving = serving
        self._ways = Ways(settings.state / "containers")

    def list(self) -> words.Registries:
        """Lists registries: with somebody signed in first, then the saved, then the known ones."""
        engine = self._engine()
        users, ways, known = auth_files.users(engine), self._ways.all(), presets()
        hosts = [*sorted(users), *sorted(ways), *known]
        found = tuple(self._registry(host, engine, users, ways) for host in dict.fromkeys(hosts))
        return words.Registries(registries=found, auth=str(auth_files.own_file(engine)))

    def save(self, request: words.RegistryRequest) -> words.Registry:
        """Saves how a registry is reached, for every podman of this user."""
        self._ways.save(request.host, Way(request.insecure, request.ca))
        return self._one(request.host)

    def forget(self, query: words.HostQuery) -> words.Registries:
        """Forgets how a registry is reached; who is signed in to it stays."""
        self._ways.forget(query.host)
        return self.list()

    def login(self, request: words.LoginRequest) -> words.Registry:
        """Signs in to a registry; the engine asks the registry before it keeps anything.

        `Denied` when the registry does not accept who it is, `Unavailable` when it does not answer.
        """
        self._ways.restore()
        password = request.password.get_secret_value()
        argv = self._serving.command("login", "--username", request.user, "--password-stdin", request.host)
        reply = run(argv, timeout=LOGIN_SECONDS, env=self._serving.env(), stdin=password.encode())
        if reply.returncode != 0:
            said = reply.stderr.decode(errors="replace")
            if password:
                said = said.replace(password, "***")
            raise _login_failed(request.host, said)
        return self._one(request.host)

    def logout(self, query: words.HostQuery) -> words.Registry:
        """Signs out of a registry; nothing happens when nobody is signed in.

        `Conflict` when who is signed in stands in a file that the engine does not change.
        """
        engine = self._engine()
        argv = self._serving.command("logout", query.host)
        if query.host in auth_files.users(engine):
            reply = run(argv, timeout=LOGIN_SECONDS, env=self._serving.env())
            if query.host in auth_files.users(engine):
                said = reply.stderr.decode(errors="replace").strip().removeprefix("Error: ")
                places = ", ".join(str(file) for file in auth_files.files(engine) if file.exists())
                raise Conflict(
                    f"{query.host} is still signed in to{f': {said}' if said else ''}",
                    hint=f"Another program has signed in: see {places}.",
                )
        return self._one(query.host)

    def search(self, query: words.SearchQuery) -> words.FoundImages:
        """Searches a registry; `Conflict` where it cannot be searched."""
        how = _preset(query.host).get("search", "catalog")
        if how is None:
            raise Conflict(
                f"{query.host} cannot be searched", hint="Give the name of a repository to see its tags."
            )
        with self._api(query.host) as api:
            if how != "catalog":
                found = api.search(str(how), query.text, query.limit)
                return words.FoundImages(images=tuple(_found(query.host, one) for one in found))
            names = api.catalog(query.text, query.limit)
        images = tuple(words.FoundImage(name=f"{query.host}/{name}") for name in names)
        return words.FoundImages(images=images)

    def tags(self, query: words.TagsQuery) -> words.Tags:
        """Lists the tags of a repository, a page at a time."""
        named = references.parse(query.repository)
        if named.tag or named.digest:
            raise Invalid(f"{query.repository} names one image", hint="Leave the tag out.")
        with self._api(named.registry, named.repository) as api:
            tags, after = api.tags(named.repository, query.limit, query.after)
        return words.Tags(repository=query.repository, tags=tuple(tags), next=after)

    def digest(self, reference: str) -> str | None:
        """Gives the digest that the registry has now for a name; None when it has no such image."""
        named = references.parse(reference)
        with self._api(named.registry, named.repository) as api:
            return api.digest(named.repository, named.wanted)

    # -- what the engine's client needs to reach registries as they are saved

    def env(self) -> dict[str, str]:
        """Gives what is added to the environment of a work: nothing, as podman reads files of the user's."""
        self._ways.restore()
        return {}

    def flags(self, host: str) -> Options:
        """Gives the options that the engine's client needs for a registry: none, for the same reason."""
        del host
        return []

    # -- parts

    def _engine(self) -> EngineKind:
        """Gives the engine whose files count; without one, podman's are still read."""
        try:
            return self._serving.chosen().kind
        except EllipError:
            return EngineKind.PODMAN

    def _one(self, host: str) -> words.Registry:
        engine = self._engine()
        return self._registry(host, engine, auth_files.users(engine), self._ways.all())

    @staticmethod
    def _registry(
        host: str, engine: EngineKind, users: dict[str, str], ways: dict[str, Way]
    ) -> words.Registry:
        preset, way = _preset(host), ways.get(host, Way())
        hint = preset.get("hint")
        if engine is EngineKind.DOCKER and (way.insecure or way.ca):
            hint = "Docker's daemon reads this from /etc/docker only: insecure-registries in daemon.json, or certs.d."
        return words.Registry(
            host=host,
            title=preset.get("title", host),
            preset=preset.get("id"),
            user=users.get(host),
            saved=host in ways,
            insecure=way.insecure,
            ca=way.ca,
            homepage=preset.get("homepage"),
            hint=hint,
            searchable=preset.get("search", "catalog") is not None,
        )

    @contextmanager
    def _api(self, host: str, repository: str = "") -> Iterator[RegistryApi]:
        from ellip_lab.containers.registry_api import RegistryApi

        known = auth_files.credentials(self._engine(), host, repository)
        api = RegistryApi(host, self._ways.get(host), known, _preset(host).get("api"))
        try:
            yield api
        finally:
            api.close()


Options = list[str]
"""Options of a command line; named here because a verb of the class above is called `list`."""


@cache
def presets() -> dict[str, dict[str, Any]]:
    """Gives the registries that are known beforehand, a data file each in `presets/`, by host."""
    folder = files("ellip_lab.containers").joinpath("presets")
    read = [json.loads(one.read_text("utf-8")) for one in folder.iterdir() if one.name.endswith(".json")]
    # one's own comes last, whatever it is called
    read.sort(key=lambda preset: (preset["search"] == "catalog", preset["title"]))
    return {preset["host"]: preset for preset in read}


def _preset(host: str) -> dict[str, Any]:
    return presets().get(host, {})


def _found(host: str, told: dict[str, Any]) -> words.FoundImage:
    name = str(told.get("name", ""))
    stars = told.get("star_count")
    return words.FoundImage(
        name=name if name.startswith(f"{host}/") else f"{host}/{name}",
        description=str(told.get("description") or ""),
        stars=stars if isinstance(stars, int) else None,
        official=bool(told.get("is_official")),
    )


def _login_failed(host: str, said: str) -> EllipError:
    low = said.lower()
    if any(word in low for word in ("invalid username/password", "unauthorized", "denied", "401", "403")):
        return Denied(
            f"{host} does not accept this user and password",
            hint=_preset(host).get("hint")
            or "Check both; many registries want a token instead of the password.",
        )
    if "http response to https" in low:
        return Unavailable(
            f"{host} speaks plain HTTP", hint="Save it as insecure first, if you trust the way to it."
        )
    if "x509" in low or "certificate" in low:
        return Unavailable(
            f"{host} has a certificate that nobody here knows",
            hint="Save it first, with the certificate authority that signs for it.",
        )
    last = said.strip().splitlines()[-1].removeprefix("Error: ") if said.strip() else "no answer"
    return Unavailable(f"{host} cannot be signed in to: {last[:500]}", hint="Check the name and the port.")

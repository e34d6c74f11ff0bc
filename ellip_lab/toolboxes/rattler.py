"""py-rattler: what it is asked, in this room's own words. Imported by children only."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ellip_lab.errors import Invalid, NotFound
from ellip_lab.toolboxes.contract import ToolboxPackage
from ellip_lab.toolboxes.wording import channel_word

if TYPE_CHECKING:
    from rattler import Client, InstallerReporter, PrefixRecord, RepoDataRecord

RETRIES = 3
"""How often a question to a channel that was not answered is asked again."""
SOLVING = 600.0
"""Seconds that lists of packages may take to arrive, and a solution to be found."""
DEFAULT = "default"
"""The environment of a lock file that is meant."""


class Rattler:
    """Solves, downloads and links, with one set of channels' settings.

    `network` has `mirrors`, `priority` and `offline`; `logins` is the file of who is signed in where.
    """

    def __init__(self, cache: Path, network: Mapping[str, Any], logins: Path) -> None:
        os.environ["RATTLER_AUTH_FILE"] = str(logins)  # read when the client is made
        self._cache = cache
        self._network = network

    @property
    def packages(self) -> Path:
        """Gives the folder of the packages that are kept."""
        return self._cache / "pkgs"

    def _client(self) -> Client:
        from rattler.networking import AuthenticationMiddleware, Client, MirrorMiddleware, RetryMiddleware

        mirrors = {name.rstrip("/"): list(urls) for name, urls in self._network["mirrors"].items()}
        # each question is asked again before a mirror is chosen: the next one is another mirror's
        return Client(
            [RetryMiddleware(RETRIES), MirrorMiddleware(mirrors), AuthenticationMiddleware()],
            user_agent="ellip-lab",
        )

    def solve(
        self,
        channels: Sequence[str],
        specs: Sequence[str],
        platform: str,
        locked: Sequence[RepoDataRecord] = (),
    ) -> list[RepoDataRecord]:
        """Finds the packages that fit together; those of `locked` are preferred to newer ones.

        Raises what py-rattler raises, and `TimeoutError`.
        """
        from rattler import Gateway, VirtualPackage, solve
        from rattler.channel import ChannelPriority
        from rattler.repo_data.gateway import SourceConfig

        action = "force-cache-only" if self._network["offline"] else "cache-or-fetch"
        priority = (
            ChannelPriority.Disabled if self._network["priority"] == "disabled" else ChannelPriority.Strict
        )

        async def found() -> list[RepoDataRecord]:
            gateway = Gateway(
                cache_dir=self._cache / "index",
                default_config=SourceConfig(cache_action=action),  # type: ignore[arg-type]
                client=self._client(),
            )
            asked = solve(
                list(channels), list(specs), gateway=gateway, platforms=[platform, "noarch"],  # type: ignore[list-item]
                locked_packages=list(locked), virtual_packages=VirtualPackage.detect(), channel_priority=priority,
                timeout=timedelta(seconds=SOLVING),
            )  # fmt: skip
            return await asyncio.wait_for(asked, SOLVING)

        return asyncio.run(found())

    def cached(self, records: Sequence[RepoDataRecord]) -> list[bool]:
        """Tells of each record whether the cache has its package."""
        from rattler import PackageCache

        async def asked() -> list[bool]:
            if not self.packages.is_dir():
                return [False] * len(records)
            index = await PackageCache(self.packages).index()
            return [index.contains_record(record) for record in records]

        return asyncio.run(asked())

    async def install(
        self,
        records: Sequence[RepoDataRecord],
        target: Path,
        prefix: Path,
        requested: Sequence[str],
        reporter: InstallerReporter,
        platform: str,
        again: Collection[str] = (),
    ) -> None:
        """Makes `target` have exactly these packages, with `prefix` as the path that is written into files.

        Those that are named in `again` are linked anew, also when they are what is there. No script of a package is run.
        """
        from rattler import MatchSpec, PackageCache, Subdir, install

        await install(
            list(records), target, package_cache=PackageCache(self.packages), client=self._client(),
            show_progress=False, reporter=reporter, alternative_target_prefix=prefix, platform=Subdir(platform),
            execute_link_scripts=False, reinstall_packages=set(again),
            requested_specs=[MatchSpec(spec)._match_spec for spec in requested],
        )  # fmt: skip


def check_spec(spec: str) -> None:
    """Raises `Invalid` for what is no match spec."""
    from rattler import MatchSpec
    from rattler.exceptions import InvalidMatchSpecError

    try:
        MatchSpec(spec)
    except InvalidMatchSpecError as error:
        raise Invalid(
            f"`{spec}` cannot be understood: {error}", hint="Write `name`, or `name >=1.2`."
        ) from error


def spec_name(spec: str) -> str:
    """Gives the name of the package that a spec is about; `Invalid` for what is no spec."""
    from rattler import MatchSpec

    check_spec(spec)
    found = MatchSpec(spec).name
    return str(getattr(found, "normalized", None) or found).lower()


def installed(prefix: Path) -> list[PrefixRecord]:
    """Gives what a prefix has; what cannot be read is left out."""
    return [record for _, record in _records(prefix) if record is not None]


def drop_damaged(prefix: Path) -> None:
    """Removes the records of packages that cannot be read: what they were about is no longer installed, then."""
    for place, record in _records(prefix):
        if record is None:
            place.unlink()


def lacking(prefix: Path, there: Sequence[PrefixRecord]) -> set[str]:
    """Gives the names of those packages of a prefix of which a file is gone."""
    return {
        one.name.normalized
        for one in there
        if any(not os.path.lexists(prefix / str(file)) for file in one.files)
    }


def _records(prefix: Path) -> Iterator[tuple[Path, PrefixRecord | None]]:
    """Gives what is kept of each package of a prefix; None for what cannot be read."""
    from rattler import PrefixRecord

    for place in sorted((prefix / "conda-meta").glob("*.json")):
        if place.name == "ellip.json":
            continue
        try:
            record = PrefixRecord.from_path(place)
        except Exception:  # noqa: BLE001 - the library's own errors have no common kind
            record = None
        yield place, record


def described(record: RepoDataRecord, requested: bool = False) -> ToolboxPackage:
    """Gives a record in the words of this room."""
    return ToolboxPackage(
        name=record.name.normalized, version=str(record.version), build=str(record.build),
        channel=channel_word(str(record.channel or record.url).rstrip("/")), size=record.size, requested=requested,
    )  # fmt: skip


def newer(one: str, other: str) -> bool:
    """Tells whether a version is above another."""
    from rattler import Version

    return Version(one) > Version(other)


# -- files that say every package


def write_lock(
    place: Path, channels: Sequence[str], platform: str, records: Sequence[RepoDataRecord]
) -> None:
    """Writes a lock file: each package with its URL and checksums."""
    from rattler import Channel, LockFile, LockPlatform

    here = LockPlatform(platform)
    made = LockFile([here])
    made.set_channels(DEFAULT, [Channel(channel).to_lock_channel() for channel in channels])
    for record in records:
        made.add_conda_package(DEFAULT, here, record)
    made.to_path(place)


def read_lock(place: Path, platform: str) -> tuple[list[RepoDataRecord], list[str], list[str]]:
    """Gives the packages of a lock file for a platform, its channels, and the names of what only pip installs.

    `Invalid` for a file nobody can read, `NotFound` when it has nothing for the platform.
    """
    from rattler import LockFile

    try:
        environment = LockFile.from_path(place).default_environment()
    except Exception as error:
        raise Invalid(
            f"{place.name} cannot be read as a lock file: {first(error)}",
            hint="A `pixi.lock` and a `conda-lock.yml` can.",
        ) from error
    if environment is None:
        raise NotFound(f"{place.name} has no environment named {DEFAULT}")
    records = environment.conda_repodata_records()
    if platform not in records:
        there = ", ".join(sorted(records)) or "nothing"
        raise NotFound(
            f"{place.name} has no packages for {platform}: it has {there}",
            hint=f"Lock it for {platform}, or install from what was asked for.",
        )
    pip = [package.name for package in environment.pypi_packages().get(platform, ())]
    return list(records[platform]), [str(channel) for channel in environment.channels()], pip


def read_explicit(text: str) -> list[RepoDataRecord]:
    """Gives the packages of a list of URLs; `Invalid` for a line that is no package."""
    from rattler.explicit_environment import ExplicitEnvironmentSpec

    try:
        entries = ExplicitEnvironmentSpec.from_str(text).packages
    except Exception as error:
        raise Invalid(f"the list of URLs cannot be read: {first(error)}") from error
    return [explicit(str(entry.url)) for entry in entries]


def explicit(url: str) -> RepoDataRecord:
    """Gives the record of a package of which only the URL is known, with its checksum where the URL has it."""
    from rattler import BuildString, PackageRecord, RepoDataRecord

    plain, _, digest = url.partition("#")
    channel, _, rest = plain.rpartition("/")
    channel, _, subdir = channel.rpartition("/")
    stem = rest.removesuffix(".conda").removesuffix(".tar.bz2")
    parts = stem.rsplit("-", 2)
    if len(parts) != 3 or stem == rest:
        raise Invalid(f"{plain} is no package", hint="It ends in `name-version-build.conda`.")
    sha256 = digest.removeprefix("sha256:")
    record = PackageRecord(
        name=parts[0], version=parts[1], build=BuildString(parts[2]), build_number=0, subdir=subdir, arch=None, platform=None,
        md5=bytes.fromhex(digest) if len(digest) == 32 else None,
        sha256=bytes.fromhex(sha256) if len(sha256) == 64 else None,
    )  # fmt: skip
    return RepoDataRecord(record, rest, plain, channel)


def first(error: BaseException) -> str:
    """Gives the first line of what went wrong."""
    return str(error).strip().splitlines()[0][:300] if str(error).strip() else type(error).__name__


# -- activation


def activation_script(prefix: Path, platform: str) -> str:
    """Gives the lines of a shell that activate a prefix, PATH left out."""
    from rattler.shell import ActivationVariables, Shell, activate

    variables = ActivationVariables(None, [str(prefix / "bin")])
    script = activate(prefix, variables, Shell.bash, platform).script  # type: ignore[arg-type]
    kept = (line for line in script.splitlines() if not line.startswith("export PATH="))
    return "\n".join(kept)

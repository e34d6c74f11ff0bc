"""Makes an image out of Debian packages, where no registry answers.

apt resolves the packages against an empty dpkg status, so that it downloads everything they need and
nothing of what this machine happens to have; the archives are unpacked side by side without their
maintainer scripts, and what those would have done for a container is done here. It takes half a minute,
and needs no registry, no device and no mount.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ellip_lab.containers import images
from ellip_lab.containers.contract import ContainerEngine
from ellip_lab.errors import Unavailable
from ellip_lab.shell import run

BASE = ("base-files", "coreutils", "dash", "libc-bin", "sed", "grep")
"""What a person who opens a shell in the image expects, and no more."""

LEFT_OUT = ("./usr/share/man/*", "./usr/share/info/*", "./usr/share/locale/*", "./usr/share/doc/*/changelog*")
"""What nobody reads in a container; the licences in usr/share/doc stay."""

LISTS = Path("/var/lib/apt/lists")

Say = Callable[[str], None]


def make(
    engine: ContainerEngine,
    name: str,
    packages: Sequence[str],
    say: Say,
    files: Mapping[str, Path],
    labels: Mapping[str, str],
    state: Path,
) -> None:
    """Makes the image `name` of Debian packages; `files` puts programs (mode 0755) at absolute places in it.

    `state` takes apt's own lists where the machine has none. `Unavailable` on a machine without apt, when a
    package does not exist, or when Debian's mirror does not answer.
    """
    for tool in ("apt-get", "dpkg-deb", "tar"):
        if shutil.which(tool) is None:
            raise Unavailable(
                f"an image of Debian packages needs {tool}, which is not here",
                hint="Let the engine pull from a registry, or make the image on a Debian machine.",
            )
    with tempfile.TemporaryDirectory(prefix="ellip-image-") as scratch:
        archives, root = Path(scratch) / "archives", Path(scratch) / "root"
        say(f"downloading {', '.join(packages)} and what they need")
        debs = _download([*BASE, *packages], archives, state)
        say(f"unpacking {len(debs)} packages")
        _unpack(debs, root)
        _configure(root)
        for place, source in files.items():
            target = root / place.lstrip("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
            target.chmod(0o755)
        say(f"importing {name}")
        images.load_folder(engine, root, name, labels)


def _download(packages: Sequence[str], archives: Path, state: Path) -> list[Path]:
    """Downloads the closure of some packages, with the machine's lists or, where they fail, fresh ones."""
    (archives / "partial").mkdir(parents=True)
    status = archives.parent / "status"
    status.touch()
    options = [
        "-o", f"Dir::State::status={status}", "-o", f"Dir::Cache::archives={archives}", "-o", "Debug::NoLocking=1",
        "-o", "APT::Install-Recommends=false", "-o", "APT::Sandbox::User=root", "-o", "Acquire::Retries=3",
    ]  # fmt: skip
    command = ["install", "--yes", "--quiet", "--download-only", *packages]
    reply = None
    if any(LISTS.glob("*_Packages*")):
        reply = run(["apt-get", *options, *command], timeout=900)
    if reply is None or reply.returncode != 0:
        lists, cache = state / "lists", state / "cache"
        (lists / "partial").mkdir(parents=True, exist_ok=True, mode=0o700)
        cache.mkdir(parents=True, exist_ok=True)
        options += ["-o", f"Dir::State::lists={lists}", "-o", f"Dir::Cache::pkgcache={cache}/pkgcache.bin",
                    "-o", f"Dir::Cache::srcpkgcache={cache}/srcpkgcache.bin"]  # fmt: skip
        update = run(["apt-get", *options, "update", "--quiet"], timeout=900)
        reply = run(["apt-get", *options, *command], timeout=900)
        if reply.returncode != 0:
            said = (update.stderr + reply.stderr).decode(errors="replace").strip()
            raise Unavailable(
                f"the Debian packages cannot be downloaded: {said}",
                hint="Check that apt-get update works on this machine.",
            )
    return sorted(archives.glob("*.deb"))


def _unpack(debs: Sequence[Path], root: Path) -> None:
    """Unpacks packages into a root folder with /bin, /sbin and /lib merged into /usr."""
    root.mkdir()
    for name in ("bin", "sbin", "lib", "lib64"):
        (root / "usr" / name).mkdir(parents=True)
        (root / name).symlink_to(f"usr/{name}")
    left_out = [f"--exclude={pattern}" for pattern in LEFT_OUT]

    def unpack(deb: Path) -> None:
        argv = [
            "tar",
            "--extract",
            "--no-same-owner",
            "--keep-directory-symlink",
            "--directory",
            str(root),
            *left_out,
        ]
        with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", str(deb)], stdout=subprocess.PIPE) as source:
            reply = subprocess.run(argv, stdin=source.stdout, capture_output=True, check=False)
        if reply.returncode != 0 or source.returncode != 0:
            raise Unavailable(
                f"{deb.name} cannot be unpacked: {reply.stderr.decode(errors='replace').strip()}"
            )

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(unpack, debs))


def _configure(root: Path) -> None:
    """Does what the maintainer scripts would have done, as far as a container needs it."""
    etc = root / "etc"
    etc.mkdir(exist_ok=True)
    (etc / "passwd").write_text(
        "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n"
    )
    (etc / "group").write_text("root:x:0:\nnogroup:x:65534:\n")
    for folder, mode in (("root", 0o700), ("tmp", 0o1777), ("var/tmp", 0o1777), ("proc", 0o755), ("sys", 0o755),
                         ("dev", 0o755), ("run", 0o755)):  # fmt: skip
        (root / folder).mkdir(parents=True, exist_ok=True)
        (root / folder).chmod(mode)
    shell = root / "usr/bin/sh"
    if not shell.exists():
        shell.symlink_to("dash")
    # Debian's alternatives (update-alternatives) would point to these.
    extra = [f"/{place.parent.relative_to(root)}" for place in root.glob("usr/lib/*/*/lib*las.so.3")]
    extra += [f"/{place.parent.relative_to(root)}" for place in root.glob("usr/lib/*/*/liblapack.so.3")]
    (etc / "ld.so.conf.d").mkdir(exist_ok=True)
    (etc / "ld.so.conf.d" / "alternatives.conf").write_text(
        "".join(f"{place}\n" for place in sorted(set(extra)))
    )
    certificates = sorted(root.glob("usr/share/ca-certificates/mozilla/*.crt"))
    if certificates:
        bundle = etc / "ssl/certs/ca-certificates.crt"
        bundle.parent.mkdir(parents=True, exist_ok=True)
        bundle.write_bytes(b"".join(file.read_bytes() for file in certificates))
    ldconfig = _inside(root, ["/sbin/ldconfig"])
    if ldconfig.returncode != 0:
        raise Unavailable(f"ldconfig failed in the image: {ldconfig.stderr.decode(errors='replace').strip()}")
    if (root / "usr/bin/python3").exists():
        _compile(root)


def _compile(root: Path) -> None:
    """Compiles the Python of an image, as py3compile does: else every container would compile what it imports.

    A file that cannot be compiled (Python ships some, for its own tests) stays as it is.
    """
    folders = [f"/{place.relative_to(root)}" for place in root.glob("usr/lib/python3*") if place.is_dir()]

    def work(folder: str) -> None:
        # One process a folder: compileall's own workers need the /dev that is not there.
        _inside(root, ["/usr/bin/python3", "-m", "compileall", "-q", "-x", "/tests?/", folder])

    with ThreadPoolExecutor(len(folders) or 1) as pool:
        list(pool.map(work, folders))


def _inside(root: Path, command: Sequence[str]) -> subprocess.CompletedProcess[bytes]:
    """Runs a program of the new root in it; an ordinary user may do so in a user namespace of its own."""
    # An ordinary user's PATH leaves the folder of chroot out.
    chroot = shutil.which("chroot", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin") or "chroot"
    argv = [chroot, str(root), *command]
    return run(argv if os.geteuid() == 0 else ["unshare", "--map-root-user", *argv], timeout=600)

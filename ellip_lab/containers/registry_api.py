"""The HTTP API of a registry: tags, digests and, where it is allowed, a search.

The OCI distribution specification 1.1, and the token protocol of Docker's registry ("Token Authentication
Specification"): a registry that answers 401 says where a token is to be had.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

from ellip_lab.containers.auth_files import Credentials
from ellip_lab.containers.reaching import Way
from ellip_lab.errors import Denied, EllipError, Invalid, NotFound, Unavailable

TIMEOUTS = (5.0, 20.0)
"""Seconds to reach a registry, and between two bytes of its answer."""
MANIFESTS = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
CATALOG_PAGES = 20
"""How many pages of a catalogue are looked through for a word: large registries must not hold anybody up."""
ANSWER_MAX = 16 * 2**20
PARAMETER = re.compile(r'([A-Za-z_]+)="([^"]*)"')


class RegistryApi:
    """Asks one registry; `address` is the host that speaks the API, where it is not the registry's own name."""

    def __init__(
        self, host: str, way: Way, credentials: Credentials | None, address: str | None = None
    ) -> None:
        import requests

        self._host = host
        self._address = address or host
        self._way = way
        self._credentials = credentials
        self._schemes = ["https", "http"] if way.insecure else ["https"]
        self._tokens: dict[str, str] = {}
        self._session = requests.Session()
        if way.insecure:
            import urllib3

            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)

    def close(self) -> None:
        """Closes its connections."""
        self._session.close()

    # -- questions

    def tags(self, repository: str, limit: int, after: str | None) -> tuple[list[str], str | None]:
        """Gives a page of tags, and the last one when there are more."""
        params: dict[str, Any] = {"n": limit, **({"last": after} if after else {})}
        reply = self._ask("GET", f"/v2/{quote(repository)}/tags/list", repository, params=params)
        tags = [str(tag) for tag in _document(reply).get("tags") or ()]
        if (
            len(tags) > limit or after in tags
        ):  # some registries give them all, whatever is asked, in any order
            tags = sorted(tag for tag in tags if not after or tag > after)
            return tags[:limit], tags[limit - 1] if len(tags) > limit else None
        return tags, tags[-1] if tags and "next" in reply.links else None

    def digest(self, repository: str, wanted: str) -> str | None:
        """Gives the digest of a manifest; None when the registry has none of that tag or digest."""
        path = f"/v2/{quote(repository)}/manifests/{quote(wanted)}"
        headers = {"Accept": ", ".join(MANIFESTS)}
        try:
            reply = self._ask("HEAD", path, repository, headers=headers)
            told = reply.headers.get("Docker-Content-Digest")
            if told:
                return str(told)
            reply = self._ask("GET", path, repository, headers=headers)
        except NotFound:
            return None
        return f"sha256:{hashlib.sha256(reply.content).hexdigest()}"

    def catalog(self, text: str, limit: int) -> list[str]:
        """Gives repositories with a word in their name; `Denied` where the registry does not list them."""
        found: list[str] = []
        path: str | None = "/v2/_catalog?n=500"
        for _ in range(CATALOG_PAGES):
            if path is None or len(found) >= limit:
                break
            reply = self._ask("GET", path, "", scope="registry:catalog:*")
            names = [str(name) for name in _document(reply).get("repositories") or ()]
            found += [name for name in names if text.lower() in name.lower()]
            following = reply.links.get("next", {}).get("url")
            parts = urlsplit(urljoin(reply.url, following)) if following else None
            path = f"{parts.path}?{parts.query}" if parts else None
        return found[:limit]

    def search(self, address: str, text: str, limit: int) -> list[dict[str, Any]]:
        """Searches by the first version of the API (`/v1/search`), which large registries still speak."""
        with self._told():
            asked: dict[str, str | int] = {"q": text, "n": limit}
            reply = self._session.get(
                address,
                params=asked,
                timeout=TIMEOUTS,
                auth=_nobody,
                stream=True,
                verify=self._trusted(address),
            )
            _load(reply)
        self._raise(reply, "")
        return [one for one in _document(reply).get("results") or () if isinstance(one, dict)][:limit]

    # -- asking

    def _ask(
        self,
        method: str,
        path: str,
        repository: str,
        *,
        scope: str | None = None,
        params: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Any:
        wanted = scope or f"repository:{repository}:pull"
        reply = self._send(method, path, params, headers or {}, self._tokens.get(wanted))
        if reply.status_code == 401:
            proof = self._prove(reply.headers.get("WWW-Authenticate", ""), wanted)
            if proof:
                self._tokens[wanted] = proof
                reply = self._send(method, path, params, headers or {}, proof)
        self._raise(reply, repository)
        return reply

    def _send(
        self,
        method: str,
        path: str,
        params: dict[str, Any] | None,
        headers: dict[str, str],
        proof: str | None,
    ) -> Any:
        import requests

        given = {**headers, **({"Authorization": proof} if proof else {})}
        with self._told():
            while True:
                url = f"{self._schemes[0]}://{self._address}{path}"
                try:
                    reply = self._session.request(
                        method, url, params=params, headers=given, timeout=TIMEOUTS, auth=_nobody, stream=True,
                        verify=self._trusted(url),
                    )  # fmt: skip
                    return _load(reply)
                except (requests.exceptions.SSLError, requests.exceptions.ConnectionError):
                    if len(self._schemes) == 1:
                        raise
                    del self._schemes[0]  # it speaks plain HTTP, and that was allowed

    def _prove(self, challenge: str, scope: str) -> str | None:
        """Gives what proves who we are, as the registry wants it; None when it says nothing of it."""
        import requests

        kind, _, rest = challenge.partition(" ")
        if kind.lower() == "basic":
            return requests.auth._basic_auth_str(*self._credentials) if self._credentials else None
        if kind.lower() != "bearer":
            return None
        asked = dict(PARAMETER.findall(rest))
        realm = asked.get("realm", "")
        if not realm.startswith("https://") and not (self._way.insecure and realm.startswith("http://")):
            raise Denied(
                f"{self._host} wants the password to be sent unprotected, to {realm[:200] or 'nowhere'}",
                hint="Save the registry as insecure, if you trust the way to it.",
            )
        params = {"service": asked.get("service", ""), "scope": asked.get("scope") or scope}
        with self._told():
            reply = self._session.get(
                realm, params=params, auth=self._credentials or _nobody, timeout=TIMEOUTS, stream=True,
                verify=self._trusted(realm),
            )  # fmt: skip
            _load(reply)
        if reply.status_code != 200:
            self._raise(reply, "")
        token = _document(reply).get("token") or _document(reply).get("access_token")
        return f"Bearer {token}" if token else None

    def _trusted(self, url: str) -> bool | str:
        """Gives who may sign for an address; said with each request, for a session's own word gives way to a variable."""
        if self._way.insecure:
            return False
        own = urlsplit(url).hostname == urlsplit(f"//{self._address}").hostname
        return self._way.ca if self._way.ca and own else True

    def _raise(self, reply: Any, repository: str) -> None:
        """Raises what an answer that is no success means."""
        status: int = reply.status_code
        if status < 400:
            return
        name = f"{self._host}/{repository}" if repository else self._host
        if status == 404:
            raise NotFound(
                f"there is no {name}", hint="Check the name: it may be private, or written otherwise."
            )
        if status in (401, 403):
            who = f"{self._credentials.user} may not see it" if self._credentials else "nobody is signed in"
            raise Denied(f"{self._host} does not let you see {name}: {who}", hint=f"Sign in to {self._host}.")
        if status == 429:
            raise Unavailable(f"{self._host} takes no more requests now", hint="Sign in, or wait a while.")
        raise Unavailable(f"{self._host} answered with {status}", hint="Try again later.")

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turns what a connection may fail of into an error of ours."""
        import requests

        try:
            yield
        except requests.exceptions.SSLError as error:
            raise Unavailable(
                f"{self._host} cannot be trusted: {_reason(error)}",
                hint="Save the registry with the certificate authority that signs for it; or as insecure, if it speaks "
                "plain HTTP and you trust the way to it.",
            ) from error
        except requests.exceptions.RequestException as error:
            raise Unavailable(
                f"{self._host} does not answer: {_reason(error)}",
                hint="Check the name and the port, and whether this machine has a network.",
            ) from error
        except EllipError:
            raise
        except (ValueError, OSError) as error:  # an address no URL has; a CA whose file has gone
            raise Invalid(f"{self._host} cannot be asked: {error}", hint="Check how it is saved.") from error


def _nobody(request: Any) -> Any:
    """Leaves a request as it is: without this, requests would look for passwords in ~/.netrc."""
    return request


def _load(reply: Any) -> Any:
    """Reads an answer, up to a size that no honest one has."""
    with reply:
        data = b""
        for piece in reply.iter_content(1 << 16):
            data += piece
            if len(data) > ANSWER_MAX:
                raise Unavailable(
                    f"{urlsplit(reply.url).netloc} answers without end", hint="Is it a registry?"
                )
    reply._content = data
    return reply


def _document(reply: Any) -> dict[str, Any]:
    try:
        told = reply.json()
    except ValueError:
        told = None
    if not isinstance(told, dict):
        host = urlsplit(reply.url).netloc
        raise Unavailable(f"{host} does not answer as a registry does", hint="Check the name and the port.")
    return told


def _reason(error: BaseException) -> str:
    """Gives the innermost reason, without the addresses and objects that wrap it."""
    said = str(error)
    for pattern, plain in (
        (r"Connection refused", "connection refused"),
        (
            r"Name or service not known|Failed to resolve|nodename nor servname|Temporary failure in name",
            "no such host",
        ),
        (r"certificate verify failed: ([^(]*)", ""),
        (r"WRONG_VERSION_NUMBER|record layer failure|HTTP_REQUEST", "it speaks plain HTTP"),
        (r"timed out", "no answer in time"),
    ):
        if found := re.search(pattern, said):
            return plain or found.group(1).strip()
    return said[:200]

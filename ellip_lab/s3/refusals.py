"""What went wrong at a store, as one sentence and one hint.

Nothing of botocore is imported: an error is known by the names of its classes and by the code the store gave.
Only those go into a sentence. What a store or botocore says in its own words is never repeated: it may hold an
access key, a token, a signature or a presigned URL.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from ellip_lab.errors import Conflict, Denied, EllipError, Invalid, NotFound, Unavailable

CODES: dict[str, tuple[type[EllipError], str, str | None]] = {
    "NoSuchKey": (NotFound, "{what} is not there", None),
    "NoSuchVersion": (NotFound, "{what} has no such version", None),
    "NoSuchUpload": (NotFound, "the upload of {what} is not there any more", "Start it again."),
    "NoSuchBucket": (NotFound, "{what}: there is no such bucket", "Check its name and the connection: a bucket is at one service only."),
    "InvalidAccessKeyId": (Denied, "{what}: the store does not know the access key", "Check the access key, and that it is one of this service."),
    "SignatureDoesNotMatch": (Denied, "{what}: the secret key does not fit the access key", "Copy the secret key again; a region that the service does not know looks the same."),
    "ExpiredToken": (Denied, "{what}: the session token has expired", "Sign in again, or save new keys with a new token."),
    "InvalidToken": (Denied, "{what}: the session token is not valid", "Save the keys again, with the token that belongs to them."),
    "RequestTimeTooSkewed": (Unavailable, "{what}: the clock of this machine differs too much from the store's", "Set the clock (timedatectl set-ntp true); signatures are good for some minutes only."),
    "PreconditionFailed": (Conflict, "{what} has changed meanwhile", "Open it again, and decide which one to keep."),
    "BucketAlreadyExists": (Conflict, "{what}: a bucket of that name belongs to somebody else", "Choose another name."),
    "BucketAlreadyOwnedByYou": (Conflict, "{what} is there already", None),
    "BucketNotEmpty": (Conflict, "{what} is not empty", "Delete what is in it first."),
    "OperationAborted": (Conflict, "{what} is being changed by another request", "Try again in a moment."),
    "InvalidObjectState": (Conflict, "{what} is archived and cannot be read as it is", "Ask the service to restore it first."),
    "InvalidRange": (Invalid, "{what} has no such bytes", None),
    "InvalidBucketName": (Invalid, "{what}: the store does not take this name of a bucket", "Use 3 to 63 lower-case letters, digits and hyphens."),
    "KeyTooLongError": (Invalid, "{what}: the key is too long", "A key has at most 1,024 bytes of UTF-8."),
    "EntityTooLarge": (Invalid, "{what} is larger than the store takes in one piece", None),
    "EntityTooSmall": (Invalid, "a part of {what} is smaller than the store takes", None),
    "BadDigest": (Unavailable, "{what} arrived damaged at the store", "Send it again."),
    "NotImplemented": (Unavailable, "the store cannot do this with {what}", None),
    "MethodNotAllowed": (Unavailable, "the store does not allow this with {what}", None),
    "SlowDown": (Unavailable, "the store is too busy for {what}", "Try again in a moment, with fewer requests at a time."),
    "InternalError": (Unavailable, "the store has a fault of its own at {what}", "Try again in a moment."),
    "QuotaExceeded": (Unavailable, "{what}: the store is full, or your share of it is", "Delete something, or ask for more room."),
}  # fmt: skip
"""What a store says (Amazon S3 API Reference, "Error responses"), by kind, sentence and hint."""

SAME = {
    "404": "NoSuchKey", "NotFound": "NoSuchKey", "ExpiredTokenException": "ExpiredToken", "TokenRefreshRequired": "ExpiredToken",
    "RequestExpired": "ExpiredToken", "InvalidClientTokenId": "InvalidAccessKeyId", "UnrecognizedClientException": "InvalidAccessKeyId",
    "InvalidSecurity": "InvalidAccessKeyId", "412": "PreconditionFailed", "ConditionalRequestConflict": "PreconditionFailed",
    "416": "InvalidRange", "405": "MethodNotAllowed", "501": "NotImplemented", "503": "SlowDown", "ServiceUnavailable": "SlowDown",
    "429": "SlowDown", "TooManyRequests": "SlowDown", "RequestTimeout": "SlowDown", "500": "InternalError", "502": "InternalError",
    "504": "InternalError", "413": "EntityTooLarge", "507": "QuotaExceeded", "XMinioStorageFull": "QuotaExceeded",
    "InsufficientStorage": "QuotaExceeded", "XAmzContentSHA256Mismatch": "BadDigest", "InvalidDigest": "BadDigest",
    "XAmzContentChecksumMismatch": "BadDigest",
}  # fmt: skip
"""Codes that mean what another one means; a HEAD has no body, so its code is its status."""

REDIRECTS = {"PermanentRedirect", "TemporaryRedirect", "301", "302", "307", "308", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException"}  # fmt: skip
REFUSALS = {"AccessDenied", "403", "401", "Forbidden", "AllAccessDisabled", "AccountProblem", "UnauthorizedAccess", "Unauthorized", "AccessForbidden"}  # fmt: skip
_CODE = re.compile(r"[A-Za-z0-9._-]{1,60}")
_REGION = re.compile(r"[a-z0-9-]{1,40}")


def refusal(error: BaseException, what: str) -> EllipError | None:
    """Gives the error of the tree for one of botocore's; None for one that is not botocore's.

    `what` names the thing that was asked for, in the words of the caller.
    """
    names = [kind.__name__ for kind in type(error).__mro__]
    if "ClientError" in names:
        return _answered(getattr(error, "response", {}), str(getattr(error, "operation_name", "")), what)
    for name in names:
        if name in _CLASSES:
            return _CLASSES[name](error, what)
    if "BotoCoreError" in names or "S3TransferFailedError" in names or "Boto3Error" in names:
        return _cause(error, what) or Unavailable(f"{what}: the store cannot be used ({names[0]})")
    return None


def _answered(response: Mapping[str, Any], operation: str, what: str) -> EllipError:
    """Says what the store has answered."""
    told = response.get("Error") or {}
    meta = response.get("ResponseMetadata") or {}
    headers = meta.get("HTTPHeaders") or {}
    code = str(told.get("Code", ""))
    page = "html" in str(headers.get("content-type", ""))
    if page and (not code or code.isdigit()) and not operation.startswith("Head"):
        return html(what)
    if code == "404" and operation == "HeadBucket":
        code = "NoSuchBucket"
    if code in REDIRECTS:
        region = str(told.get("Region") or headers.get("x-amz-bucket-region") or "")
        named = f" ({region})" if _REGION.fullmatch(region) else ""
        return Invalid(
            f"{what} is in another region{named}", hint="Set that region, or its endpoint, in the connection."
        )
    if code in REFUSALS:
        return _denied(operation, what)
    kind, sentence, hint = CODES.get(SAME.get(code, code), (None, "", None))
    if kind is not None:
        return kind(sentence.format(what=what), hint=hint)
    status = int(meta.get("HTTPStatusCode") or 0)
    shown = code if _CODE.fullmatch(code) else str(status or "no code")
    if status == 403:
        return _denied(operation, what)
    if 400 <= status < 500:
        return Invalid(f"the store does not take this request for {what} ({shown})")
    return Unavailable(f"the store cannot do this with {what} ({shown})")


def _denied(operation: str, what: str) -> EllipError:
    if operation == "ListBuckets":
        return Denied(
            "these credentials may not list buckets",
            hint="Name the buckets in the connection; what is in them may still be readable.",
        )
    if operation.startswith("List"):
        return Denied(
            f"{what} may not be listed",
            hint="An object whose key you know may still be readable: name it whole.",
        )
    if operation.startswith(("Get", "Head")):
        return Denied(
            f"{what} may not be read",
            hint="It may also be missing: a store that may not be listed does not say which.",
        )
    if operation.startswith("AssumeRole"):
        return Denied(
            f"{what}: the role may not be assumed",
            hint="Check its ARN, its trust policy and the external id.",
        )
    return Denied(
        f"{what} may not be changed with these credentials", hint="Ask its owner for the permission to write."
    )


def html(what: str) -> EllipError:
    """Says that the endpoint is a web page."""
    return Unavailable(
        f"{what}: the endpoint answers with a web page, not as an object store",
        hint="Give the S3 endpoint of the service; its portal has another address.",
    )


def _host(error: BaseException) -> str:
    """Gives the host and port an error is about; a URL may have a signature, so no more of it."""
    url = str((getattr(error, "kwargs", None) or {}).get("endpoint_url") or "")
    parts = urlsplit(url)
    return parts.netloc.rpartition("@")[2] if parts.scheme in ("http", "https") else "the store"


def _unreached(error: BaseException, what: str) -> EllipError:
    inner = (getattr(error, "kwargs", None) or {}).get("error")
    text = f"{type(inner).__name__} {inner}"
    host = _host(error)
    if "NameResolution" in text or "Name or service" in text or "getaddrinfo" in text:
        return Unavailable(
            f"{what}: there is no host {host}", hint="Check the endpoint for a slip, and the network."
        )
    if "refused" in text:
        return Unavailable(
            f"{what}: {host} refuses connections", hint="Check the port, and that the store runs."
        )
    return Unavailable(
        f"{what}: {host} cannot be reached",
        hint="Check the endpoint, the network, and the proxy if you need one.",
    )


def _tls(error: BaseException, what: str) -> EllipError:
    inner = str((getattr(error, "kwargs", None) or {}).get("error"))
    host = _host(error)
    if "CERTIFICATE_VERIFY_FAILED" in inner:
        why, hint = (
            "its certificate is not trusted",
            "Name a file with the certificates of its authority (CA bundle) in the connection.",
        )
        if "expired" in inner:
            why, hint = (
                "its certificate has expired",
                "Tell those who run it; check the clock of this machine.",
            )
        elif "mismatch" in inner or "doesn't match" in inner:
            why, hint = (
                "its certificate is for another host",
                "Check the endpoint; path style may help where buckets stand in the host name.",
            )
        return Unavailable(f"{what}: {host} cannot be trusted: {why}", hint=hint)
    return Unavailable(
        f"{what}: {host} does not speak TLS as it should", hint="An endpoint without TLS begins with http://."
    )


def _says(
    kind: type[EllipError], sentence: str, hint: str | None
) -> Callable[[BaseException, str], EllipError]:
    def say(error: BaseException, what: str) -> EllipError:
        return kind(sentence.format(what=what, host=_host(error)), hint=hint)

    return say


def _cause(error: BaseException, what: str) -> EllipError | None:
    inner = error.__cause__ or error.__context__
    return refusal(inner, what) if inner is not None else None


_CUT = _says(
    Unavailable, "{what}: the connection to {host} was cut", "Try again; a transfer goes on where it was."
)
_SLOW = _says(
    Unavailable,
    "{what}: {host} does not answer in time",
    "Try again; check the network, and the proxy if you need one.",
)
_SSO = _says(
    Denied, "{what}: the sign-in of the profile has ended", "Sign in again: aws sso login --profile NAME."
)
_CLASSES: dict[str, Callable[[BaseException, str], EllipError]] = {
    "NoCredentialsError": _says(Denied, "{what}: no credentials were found", "Save an access key, name a profile, or choose anonymous."),
    "PartialCredentialsError": _says(Denied, "{what}: the credentials are not whole", "An access key and its secret belong together."),
    "CredentialRetrievalError": _says(Denied, "{what}: the credentials could not be had", "Run the credential_process or the sign-in of the profile by hand to see why."),
    "MetadataRetrievalError": _says(Denied, "{what}: the credentials of this machine could not be had", "Check its role, or save an access key."),
    "TokenRetrievalError": _SSO,
    "SSOError": _SSO,
    "LoginError": _SSO,
    "ProfileNotFound": _says(Invalid, "{what}: there is no such profile in AWS's files", "Check AWS_PROFILE, ~/.aws/config and ~/.aws/credentials."),
    "ConfigParseError": _says(Invalid, "{what}: a file of AWS is damaged", "Mend ~/.aws/config or ~/.aws/credentials."),
    "InfiniteLoopConfigError": _says(Invalid, "{what}: the profiles of AWS's files lead in a circle", "Mend source_profile in ~/.aws/config."),
    "InvalidConfigError": _says(Invalid, "{what}: a profile of AWS's files is not whole", "Mend ~/.aws/config."),
    "NoRegionError": _says(Invalid, "{what}: no region is named", "Set the region of the connection."),
    "InvalidRegionError": _says(
        Invalid, "{what}: no region has such a name", "Set the region of the connection."
    ),
    "ParamValidationError": _says(Invalid, "{what}: the request is not one a store can take", None),
    "SSLError": _tls,
    "ProxyConnectionError": _says(Unavailable, "{what}: the proxy does not answer", "Check HTTPS_PROXY and NO_PROXY."),
    "ConnectTimeoutError": _SLOW,
    "ReadTimeoutError": _SLOW,
    "EndpointConnectionError": _unreached,
    "ConnectionClosedError": _CUT,
    "ResponseStreamingError": _CUT,
    "IncompleteReadError": _CUT,
    "ProtocolError": _CUT,
    "ResponseParserError": lambda _error, what: html(what),
    "FlexibleChecksumError": _says(Unavailable, "{what} arrived damaged: its checksum is another", "Read it again."),
    "HTTPClientError": _says(Unavailable, "{what}: the store cannot be reached", "Check the endpoint and the network."),
}  # fmt: skip

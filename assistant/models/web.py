"""HTTP as far as fetching files needs it, on the standard library: the base install gains nothing by it.

Whatever goes wrong ends in one sentence that names the server and what to do.
"""

from __future__ import annotations

import json
from http.client import HTTPException, HTTPResponse
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from assistant import __version__
from assistant.errors import ModelError

TIMEOUT = 30
"""Seconds without a byte."""
LARGEST_INDEX = 16 << 20
"""Bytes of an index that are read; the largest known has a tenth."""
OFFLINE = "connect this machine for as long as it takes; afterwards nothing needs the network"
REFUSALS = {
    302: ("sends us round in circles", "try again later"),
    401: ("wants an account", "get the files in a browser, and name their folder in the settings"),
    403: ("does not let us in", "get the files in a browser, and name their folder in the settings"),
    404: ("does not have it", "it was moved or taken away; a newer version of the assistant may know where"),
    429: ("has had too many questions", "try again in an hour"),
}
"""What the server's status means, and what to do about it."""


class _Redirects(HTTPRedirectHandler):
    """Follows redirections, but never from a protected connection to an open one."""

    def redirect_request(self, req: Request, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Request | None:
        if urlsplit(req.full_url).scheme == "https" and urlsplit(newurl).scheme != "https":
            raise ModelError("sends us to an address without protection", where=host(req.full_url))
        return super().redirect_request(req, fp, code, msg, headers, newurl)


_opener = build_opener(_Redirects)


def open_url(url: str, headers: dict[str, str] | None = None) -> HTTPResponse:
    """Ask for an address; the response is to be closed.

    Raises:
        ModelError: it cannot be reached, or the server refuses.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ModelError(f"{url!r} is no address", mend="it should begin with https://")
    if parts.username is not None:
        raise ModelError("an address with a password in it is not used", where=host(url), mend="name one without")
    request = Request(url, headers={"User-Agent": f"voice-assistant/{__version__}", **(headers or {})})
    try:
        response: HTTPResponse = _opener.open(request, timeout=TIMEOUT)
    except HTTPError as error:
        raise _refused(url, error) from error
    except (OSError, HTTPException) as error:
        raise unreachable(url, error) from error
    return response


def get_json(url: str, headers: dict[str, str] | None = None) -> Any:
    """The JSON at an address.

    Raises:
        ModelError: as ``open_url``, or it is no JSON.
    """
    with open_url(url, headers) as response:
        try:
            data = response.read(LARGEST_INDEX)
        except (OSError, HTTPException) as error:
            raise unreachable(url, error) from error
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ModelError(f"answers something that is no index: {error}", where=host(url)) from error


def host(url: str) -> str:
    """The server's name, for messages."""
    parts = urlsplit(url)
    return parts.hostname or url


def unreachable(url: str, error: Exception) -> ModelError:
    """The connection failed or broke off."""
    reason = error.reason if isinstance(error, URLError) else error
    said = getattr(reason, "strerror", None) or str(reason) or type(reason).__name__
    return ModelError(f"cannot be reached: {said}", where=host(url), mend=OFFLINE)


def _refused(url: str, error: HTTPError) -> ModelError:
    error.close()
    what, mend = REFUSALS.get(302 if error.code // 100 == 3 else error.code, ("is out of order", "try again later"))
    return ModelError(f"{what} (status {error.code} for {urlsplit(url).path})", where=host(url), mend=mend)

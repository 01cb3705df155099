"""Files of packages, straight from the registries of Python (PyPI) and JavaScript (npm), with the checksums they name.

``PIP_INDEX_URL`` and ``npm_config_registry`` name mirrors, as they do for pip and npm.
"""

from __future__ import annotations

import os
from urllib.parse import quote, urljoin

from assistant.errors import ModelError
from assistant.models import web
from assistant.models.checksum import Checksum
from assistant.models.remote import Remote

PYPI = "https://pypi.org/simple"
NPM = "https://registry.npmjs.org"
SIMPLE_JSON = "application/vnd.pypi.simple.v1+json"
"""The index as JSON, PEP 691."""


def wheel(package: str, version: str) -> Remote:
    """The wheel of a package without compiled parts.

    Raises:
        ModelError: the index cannot be reached, or does not know it.
    """
    index = os.environ.get("PIP_INDEX_URL", PYPI).rstrip("/")
    page = f"{index}/{package}/"
    name = f"{package.replace('-', '_')}-{version}-py3-none-any.whl"
    answer = web.get_json(page, {"Accept": SIMPLE_JSON})
    try:
        entry = next((file for file in answer["files"] if file["filename"] == name), None)
        if entry is None:
            raise ModelError(f"has no {name}", where=web.host(index))
        size = entry.get("size")
        checksum = Checksum("sha256", entry["hashes"]["sha256"])
        return Remote(urljoin(page, entry["url"]), name, checksum, size if size is None else int(size))
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(f"names no checksum for {name}", where=web.host(index)) from error


def tarball(package: str, version: str) -> Remote:
    """The archive of an npm package. The registry does not say how large it is.

    Raises:
        ModelError: the registry cannot be reached, or does not know it.
    """
    registry = _npm_registry()
    answer = web.get_json(f"{registry}/{quote(package, safe='@')}/{version}")
    try:
        entry = answer["dist"]
        return Remote(str(entry["tarball"]), f"{package}-{version}.tgz", Checksum.integrity(str(entry["integrity"])))
    except (KeyError, TypeError) as error:
        raise ModelError(f"names no checksum for {package} {version}", where=web.host(registry)) from error


def _npm_registry() -> str:
    """npm takes its variables in any case."""
    named = [value for name, value in os.environ.items() if name.lower() == "npm_config_registry"]
    return (named[0] if named else NPM).rstrip("/")

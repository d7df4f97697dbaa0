"""haebom as a wheel, packed from where it is installed.

haebom is on no package index. A new site brings the very haebom along that made it, so that
``pip install`` works there, on any machine, without anything else.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.metadata
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

from haebom.errors import HaebomError

_NAME = "haebom"
_WHEEL = "Wheel-Version: 1.0\nGenerator: haebom\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
_INSTALLER_FILES = frozenset({"RECORD", "WHEEL", "INSTALLER", "REQUESTED", "direct_url.json"})
_EPOCH = (1980, 1, 1, 0, 0, 0)


def filename() -> str:
    """The wheel's file name."""
    return f"{_NAME}-{_distribution().version}-py3-none-any.whl"


def packed() -> bytes:
    """The wheel; the same bytes for the same haebom.

    Raises:
        HaebomError: haebom runs without being installed.
    """
    info = f"{_NAME}-{_distribution().version}.dist-info"
    files = {**dict(_package()), **dict(_metadata(info)), f"{info}/WHEEL": _WHEEL.encode()}
    record = [f"{path},sha256={_hash(data)},{len(data)}\n" for path, data in sorted(files.items())]
    record.append(f"{info}/RECORD,,\n")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in (*sorted(files.items()), (f"{info}/RECORD", "".join(record).encode())):
            entry = zipfile.ZipInfo(path, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    return buffer.getvalue()


def _distribution() -> importlib.metadata.Distribution:
    try:
        return importlib.metadata.distribution(_NAME)
    except importlib.metadata.PackageNotFoundError:
        raise HaebomError(
            "haebom is not installed, so that it cannot be packed for the new site.",
            "Install it with pip first.",
        ) from None


def _package() -> Iterator[tuple[str, bytes]]:
    package = Path(__file__).parent
    for path in package.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            yield f"{_NAME}/{path.relative_to(package).as_posix()}", path.read_bytes()


def _metadata(info: str) -> Iterator[tuple[str, bytes]]:
    folder = Path(str(_distribution().locate_file(info)))
    for path in folder.rglob("*"):
        if path.is_file() and path.name not in _INSTALLER_FILES:
            yield f"{info}/{path.relative_to(folder).as_posix()}", path.read_bytes()


def _hash(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()

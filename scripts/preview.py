#!/usr/bin/env python3
"""Unpack a site that a pull request built: preview.py ARCHIVE FOLDER. Refuses what is odd in it.

Whoever made the archive may be hostile. Nothing of it is run; every path is looked at before
anything is written, and sizes are those that come out, not those that the archive claims.
"""

import stat
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

FILES, BYTES = 20_000, 300_000_000

SUFFIXES = frozenset((
    ".bin", ".css", ".csv", ".gif", ".gz", ".htm", ".html", ".ico", ".inv", ".ipynb", ".jpeg",
    ".jpg", ".js", ".json", ".map", ".md", ".mjs", ".mp4", ".pdf", ".png", ".py", ".svg", ".tsv",
    ".ttf", ".txt", ".wasm", ".webm", ".webmanifest", ".webp", ".woff", ".woff2", ".xml", ".zip",
))  # fmt: skip

ORDERS = frozenset(["cname", "netlify.toml", "vercel.json", "functions", "api"])
"""Names by which hosts take orders; hidden names, and those that begin with '_', are others."""


class Odd(Exception):
    """The archive is not what a built site looks like."""


def members(archive: zipfile.ZipFile) -> Iterator[tuple[zipfile.ZipInfo, PurePosixPath]]:
    """The files of an archive with their paths, each one looked at."""
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > FILES:
        raise Odd(f"there are more than {FILES} files")
    seen = set()
    for entry in entries:
        path = PurePosixPath(entry.filename)
        parts = path.parts
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if kind not in (0, stat.S_IFREG):
            raise Odd(f"{entry.filename!r} is not a file")
        if path.is_absolute() or ".." in parts or str(path) != entry.filename:
            raise Odd(f"{entry.filename!r} leads elsewhere")
        if any(sign in entry.filename for sign in '\\:*?"<>|') or not entry.filename.isprintable():
            raise Odd(f"{entry.filename!r} is no file name")
        if any(part.startswith((".", "_")) for part in parts) or parts[0].lower() in ORDERS:
            raise Odd(f"{entry.filename!r} could be an order to the host")
        if path.suffix.lower() not in SUFFIXES:
            raise Odd(f"{entry.filename!r} is no part of a site")
        if entry.filename.casefold() in seen:
            raise Odd(f"{entry.filename!r} is there twice")
        seen.add(entry.filename.casefold())
        yield entry, path
    if "index.html" not in seen:
        raise Odd("there is no index.html")


def unpack(source: Path, folder: Path) -> int:
    """Write the files of an archive into a new folder; a file at a time, and never too much."""
    left = BYTES
    with zipfile.ZipFile(source) as archive:
        found = list(members(archive))
        folder.mkdir()
        for entry, path in found:
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(entry) as stream, target.open("xb") as file:
                while chunk := stream.read(1 << 20):
                    left -= len(chunk)
                    if left < 0:
                        raise Odd(f"it is larger than {BYTES} bytes")
                    file.write(chunk)
    return len(found)


def main() -> None:
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    try:
        count = unpack(Path(sys.argv[1]), Path(sys.argv[2]))
    except (
        Odd,
        OSError,
        ValueError,
        RuntimeError,
        zipfile.BadZipFile,
        NotImplementedError,
    ) as error:
        sys.exit(f"The built site is refused: {error}.")
    print(f"{count} files")


if __name__ == "__main__":
    main()

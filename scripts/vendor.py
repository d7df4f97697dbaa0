#!/usr/bin/env python3
"""Copy what pages need of KaTeX and Mermaid from web/node_modules into the package.

(cd web && npm ci)
python3 scripts/vendor.py            # after an upgrade in web/package.json
python3 scripts/vendor.py --check    # say whether the copies are what npm has
"""

import re
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MODULES = ROOT / "web" / "node_modules"
VENDOR = ROOT / "src" / "haebom" / "hosts" / "mkdocs" / "vendor"
_OLD_FONTS = re.compile(rb',url\([^)]+\) format\("(?:woff|truetype)"\)')


def katex() -> dict[str, bytes]:
    """KaTeX with its fonts in the one format that all browsers of today read."""
    package = MODULES / "katex"
    fonts = sorted((package / "dist" / "fonts").glob("*.woff2"))
    return {
        "LICENSE": (package / "LICENSE").read_bytes(),
        "katex.min.js": (package / "dist" / "katex.min.js").read_bytes(),
        "katex.min.css": _OLD_FONTS.sub(b"", (package / "dist" / "katex.min.css").read_bytes()),
        **{f"fonts/{font.name}": font.read_bytes() for font in fonts},
    }


def mermaid() -> dict[str, bytes]:
    """Mermaid in the parts that a browser loads as diagrams need them.

    They are called .js, since not every server knows what .mjs is.
    """
    package = MODULES / "mermaid"
    start = package / "dist" / "mermaid.esm.min.mjs"
    parts = sorted((package / "dist" / "chunks" / "mermaid.esm.min").glob("*.mjs"))
    return {
        "LICENSE": (package / "LICENSE").read_bytes(),
        **{
            f"{'' if part == start else 'chunks/mermaid.esm.min/'}{part.stem}.js": _renamed(part)
            for part in (start, *parts)
        },
    }


def _renamed(part: Path) -> bytes:
    text = part.read_bytes()
    text = re.sub(rb"\n//# sourceMappingURL=.*\s*$", b"\n", text)
    return re.sub(rb'("\./[\w./-]+)\.mjs"', rb'\1.js"', text)


def stored() -> tuple[dict[str, bytes], dict[str, bytes]]:
    """What the package has of both."""
    folder = VENDOR / "katex"
    own = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    archive = VENDOR / "mermaid.zip"
    if not archive.exists():
        return own, {}
    with zipfile.ZipFile(archive) as file:
        return own, {name: file.read(name) for name in file.namelist()}


def write() -> None:
    """Write both."""
    for name, content in katex().items():
        target = VENDOR / "katex" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    with zipfile.ZipFile(
        VENDOR / "mermaid.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=9
    ) as file:
        for name, content in mermaid().items():
            info = zipfile.ZipInfo(name)  # of 1980: the same bytes whenever it is made
            info.compress_type = zipfile.ZIP_DEFLATED
            file.writestr(info, content)


if __name__ == "__main__":
    if {"-h", "--help"} & set(sys.argv[1:]):
        print(__doc__)
    elif "--check" in sys.argv[1:]:
        sys.exit(0 if stored() == (katex(), mermaid()) else "The copies are not what npm has.")
    else:
        write()

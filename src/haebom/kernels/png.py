"""Runs inside every Python kernel: puts Matplotlib's pictures into PNG files.

Pillow tries five filters on each row of a picture. That helps with photographs; drawings, which
repeat the same few colours, come out smaller without any filter, and in half of the time. Where
zlib-ng is installed, as it is with haebom, it packs them in a third of what zlib takes.

Like :mod:`haebom.kernels.bootstrap` this must not import anything of haebom.
"""

import contextlib
import struct
import sys
import zlib
from collections.abc import Iterator
from typing import Any

_packing: Any = zlib
with contextlib.suppress(ImportError):  # the interpreter of a post may be another than haebom's
    from zlib_ng import zlib_ng as _packing

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_BITS, _RGBA, _METRE, _INCH = 8, 6, 1, 0.0254


@contextlib.contextmanager
def unfiltered() -> Iterator[None]:
    """While this lasts, Matplotlib writes PNG files without filters; it must have been imported.

    The pixels are the same. Files that are to hold more than usual are Pillow's.
    """
    image: Any = sys.modules["matplotlib.image"]
    save = image.imsave

    def imsave(fname: Any, arr: Any, **fields: Any) -> None:
        is_usual = not (fields.get("metadata") or fields.get("pil_kwargs"))
        is_drawn = (fields.get("format"), fields.get("origin")) == ("png", "upper")
        if is_usual and is_drawn and hasattr(fname, "write") and fields.get("dpi"):
            fname.write(png(arr, fields["dpi"]))
        else:
            save(fname, arr, **fields)

    image.imsave = imsave
    try:
        yield
    finally:
        image.imsave = save


def png(picture: Any, dpi: float) -> bytes:
    """Make a PNG file that says what Matplotlib's say: https://www.w3.org/TR/png-3/.

    Args:
        picture: Red, green, blue and opacity, of shape (height, width, 4), one byte each.
        dpi: Dots per inch.
    """
    import numpy as np

    pixels = np.asarray(picture)
    height, width, _ = pixels.shape
    rows = np.zeros((height, 1 + 4 * width), np.uint8)  # each begins with the number of no filter
    rows[:, 1:] = pixels.reshape(height, -1)
    made_by = f"Matplotlib version{sys.modules['matplotlib'].__version__}, https://matplotlib.org/"
    packer = _packing.compressobj(6)
    per_metre = int(dpi / _INCH + 0.5)
    chunks = (
        (b"IHDR", struct.pack(">2I5B", width, height, _BITS, _RGBA, 0, 0, 0)),
        (b"tEXt", b"Software\0" + made_by.encode("latin-1")),
        (b"pHYs", struct.pack(">2IB", per_metre, per_metre, _METRE)),
        (b"IDAT", packer.compress(rows.data) + packer.flush()),
        (b"IEND", b""),
    )
    return _SIGNATURE + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )

"""Text out of bytes, whatever the encoding."""

from __future__ import annotations

import unicodedata

from charset_normalizer import from_bytes

_HANGUL = ("cp949", "utf_16", "utf_32", "johab")
_OTHERS = ("shift_jis", "gb18030", "big5", "cp1252", "latin_1")


def decode(content: bytes) -> tuple[str, str]:
    """Read text in normal form C, with LF line ends.

    Args:
        content: A file's bytes.

    Returns:
        The text, and the encoding if it is not UTF-8.
    """
    try:
        return _tidy(content.decode("utf-8-sig")), ""
    except UnicodeDecodeError:
        pass
    found = from_bytes(content, cp_isolation=[*_HANGUL, *_OTHERS]).best()
    korean = _as_korean(content)
    if korean is not None and (found is None or found.encoding not in ("utf_16", "utf_32")):
        return _tidy(korean), "cp949"
    if found is not None:
        return _tidy(str(found)), found.encoding
    return _tidy(content.decode("utf-8", "replace")), "an unknown encoding"


def _as_korean(content: bytes) -> str | None:
    """The text as EUC-KR, if it is mostly Hangul then; short texts leave others guessing."""
    try:
        text = content.decode("cp949")
    except UnicodeDecodeError:
        return None
    others = [sign for sign in text if ord(sign) > 127]
    hangul = sum("가" <= sign <= "힣" or "ㄱ" <= sign <= "ㅣ" for sign in others)
    return text if others and hangul >= len(others) * 0.6 else None


def _tidy(text: str) -> str:
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    return unicodedata.normalize("NFC", text)

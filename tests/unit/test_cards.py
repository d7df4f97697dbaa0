"""Cards: drawn once, the same each time, with letters that the font has."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from haebom.hosts.mkdocs import cards
from haebom.hosts.mkdocs.cards import Cards

pytestmark = pytest.mark.skipif(not Cards.can_draw(), reason="the font's package is not there")


def _drawn(title: str, note: str = "") -> bytes:
    return cards._png(title, note, "해봄")


def test_size_and_bytes() -> None:
    """A card would be cut where it is shown, or make each build of a site another one."""
    content = _drawn("텐서 첫걸음: 모양부터 읽기", "2026-11-11 · 텐서")
    image = Image.open(io.BytesIO(content))
    assert (image.format, image.size) == ("PNG", (1200, 630))
    assert content == _drawn("텐서 첫걸음: 모양부터 읽기", "2026-11-11 · 텐서")
    assert len(content) < 40_000


@pytest.mark.parametrize(("one", "other"), [("가", "나"), ("뷁", "쀍"), ("a", "b"), ("é", "è")])
def test_letters_are_drawn(one: str, other: str) -> None:
    """Letters that the font lacks are all the same empty box."""
    assert _drawn(one) != _drawn(other)


@pytest.mark.parametrize(
    "title", ["", "x", "가" * 300, "낱말 " * 200, "🎉 축하 👩‍🔬", "W" * 90, "\u200d"]
)
def test_any_title_fits(title: str) -> None:
    """A long title would leave the card, or an odd one end the build."""
    image = Image.open(io.BytesIO(_drawn(title))).convert("RGB")
    ground = image.getpixel((600, 10))
    edges = [image.getpixel((x, y)) for x in (1190, 1195) for y in range(630)]
    assert set(edges) == {ground}
    assert all(image.getpixel((x, 420)) == ground for x in range(100, 900))


def test_each_is_drawn_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every build would draw all cards, or keep those of posts that are gone."""
    drawn: list[str] = []
    monkeypatch.setattr(cards, "_png", lambda *words: drawn.append(words[0]) or b"png")
    first = Cards(tmp_path / "store", "해봄")
    path, old = first.draw("하나", ""), first.draw("옛 제목", "")
    first.publish(tmp_path / "site")
    again = Cards(tmp_path / "store", "해봄")
    assert again.draw("하나", "") == path
    again.publish(tmp_path / "other")
    assert drawn == ["하나", "옛 제목"]
    assert (tmp_path / "site" / old).is_file()
    assert [p.name for p in (tmp_path / "other" / cards.FOLDER).iterdir()] == [Path(path).name]
    assert len(list((tmp_path / "store").iterdir())) == 1

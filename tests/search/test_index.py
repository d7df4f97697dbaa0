"""The index as files: what is in it, what is kept between builds, and the seam to MkDocs."""

from __future__ import annotations

import base64
import gzip
import json
import sqlite3
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from haebom.search import SearchEntry, build_index
from haebom.search import mkdocs as seam
from haebom.search.aliases import collect, mentions, read_terms
from haebom.search.codec import front_coded, pack_postings, varint
from haebom.search.lexicon import Posting

ENTRIES = [
    SearchEntry("a/", "역전파", "<p>역전파(backpropagation)는 기울기를 구합니다.</p>", ("딥러닝",)),
    SearchEntry("a/#b", "연쇄 법칙", "<p>합성 함수의 미분.</p>"),
    SearchEntry("c/", "드롭아웃", "<p>끕니다.</p><pre><code>nn.Dropout(0.5)</code></pre>", (), 2.0),
]  # fmt: skip
PAGE = '<script id="__config" type="application/json">{"base": "..", "search": "%s"}</script>'
MATERIAL = "assets/javascripts/workers/search.a7633da7.min.js"


@pytest.fixture(autouse=True)
def kiwi() -> None:
    """Skip without the analyser."""
    pytest.importorskip("kiwipiepy")


def manifest(folder: Path, name: str) -> dict[str, Any]:
    """Read an index's manifest."""
    data: dict[str, Any] = json.loads(gzip.decompress((folder / name).read_bytes()))
    return data


def test_the_index_names_everything_it_needs(tmp_path: Path) -> None:
    """Wrong if the manifest names a file that is not there, or a file is there unnamed."""
    report = build_index(ENTRIES, tmp_path)
    data = manifest(tmp_path, report.manifest)
    digests = bytes.fromhex(base64.b64decode(data["fragments"]).hex())
    fragments = {f"f-{digests[i : i + 6].hex()}.bin" for i in range(0, len(digests), 6)}
    named = {report.manifest, data["vocabulary"], *fragments}
    named |= {name for name, _ in (*data["core"], *data["rare"])}
    assert named == {path.name for path in tmp_path.iterdir()}
    assert (report.pages, report.sections, report.analysed) == (2, 3, 2)
    assert data["boosts"] == {"1": 2.0}


def test_the_same_entries_make_the_same_files(tmp_path: Path) -> None:
    """Wrong if a rebuild changes names, so that browsers load everything again."""
    build_index(ENTRIES, tmp_path / "a")
    build_index(ENTRIES, tmp_path / "b")
    names = [{path.name for path in (tmp_path / x).iterdir()} for x in "ab"]
    assert names[0] == names[1]


def test_an_edit_analyses_one_page(tmp_path: Path) -> None:
    """Wrong if unchanged pages are analysed again, or an edited one is not."""
    cache = tmp_path / "cache"
    build_index(ENTRIES, tmp_path / "out", cache=cache)
    assert build_index(ENTRIES, tmp_path / "out", cache=cache).analysed == 0
    edited = [*ENTRIES[:2], SearchEntry("c/", "드롭아웃", "<p>다시 썼습니다.</p>")]
    assert build_index(edited, tmp_path / "out", cache=cache).analysed == 1


def test_a_damaged_cache_costs_time_only(tmp_path: Path) -> None:
    """Wrong if a broken cache file breaks the build."""
    (tmp_path / "search.sqlite").write_bytes(b"no database")
    assert build_index(ENTRIES, tmp_path / "out", cache=tmp_path).analysed == 2
    with sqlite3.connect(tmp_path / "search.sqlite") as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS page (key TEXT PRIMARY KEY, value BLOB)")
        connection.execute("UPDATE page SET value = x'00'")
    connection.close()
    assert build_index(ENTRIES, tmp_path / "out", cache=tmp_path).analysed == 2


def test_files_of_an_earlier_index_go(tmp_path: Path) -> None:
    """Wrong if the folder grows with every build."""
    build_index(ENTRIES, tmp_path)
    report = build_index(ENTRIES[:1], tmp_path)
    assert len(list(tmp_path.glob("f-*.bin"))) == report.pages == 1


def test_single_mention_makes_an_alias() -> None:
    """Wrong if 혼동 행렬(confusion matrix), written once, doesn't pair the whole terms."""
    text = "그리고 혼동 행렬(confusion matrix)을 봅니다"
    counts = Counter("\t".join(map(str, m)) for m in mentions(text))
    where = {t: frozenset({0}) for t in ("혼동행렬", "행렬", "confusion matrix")}
    found = {(alias.a, alias.b) for alias in collect([], counts, where)}
    assert ("confusion matrix", "혼동행렬") in found
    assert ("confusion matrix", "행렬") not in found


def test_own_terms_are_surest(tmp_path: Path) -> None:
    """Wrong if search-terms.yml is not read, or a malformed one is not refused."""
    path = tmp_path / "search-terms.yml"
    path.write_text("- [해봄, haebom]\n", "utf-8")
    (alias,) = collect(read_terms(path), Counter(), {"해봄": frozenset({0})})
    assert (alias.a, alias.b, alias.weight) == ("haebom", "해봄", 1.0)
    path.write_text("해봄: haebom\n", "utf-8")
    with pytest.raises(ValueError, match="list of groups"):
        read_terms(path)


def test_codec() -> None:
    """Wrong if bytes differ from what the browser's reader and its tests expect."""
    assert varint(300) == bytes([172, 2])
    assert front_coded("손실함수", "손실")[:2] == bytes([2, 6])
    assert pack_postings([Posting(2, 5, 0), Posting(4, 1, 7)]) == bytes([2, 2, 10, 1, 3, 7])


@pytest.mark.parametrize("prefix", ["", "../", "../../", "/sub/", "https://x.org/sub/"])
def test_point_to_worker_keeps_the_prefix(prefix: str) -> None:
    """Wrong if a site under a sub-path, or its 404 page, looks for the worker elsewhere."""
    html = seam.point_to_worker(PAGE % (prefix + MATERIAL), "assets/javascripts/workers/ours.js")
    assert f'"search": "{prefix}assets/javascripts/workers/ours.js"' in html
    assert html.count("<script") == 2


def test_point_to_worker_leaves_other_pages_alone() -> None:
    """Wrong if a page without Material's configuration is changed."""
    html = "<html><body>assets/javascripts/workers/search.x.js</body></html>"
    assert seam.point_to_worker(html, "x") == html


def test_material_config_is_still_what_we_rewrite() -> None:
    """Wrong if the installed Material writes its configuration in another form."""
    material = pytest.importorskip("material")
    template = Path(material.__file__).parent / "templates/base.html"
    assert '<script id="__config" type="application/json">' in template.read_text("utf-8")
    assert '"search": "assets/javascripts/workers/search.' in template.read_text("utf-8")


def test_standing_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wrong if an English site pays for Korean, or a missing analyser is not told in one line."""
    assert seam.reason_to_stand_aside("ko", []) is None
    assert seam.reason_to_stand_aside("en", ["plain", "한글 한 줄"]) is None
    assert "offline" in str(seam.reason_to_stand_aside("ko", [], offline=True))
    assert "no Korean" in str(seam.reason_to_stand_aside("en", ["plain"]))
    monkeypatch.setattr(seam, "available", lambda: False)
    reason = str(seam.reason_to_stand_aside("ko", []))
    assert "kiwipiepy is not installed" in reason and "\n" not in reason


def test_publish_leaves_a_stub_and_the_worker(tmp_path: Path) -> None:
    """Wrong if Material's bundle gets no configuration, or still loads the whole index."""
    index = tmp_path / "search/search_index.json"
    index.parent.mkdir()
    docs = [{"location": "a/", "title": "역전파", "text": "<p>글</p>", "boost": 2}]
    index.write_text(json.dumps({"config": {"lang": ["ko"]}, "docs": docs}), "utf-8")
    report = seam.publish(tmp_path)
    stub = json.loads(index.read_text("utf-8"))
    assert stub["docs"] == [] and stub["config"]["lang"] == ["ko"]
    assert stub["config"]["haebom"]["manifest"] == report.manifest
    assert (tmp_path / seam.worker_url()).is_file()
    assert (tmp_path / seam.WORKERS / stub["config"]["haebom"]["engine"]).is_file()
    assert len(index.read_bytes()) < 1000

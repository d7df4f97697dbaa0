"""Front matter of other tools is read leniently."""

from __future__ import annotations

import datetime

import pytest

from haebom.importers import matter
from haebom.importers.decoding import decode
from haebom.importers.ledger import Ledger

DATES = {
    "2018-02-10 12:00:00 +0900": "2018-02-10T12:00:00+09:00",
    "2018-02-10T12:00:00+09:00": "2018-02-10T12:00:00+09:00",
    "2018-2-1": "2018-02-01T00:00:00",
    "2018/02/10": "2018-02-10T00:00:00",
    "2018.02.10.": "2018-02-10T00:00:00",
    "2018년 2월 1일 (목) 오후 3시 20분": "2018-02-01T15:20:00",
    "2018-02-10 오전 12:05": "2018-02-10T00:05:00",
    "Feb 10, 2018": "2018-02-10T00:00:00",
    "16-02-24": "2016-02-24T00:00:00",
    "2018-13-45": "",
    "2018-02-10 25:00": "",
    "언젠가": "",
    "": "",
}


@pytest.mark.parametrize("written", DATES)
def test_dates(written: str) -> None:
    """A post would lose its date, or get a wrong one, because of how it is written."""
    found = matter.when(written)
    assert (found.isoformat() if found else "") == DATES[written]


def test_dates_are_told_in_the_blogs_time_zone() -> None:
    """A post of the small hours would move to the day before."""
    found = matter.when("2018-02-09 16:30:00 +0000", "Asia/Seoul")
    assert found is not None
    assert found.date() == datetime.date(2018, 2, 10)
    assert matter.when("2018-02-09 16:30:00 +0000", "No/Where") is not None


WORDS = {
    "list": (["가", "나"], ["가", "나"]),
    "lists in lists": (["가", ["나", ["다"]]], ["가", "나", "다"]),
    "blanks": ("가 나", ["가", "나"]),
    "commas": ("머신 러닝, 딥러닝", ["머신 러닝", "딥러닝"]),
    "commas in a list": (["가, 나"], ["가", "나"]),
    "numbers": ([2018, 3.5], ["2018", "3.5"]),
    "nothing": (None, []),
    "twice": (["가", "가"], ["가"]),
    "mapping": ({"가": 1}, ["가"]),
}


@pytest.mark.parametrize("name", WORDS)
def test_words(name: str) -> None:
    """Tags would come out as one, or as signs."""
    value, wanted = WORDS[name]
    assert matter.words(value) == wanted


def test_odd_yaml() -> None:
    """A post whose front matter is a little wrong would lose all of it."""
    ledger = Ledger()
    text = "---\ntitle : 가\ntags:\t[나]\nsummary: 다: 라\ntitle2: !ruby/x 마\n---\n글\n"
    found = matter.read("\ufeff" + text, ledger)
    assert found.values == {"title": "가", "tags": ["나"], "summary": "다: 라", "title2": "마"}
    assert found.body == "글\n"
    assert [remark.line for remark in ledger.remarks] == [4]


def test_keys_that_stand_twice() -> None:
    """One of two values would be dropped without a word."""
    ledger = Ledger()
    found = matter.read("---\na: 1\nb: 2\na: 3\n---\n", ledger)
    assert found.values == {"a": 3, "b": 2}
    assert [remark.line for remark in ledger.remarks] == [4]


@pytest.mark.parametrize("block", ["- 가\n- 나\n", "가\n", "{\n", "? [a]: b\n", "&a [*a]\n", ""])
def test_what_is_no_front_matter(block: str) -> None:
    """A file would stop the whole import."""
    assert matter.read(f"---\n{block}---\n글\n", Ledger()).body == "글\n"


def test_unknown_keys_are_kept_as_comments() -> None:
    """haebom refuses unknown keys; what the old blog knew would have to be deleted."""
    text = matter.write({"title": "가: 나", "tags": ["다"], "draft": None}, {"header": {"a": 1}})
    assert text == (
        "---\ntitle: '가: 나'\ntags: [다]\n# From the old blog, where it meant something:\n"
        "# header:\n#   a: 1\n---\n"
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "euc-kr", "cp949", "utf-16"])
def test_encodings(encoding: str) -> None:
    """An old post would come out as signs that nobody can read."""
    text = "---\ntitle: 딥러닝 공부\n---\n\n처음 쓰는 글입니다.\n"
    found, name = decode(text.replace("\n", "\r\n").encode(encoding))
    assert found == text
    assert bool(name) is not encoding.startswith("utf-8")


def test_jamo_are_put_together() -> None:
    """Files from a Mac would have names and texts that nothing finds."""
    assert decode("\u1100\u1161".encode())[0] == "가"

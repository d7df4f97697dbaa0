"""The glossary, and terms explained where they are first used."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haebom.errors import ConfigError
from haebom.glossary import Glossary, Term, read
from haebom.hosts.explained import explain

TEXT = """\
역전파: {en: backpropagation, text: 거꾸로 갑니다., also: [오차 역전파]}
텐서: tensor
경사 하강법: gradient descent
null: nothing
"""


def test_reading() -> None:
    """A term would have another meaning than it was given."""
    found = read(TEXT)
    assert found.terms[0] == Term("역전파", "backpropagation", "거꾸로 갑니다.", ("오차 역전파",))
    assert found.terms[0].title == "backpropagation: 거꾸로 갑니다."
    assert [term.title for term in found.terms[1:]] == ["tensor", "gradient descent", "nothing"]
    assert read("") == read("# nothing\n") == Glossary()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- 텐서", "glossary.yml:1: The glossary is not a mapping."),
        ("a: x\nb: [", "glossary.yml:2: The glossary is not YAML"),
        ("a: x\nb: {english: y}", "glossary.yml:2: The term 'b' is unusable: en: Field required."),
        ("a: x\nb: {en: y, also: [a]}", "glossary.yml:2: 'a' is written twice"),
        ("a: x\n\na: y", "glossary.yml:3: 'a' is written twice"),
    ],
)
def test_what_cannot_be_read(text: str, message: str) -> None:
    """Whoever makes a slip would not learn where."""
    with pytest.raises(ConfigError) as error:
        read(text)
    assert error.value.message.startswith(message)


def explained(html: str) -> str:
    """A page with its terms explained."""
    root = ElementTree.fromstring(f"<div>{html}</div>")
    explain(root, read(TEXT).within("".join(root.itertext())))
    return ElementTree.tostring(root, encoding="unicode")


def test_the_first_place() -> None:
    """A term would be explained again and again, or in a title, a link or code."""
    html = explained(
        "<h2>텐서</h2><p><code>텐서</code> <a>텐서</a>와 텐서를 <b>텐서</b>로, "
        "역전파는 오차 역전파</p>"
    )
    tensor = '<abbr title="tensor" tabindex="0">텐서</abbr>'
    back = '<abbr title="backpropagation: 거꾸로 갑니다." tabindex="0">역전파</abbr>'
    assert html == (
        f"<div><h2>텐서</h2><p><code>텐서</code> <a>텐서</a>와 {tensor}를 <b>텐서</b>로, "
        f"{back}는 오차 역전파</p></div>"
    )


PIECES = st.sampled_from(["텐서", "를 ", "역전파", " 오차", "경사하강법", "<b>", "&", "x", " "])


@given(st.lists(st.lists(PIECES), max_size=4))
def test_nothing_is_lost(texts: list[list[str]]) -> None:
    """The text of a page would change, or a term be explained twice."""
    root = ElementTree.Element("div")
    for pieces in texts:
        child = ElementTree.SubElement(root, "b")
        child.text = child.tail = "".join(pieces)
    before = "".join(root.itertext())
    explain(root, read(TEXT))
    assert "".join(root.itertext()) == before
    titles = [element.get("title") for element in root.iter("abbr")]
    assert len(titles) == len(set(titles))

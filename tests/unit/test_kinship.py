"""Related posts, and the words that they share."""

from __future__ import annotations

import pytest

from haebom import korean
from haebom.kinship import MOST, Reason, Traits, relate


def traits(slug: str, tags: str = "", names: str = "", words: str = "", **more: object) -> Traits:
    """What a post is compared by."""
    counted = dict.fromkeys(words.split(), 3)
    return Traits(slug, frozenset(tags.split()), frozenset(names.split()), counted, **more)  # type: ignore[arg-type]


OTHERS = [traits(f"other-{n}", f"tag-{n}", f"name.{n}", f"낱말{n}") for n in range(5)]


@pytest.mark.parametrize(
    ("one", "two", "reason"),
    [
        (traits("a", tags="t"), traits("b", tags="t"), Reason.TAGS),
        (traits("a", names="torch.cat"), traits("b", names="torch.cat"), Reason.NAMES),
        (traits("a", words="역전파"), traits("b", words="역전파"), Reason.WORDS),
    ],
)
def test_reasons(one: Traits, two: Traits, reason: Reason) -> None:
    """Readers would not learn why a post is named."""
    found = relate([one, two, *OTHERS])
    assert [(kin.slug, kin.reason) for kin in found["a"]] == [("b", reason)]
    assert len(found["a"][0].shared) == 1
    assert found["other-0"] == ()


def test_the_rare_counts() -> None:
    """Posts would be related by what every post has."""
    common = [traits(f"p{n}", tags="PyTorch") for n in range(6)]
    assert not any(relate(common).values())
    posts = [traits("a", "PyTorch rare"), traits("b", "PyTorch rare"), *common]
    assert relate(posts)["a"][0].slug == "b"
    assert relate(posts)["a"][0].shared[0] == "rare"


def test_neighbours_are_known_anyway() -> None:
    """The next post of a series would be named twice."""
    near = traits("a", "t", near=frozenset({"b"}))
    found = relate([near, *(traits(s, "t") for s in "bcdef"), *OTHERS])["a"]
    assert [kin.slug for kin in found] == ["c", "d", "e"]
    assert len(found) == MOST


@pytest.mark.parametrize(
    ("term", "text", "found"),
    [
        ("역전파", "역전파를 쓴다", True),
        ("역전파", "역전파에서는", True),
        ("역전파", "오차역전파", False),
        ("전파", "역전파", False),
        ("텐서", "텐서플로", False),
        ("텐서", "(텐서)", True),
        ("경사 하강법", "경사하강법으로", True),
        ("경사 하강법", "경사  하강법", True),
        ("GPU", "GPU를", True),
        ("GPU", "GPUs", False),
        ("seed", "random_seed", False),
    ],
)
def test_terms_in_prose(term: str, text: str, found: bool) -> None:
    """A term would be missed for its particle, or seen in another word."""
    assert bool(list(korean.occurrences(term, text))) is found


def test_words() -> None:
    """Forms of one word would count as several, or addresses as words."""
    assert korean.words("텐서를 텐서로, [Tensor](https://a.b/c) 값") == {"텐서": 2, "tensor": 1}

"""haebom's own words on pages, in the languages that it speaks."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Labels:
    """Every word that haebom itself puts on a page."""

    not_run: str
    skipped: str
    show_code: str
    show_output: str
    output: str
    figure: str
    error: str
    failed: str


_LABELS = {
    "ko": Labels(
        not_run="이 코드는 실행하지 않았습니다.",
        skipped="앞의 셀이 실패하여 실행하지 않았습니다.",
        show_code="코드 보기",
        show_output="실행 결과 보기",
        output="실행 결과",
        figure="코드를 실행하여 그린 그림",
        error="오류",
        failed="이 글에 고칠 곳이 있습니다.",
    ),
    "en": Labels(
        not_run="This code was not run.",
        skipped="Not run, because a cell before it failed.",
        show_code="Show code",
        show_output="Show output",
        output="Output",
        figure="Figure drawn by the code",
        error="Error",
        failed="Something in this post needs mending.",
    ),
}


def labels(language: str) -> Labels:
    """The words for a language; English where haebom does not speak it."""
    return _LABELS.get(language, _LABELS["en"])

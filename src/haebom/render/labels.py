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
    environment: str
    take_along: str
    notebook: str
    script: str
    colab: str
    binder: str
    formula: str
    search: str
    newest: str
    tags: str
    lost: str
    lost_hint: str
    comments: str
    show_comments: str


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
        environment="이 글의 예제를 실행한 환경입니다.",
        take_along="예제 내려받기",
        notebook="노트북 내려받기 (.ipynb)",
        script="파이썬 파일 내려받기 (.py)",
        colab="Colab에서 열기",
        binder="Binder에서 열기",
        formula="수식",
        search="검색",
        newest="새 글",
        tags="태그",
        lost="찾는 페이지가 없습니다",
        lost_hint="주소가 바뀌었거나 잘못 적혔을 수 있습니다. 찾는 것을 적어 보시기 바랍니다.",
        comments="댓글",
        show_comments="댓글 보기",
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
        environment="The environment in which the examples of this post ran.",
        take_along="Take the examples along",
        notebook="Download the notebook (.ipynb)",
        script="Download the Python file (.py)",
        colab="Open in Colab",
        binder="Open in Binder",
        formula="Formula",
        search="Search",
        newest="New posts",
        tags="Tags",
        lost="There is no such page",
        lost_hint="Its address may have changed. Type what you are looking for.",
        comments="Comments",
        show_comments="Show comments",
    ),
}


def labels(language: str) -> Labels:
    """The words for a language; English where haebom does not speak it."""
    return _LABELS.get(language, _LABELS["en"])

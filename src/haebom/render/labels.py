"""haebom's own words on pages, in the languages that it speaks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from haebom.catalogue import Standing
from haebom.kinship import Reason
from haebom.marks import Mark
from haebom.model import Cause, Outcome


@dataclass(frozen=True, slots=True)
class Labels:
    """Every word that haebom itself puts on a page."""

    not_run: str
    stored: str
    skipped: str
    no_value: str
    unmet: str
    outdated: str
    from_elsewhere: str
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
    moved: str
    comments: str
    show_comments: str
    series: str
    in_series: str
    place_in_series: str
    read_first: str
    previous_post: str
    next_post: str
    related: str
    names_used: str
    mark_read: str
    paths: str
    paths_intro: str
    begin_here: str
    in_order: str
    other_posts: str
    names_index: str
    names_intro: str
    find_name: str
    predict: str
    glossary: str
    glossary_intro: str
    used_in: str
    kinds_of_kin: Mapping[Reason, str]
    marks: Mapping[Mark, str]
    standings: Mapping[Standing, str]
    outcomes: Mapping[Outcome, str]
    causes: Mapping[Cause, str]
    panel: str
    cells: str
    duration: str
    interpreter: str
    packages: str
    device: str
    seed: str
    seeds: str
    repeats: str
    repeats_alike: str
    repeats_vary: str
    other_versions: str
    source: str
    messages: str
    all_lines: str
    whole_trace: str
    tall_table: str
    chart: str
    chart_script: str
    widget: str
    plots: str
    kinds: Mapping[str, str]
    axes: Mapping[str, str]
    status: str
    status_intro: str
    verdicts: Mapping[Standing, str]
    post: str
    state: str
    any_state: str
    find_post: str
    times: str
    checked_on: str
    changed_on: str
    slowest: str
    other_versions_intro: str
    earlier_version: str
    all_same: str
    warnings: str
    warnings_intro: str
    no_warnings: str
    warning: str
    message: str
    places: str
    relaxed: str
    finding: str


_LABELS = {
    "ko": Labels(
        not_run="이 코드는 실행하지 않았습니다.",
        stored="저장된 결과 (다시 실행하지 않음)",
        skipped="앞의 셀이 실패하여 실행하지 않았습니다.",
        no_value="(값 없음)",
        unmet="이 사이트를 만든 컴퓨터에 없는 것이 필요하여 실행하지 않았습니다: {missing}.",
        outdated="{day}에 다른 컴퓨터{device}에서 실행한 결과가 있으나, 그 뒤에 코드나 데이터가"
        " 바뀌어 싣지 않았습니다.",
        from_elsewhere="{day}에 다른 컴퓨터{device}에서 실행한 결과입니다.",
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
        moved="이 글의 주소가 바뀌었습니다.",
        comments="댓글",
        show_comments="댓글 보기",
        series="연재",
        in_series="연재의 앞뒤 글",
        place_in_series="{count}편 가운데 {place}번째 글",
        read_first="먼저 읽을 글",
        previous_post="이전 글",
        next_post="다음 글",
        related="관련 글",
        names_used="이 글에서 쓴 API",
        mark_read="읽음으로 표시",
        paths="학습 경로",
        paths_intro="위에서 아래로 선을 따라 읽습니다. 이어진 글은 위의 글을 읽었다고 보고 씁니다.",
        begin_here="처음이라면 여기에서 시작합니다",
        in_order="순서대로",
        other_posts="따로 읽는 글",
        names_index="API 색인",
        names_intro="글의 코드를 실행하면서 확인한 이름입니다. "
        "이름은 공식 문서로, 글의 제목은 그 이름을 처음 쓴 코드로 이어집니다.",
        find_name="이름으로 찾기",
        predict="예측해 보기",
        glossary="용어집",
        glossary_intro="글에 나오는 용어입니다. 글에서는 처음 나온 곳에 설명이 붙습니다.",
        used_in="쓰인 글",
        kinds_of_kin={
            Reason.TAGS: "같은 태그",
            Reason.NAMES: "함께 쓰는 API",
            Reason.WORDS: "함께 나오는 말",
        },
        marks={
            Mark.SAME: "기록된 출력과 같음",
            Mark.RAN: "실행함",
            Mark.RAISED: "예상한 오류",
            Mark.ELSEWHERE: "다른 컴퓨터에서 실행함",
            Mark.NOT_RUN: "실행하지 않음",
            Mark.DIFFERS: "기록된 출력과 다름",
            Mark.FAILED: "실패함",
        },
        standings={
            Standing.SOUND: "{day}에 실행하여 확인했습니다.",
            Standing.ELSEWHERE: "{day}에 다른 컴퓨터에서 실행한 결과입니다.",
            Standing.NO_CODE: "실행할 코드가 없습니다.",
            Standing.NOT_RUN: "이 글의 코드는 실행하지 않았습니다.",
            Standing.FLAWED: "{day}에 실행했으며, 고칠 곳이 있습니다.",
        },
        outcomes={Outcome.SAME: "같음", Outcome.DIFFERS: "다름", Outcome.FAILS: "실패"},
        causes={
            Cause.GENERATOR: "시드를 정하지 않은 난수 생성기",
            Cause.SETS: "집합의 순서",
            Cause.LISTING: "폴더에 있는 파일의 순서",
            Cause.THREADS: "여러 스레드의 반올림",
            Cause.RACE: "스레드나 프로세스가 끝나는 순서",
            Cause.TIME: "시각",
            Cause.UUID: "매번 새로 만드는 식별자",
            Cause.ADDRESS: "객체의 주소나 프로세스의 번호",
            Cause.NETWORK: "네트워크에서 받은 것",
            Cause.UNKNOWN: "알 수 없는 원인",
        },
        panel="검증",
        cells="셀",
        duration="걸린 시간",
        interpreter="파이썬",
        packages="패키지",
        device="장치",
        seed="시드",
        seeds="{seed} (random, NumPy, PyTorch)",
        repeats="재현",
        repeats_alike="{runs}번 거듭 실행하여 모두 같은 결과를 얻었습니다.",
        repeats_vary="{runs}번 거듭 실행하면 달라지는 곳이 있습니다.",
        other_versions="다른 버전",
        source="원본",
        messages="경고와 진행 상황",
        all_lines="출력 {count:,}줄 모두 보기",
        whole_trace="오류 기록 {count:,}줄 모두 보기",
        tall_table="{count:,}행의 표입니다. 상자 안에서 넘겨 봅니다.",
        chart="움직여 볼 수 있는 그림",
        chart_script="이 그림은 자바스크립트로 그립니다.",
        widget="위젯의 마지막 상태입니다. 움직여 보려면 글을 내려받아 실행합니다.",
        plots="그림 {count}개",
        kinds={
            "line": "선 그래프",
            "points": "산점도",
            "bar": "막대그래프",
            "histogram": "히스토그램",
            "pie": "원그래프",
            "image": "이미지",
            "mesh": "색으로 나타낸 값",
            "contour": "등고선",
            "surface": "곡면",
            "arrows": "화살표",
            "area": "영역",
        },
        axes={
            "x": "가로축",
            "y": "세로축",
            "z": "높이축",
            "legend": "범례",
            "names": "항목",
            "texts": "그림 안의 글",
        },
        status="검증 현황",
        status_intro="글마다 코드를 언제 실행했고 결과가 어떠했는지 한곳에 모았습니다.",
        verdicts={
            Standing.SOUND: "확인함",
            Standing.ELSEWHERE: "다른 곳에서 실행",
            Standing.NO_CODE: "코드 없음",
            Standing.NOT_RUN: "실행하지 않음",
            Standing.FLAWED: "고칠 곳 있음",
        },
        post="글",
        state="상태",
        any_state="모든 상태",
        find_post="글 찾기",
        times="{runs}번",
        checked_on="실행한 날",
        changed_on="고친 날",
        slowest="오래 걸린 셀",
        other_versions_intro="같은 글을 다른 버전의 패키지로도 실행하여 출력을 비교했습니다.",
        earlier_version="바뀌기 전",
        all_same="모두 같습니다.",
        warnings="앞으로 바뀔 기능",
        warnings_intro="라이브러리가 곧 바꾸거나 없앤다고 알린 기능을 쓰는 곳입니다.",
        no_warnings="라이브러리가 곧 바꾸거나 없앤다고 알린 기능을 쓰는 글이 없습니다.",
        warning="경고",
        message="내용",
        places="곳",
        relaxed="알고도 내보낸 문제",
        finding="종류",
    ),
    "en": Labels(
        not_run="This code was not run.",
        stored="Stored output (not run again)",
        skipped="Not run, because a cell before it failed.",
        no_value="(no value)",
        unmet="Not run, because it needs what the computer that made this site lacks: {missing}.",
        outdated="It was run on another computer{device} on {day}, but code or data have changed"
        " since.",
        from_elsewhere="Run on another computer{device} on {day}.",
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
        moved="This post has a new address.",
        comments="Comments",
        show_comments="Show comments",
        series="Series",
        in_series="Before and after in the series",
        place_in_series="Post {place} of {count}",
        read_first="Read first",
        previous_post="Previous",
        next_post="Next",
        related="Related posts",
        names_used="API used in this post",
        mark_read="Mark as read",
        paths="Learning paths",
        paths_intro="Read downwards along the lines: a post builds on those that lead to it.",
        begin_here="If you are new, begin here",
        in_order="In order",
        other_posts="Posts that stand alone",
        names_index="API index",
        names_intro="These names were found while the code of the posts ran. "
        "A name leads to its documentation, a title to the code that uses it first.",
        find_name="Find a name",
        predict="Have a guess",
        glossary="Glossary",
        glossary_intro="The terms of the posts. A post explains each where it first uses it.",
        used_in="Used in",
        kinds_of_kin={
            Reason.TAGS: "Same tags",
            Reason.NAMES: "Same API",
            Reason.WORDS: "Same words",
        },
        marks={
            Mark.SAME: "same as the recorded output",
            Mark.RAN: "ran",
            Mark.RAISED: "raised what it was meant to",
            Mark.ELSEWHERE: "ran on another computer",
            Mark.NOT_RUN: "not run",
            Mark.DIFFERS: "differs from the recorded output",
            Mark.FAILED: "failed",
        },
        standings={
            Standing.SOUND: "Run and checked on {day}.",
            Standing.ELSEWHERE: "These results come from another computer, on {day}.",
            Standing.NO_CODE: "There is no code to run.",
            Standing.NOT_RUN: "The code of this post was not run.",
            Standing.FLAWED: "Run on {day}; something needs mending.",
        },
        outcomes={Outcome.SAME: "same", Outcome.DIFFERS: "differs", Outcome.FAILS: "fails"},
        causes={
            Cause.GENERATOR: "an unseeded random generator",
            Cause.SETS: "the order of a set",
            Cause.LISTING: "the order of a folder's files",
            Cause.THREADS: "the rounding of several threads",
            Cause.RACE: "the order in which threads or processes end",
            Cause.TIME: "the time",
            Cause.UUID: "a new identifier each time",
            Cause.ADDRESS: "the number of an object or a process",
            Cause.NETWORK: "what comes from the network",
            Cause.UNKNOWN: "an unknown cause",
        },
        panel="Verification",
        cells="Cells",
        duration="Time taken",
        interpreter="Python",
        packages="Packages",
        device="Device",
        seed="Seed",
        seeds="{seed} (random, NumPy, PyTorch)",
        repeats="Reproducible",
        repeats_alike="{runs} runs gave the same each time.",
        repeats_vary="{runs} runs differ.",
        other_versions="Other versions",
        source="Source",
        messages="Warnings and progress",
        all_lines="Show all {count:,} lines of output",
        whole_trace="Show all {count:,} lines of the traceback",
        tall_table="A table of {count:,} rows, which scrolls within its box.",
        chart="Interactive figure",
        chart_script="This figure is drawn by JavaScript.",
        widget="The last state of a widget. Download and run the post to move it.",
        plots="{count} plots",
        kinds={
            "line": "line plot",
            "points": "scatter plot",
            "bar": "bar chart",
            "histogram": "histogram",
            "pie": "pie chart",
            "image": "image",
            "mesh": "values as colours",
            "contour": "contours",
            "surface": "surface",
            "arrows": "arrows",
            "area": "area",
        },
        axes={
            "x": "x axis",
            "y": "y axis",
            "z": "z axis",
            "legend": "Legend",
            "names": "Entries",
            "texts": "Texts",
        },
        status="Verification",
        status_intro="When the code of each post was run, and how it went.",
        verdicts={
            Standing.SOUND: "checked",
            Standing.ELSEWHERE: "ran elsewhere",
            Standing.NO_CODE: "no code",
            Standing.NOT_RUN: "not run",
            Standing.FLAWED: "needs mending",
        },
        post="Post",
        state="State",
        any_state="All states",
        find_post="Find a post",
        times="{runs} times",
        checked_on="Run on",
        changed_on="Changed on",
        slowest="Slowest cells",
        other_versions_intro="The same posts run with other versions of packages, and compared.",
        earlier_version="before a change",
        all_same="All are the same.",
        warnings="What will change",
        warnings_intro="Places that use what a library has said it will change or drop.",
        no_warnings="No post uses what a library has said it will change or drop.",
        warning="Warning",
        message="What it says",
        places="Where",
        relaxed="Known problems",
        finding="Kind",
    ),
}


def labels(language: str) -> Labels:
    """The words for a language; English where haebom does not speak it."""
    return _LABELS.get(language, _LABELS["en"])

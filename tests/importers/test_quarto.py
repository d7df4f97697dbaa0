"""Quarto's documents become posts of haebom."""

from __future__ import annotations

import json

import pytest
from oldblog import OldFolder

from haebom.frontmatter import parse, split


def body(folder: OldFolder, text: str) -> str:
    """What a text becomes, without front matter."""
    folder.documents.clear()
    return split(folder.write("a/index.qmd", f"---\ndate: 2020-01-02\n---\n{text}").only())[
        1
    ].strip("\n")


def test_front_matter(folder: OldFolder) -> None:
    """Title, authors or the old address would be lost, or options of Quarto refused."""
    text = folder.write(
        "posts/first post/index.qmd",
        '---\ntitle: "처음"\nauthor: [{name: kim, orcid: 1}]\ndate: "5/6/2023"\n'
        "date-modified: 2023-05-07\ncategories: [통계]\ndraft: false\nformat: html\n"
        "execute:\n  echo: false\n---\n글\n",
    ).only()
    parsed = parse(split(text)[0])
    assert not parsed.faults
    assert parsed.meta["title"] == "처음"
    assert parsed.meta["authors"] == ["kim"]
    assert str(parsed.meta["date"]["created"]) == "2023-05-06"
    assert parsed.meta["aliases"] == ["/posts/first post/"]
    assert "# execute:" in text
    assert folder.plan().documents[0].target == "posts/2023-05-06-first-post.md"


CELL = """\
```{python}
#| label: fig-one
#| code-fold: true
#| fig-width: 8
plot()
#| not: one
```
"""


def test_cells_do_not_run(folder: OldFolder) -> None:
    """Imported code would run; or its options would be refused as soon as it may."""
    assert body(folder, CELL) == (
        "```python {.ignore}\n#| label: fig-one\n#| echo: fold\nplot()\n#| not: one\n```"
    )
    (document,) = folder.plan().documents
    assert [(r.line, r.message) for r in document.remarks] == [
        (7, "haebom has no cell option 'fig-width'; the line is left out.")
    ]
    assert document.fences == 1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("::: {.callout-tip}\n글\n:::", '!!! tip "Tip"\n\n    글'),
        ("::: callout-tip\n\n## 제목 {#x}\n글\n:::", '!!! tip "제목"\n\n    글'),
        (
            '::: {.callout-note collapse="true" title="\'제목\'"}\n글\n:::',
            "??? note \"'제목'\"\n\n    글",
        ),
        (
            "::: {.panel-tabset}\n## R\na\n\n## Python\nb\n:::",
            '=== "R"\n\n    a\n\n=== "Python"\n\n    b',
        ),
        (
            ":::: {.columns}\n::: {.column}\na\n:::\n::::",
            '<div class="columns" markdown="1">\n\n<div class="column" markdown="1">\n\na\n\n</div>'
            "\n\n</div>",
        ),
        ("## 절 {#sec-a .x}", "## 절 {: #sec-a }"),
        ("@sec-a 참고", "[절 a](#sec-a) 참고"),
        ("see @fig-a", "see [Figure a](#fig-a)"),
        ("글^[각주 `a]` *b*]", "글[^quarto-1]\n\n[^quarto-1]: 각주 `a]` *b*"),
        ("`^[코드]`", "`^[코드]`"),
        ("[글]{.a #b}", '<span id="b" class="a">글</span>'),
        ("x^2^, H~2~O", "x<sup>2</sup>, H<sub>2</sub>O"),
        ("$x^2y^2$, $a~b~c$", "$x^2y^2$, $a~b~c$"),
        ("`{python} x` 개", "<code>&#123;python&#125; x</code> 개"),
        ("{{< pagebreak >}}끝", "끝"),
        ("{{< include a.qmd >}}", "<!-- {{< include a.qmd >}} -->"),
        ("| 하나\n| 둘", "하나  \n둘"),
        ("```{=html}\n<video></video>\n```", "<video></video>"),
        ("```{mermaid}\na --> b\n```", "```mermaid\na --> b\n```"),
        ("$$\nx\n$$ {#eq-a}", '$$\nx\n$$\n\n<span id="eq-a"></span>'),
        ("말\n  ~ 뜻", "말\n:   뜻"),
    ],
)
def test_constructs(folder: OldFolder, old: str, new: str) -> None:
    """Something that Quarto knows and kramdown does not would be shown as it is written."""
    assert body(folder, old) == new


def test_figures_and_captions(folder: OldFolder) -> None:
    """A caption would become a title that nobody sees, or the label of a figure would be lost."""
    folder.files = {"a/x.png"}
    text = (
        '![설명](x.png){#fig-a width=50% fig-alt="대체"}\n\n| a |\n|---|\n| b |\n\n: 표 {#tbl-a}\n'
    )
    assert body(folder, text) == (
        '<figure id="fig-a" markdown="span">\n<img src="x.png" alt="대체" width="50%">\n'
        '<figcaption markdown="span">설명</figcaption>\n</figure>\n\n'
        "| a |\n|---|\n| b |\n\n*표*\n{: #tbl-a }"
    )


def test_what_is_reported(folder: OldFolder) -> None:
    """Citations and shortcodes would vanish without a word."""
    body(folder, "@knuth84\n\n{{< video https://e.org/v >}}\n\n{{< meta x >}}\n")
    remarks = folder.plan().documents[0].remarks
    assert [(r.line, r.construct) for r in remarks] == [
        (4, "citation"),
        (6, "shortcode video"),
        (8, "shortcode meta"),
    ]


def test_nothing_is_closed(folder: OldFolder) -> None:
    """A document that ends too early would swallow its own text, or stop the import."""
    assert "끝" in body(folder, "::: {.callout-tip}\n::: {.x}\n끝")
    assert "끝" in body(folder, "```{python}\n끝")
    assert "끝" in body(folder, "```{=html}\n<b>끝")
    assert body(folder, ":::\n끝") == ":::\n끝"


def test_projects(folder: OldFolder) -> None:
    """Lists of pages would become posts, and links to the old site stay absolute."""
    folder.config = "website:\n  title: 블로그\n  site-url: https://e.org/blog\n"
    folder.write("index.qmd", "---\ntitle: x\nlisting:\n  contents: posts\n---\n")
    folder.write("posts/a.qmd", "---\ndate: 2020-01-02\n---\n[나](https://e.org/blog/posts/b.html)")
    folder.notebook("posts/b.ipynb", "---\ndate: 2020-01-03\n---\n", "[가](a.qmd)")
    plan = folder.plan()
    assert {d.source: d.target for d in plan.documents} == {
        "index.qmd": "",
        "posts/a.qmd": "posts/2020-01-02-a.md",
        "posts/b.ipynb": "posts/2020-01-03-b.ipynb",
    }
    assert plan.documents[0].remarks[0].line == 3
    texts = {file.path: (file.content or b"").decode() for file in plan.files}
    assert "[나](2020-01-03-b.ipynb)" in texts["posts/2020-01-02-a.md"]
    sources = ["".join(c["source"]) for c in json.loads(texts["posts/2020-01-03-b.ipynb"])["cells"]]
    assert sources[1] == "[가](2020-01-02-a.md)"
    assert "aliases: [/posts/b.html]" in sources[0]

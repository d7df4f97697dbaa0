"""Kramdown is read as kramdown reads it, and written so that Python-Markdown reads the same."""

from __future__ import annotations

import pytest

from haebom.importers.convert import Converter
from haebom.importers.kramdown.blocks import parse
from haebom.importers.kramdown.expected import expected_html
from haebom.importers.kramdown.nodes import Dialect
from haebom.importers.sameness import normal, words
from haebom.importers.text import Text


def read(text: str, **options: bool) -> str:
    """The HTML of a text as kramdown would make it."""
    document = parse(Text.of(text), Dialect(**options))
    return expected_html(document.root.children, document)


def written(converter: Converter, text: str, **options: bool) -> str:
    """A text as Python-Markdown is to read it."""
    return converter.write(parse(Text.of(text), Dialect(**options)), lambda node: node.name).text


BLOCKS = {
    "list by two blanks": (
        "* 가\n  * 나\n* 다\n",
        "<ul><li>가<ul><li>나</li></ul></li><li>다</li></ul>",
    ),
    "loose list": ("* 가\n\n* 나\n", "<ul><li><p>가</p></li><li><p>나</p></li></ul>"),
    "list behind paragraph": ("글\n* 가\n", "<p>글</p><ul><li>가</li></ul>"),
    "numbers": ("1. 가\n2. 나\n", "<ol><li>가</li><li>나</li></ol>"),
    "lazy": ("* 가\n나\n", "<ul><li>가\n나</li></ul>"),
    "boundary": ("* 가\n^\n* 나\n", "<ul><li>가</li></ul><ul><li>나</li></ul>"),
    "fence": ("~~~ ruby\n a\n~~~\n", "<pre> a\n</pre>"),
    "backticks": ("```\n[x]: y\n```\n", "<pre>[x]: y\n</pre>"),
    "terms": ("말\n: 뜻\n: 다른 뜻\n", "<dl><dt>말</dt><dd>뜻</dd><dd>다른 뜻</dd></dl>"),
    "list of attributes": ("글\n{: .a #b c='d'}\n", '<p class="a" id="b" c="d">글</p>'),
    "named list": ("{:n: .a .b}\n글\n{: n}\n", '<p class="a b">글</p>'),
    "list before": ("{: .a}\n글\n", '<p class="a">글</p>'),
    "heading": ("## 가 {#x}\n", '<h2 id="x">가</h2>'),
    "quote": ("> 가\n나\n", "<blockquote><p>가\n나</p></blockquote>"),
    "formula": ("$$ a < b $$\n", r"\[a &lt; b\]"),
    "inline formula": ("가 $$a_1$$\n", r"<p>가 \(a_1\)</p>"),
    "html": ("<div>*a*</div>\n", "<div>*a*</div>"),
    "html with markdown": ('<div markdown="1">\n*a*\n</div>\n', "<div><p><em>a</em></p></div>"),
    "comment": ("{::comment}\n가\n{:/comment}\n", ""),
    "nomarkdown": ("{::nomarkdown}\n<b>*</b>\n{:/}\n", "<b>*</b>"),
    "no head": ("| 가 | 나 |\n", "<table><tbody><tr><td>가</td><td>나</td></tr></tbody></table>"),
}


@pytest.mark.parametrize("name", BLOCKS)
def test_block_is_read(name: str) -> None:
    """Something would be read otherwise than the old blog showed it."""
    text, html = BLOCKS[name]
    assert normal(read(text), is_strict=True) == normal(html, is_strict=True)


SPANS = {
    "emphasis": (
        "*가* **나** _다_ __라__",
        "<em>가</em> <strong>나</strong> <em>다</em> <strong>라</strong>",
    ),
    "particle": ("**가**를", "<strong>가</strong>를"),
    "within words": ("a_b_c 2*3*4", "a_b_c 2<em>3</em>4"),
    "struck": ("~~가~~", "<del>가</del>"),
    "code": ("`` a`b ``", "<code>a`b</code>"),
    "escaped": (r"\*가\* \| \$", "*가* | $"),
    "break": ("가  \n나\\\\\n다", "가<br>나<br>다"),
    "link": ('[가](/b "c"){: .d}', '<a href="/b" title="c" class="d">가</a>'),
    "image": ("![가](b.png){: width='3'}", '<img src="b.png" alt="가" width="3">'),
    "nested brackets": ("[가 [나] 다](x)", '<a href="x">가 [나] 다</a>'),
    "image in link": ("[![가](a)](b)", '<a href="b"><img src="a" alt="가"></a>'),
    "autolink": ("<http://a.b/?c&amp;d>", '<a href="http://a.b/?c&amp;d">http://a.b/?c&amp;d</a>'),
    "html": ("<b>*가*</b> <code>*</code>", "<b><em>가</em></b> <code>*</code>"),
    "mathjax": (r"\\(a\\) $x_1$ $5", r"\(a\) \(x_1\) $5"),
    "unclosed": ("**가 *나", "**가 *나"),
}  # fmt: skip


@pytest.mark.parametrize("name", SPANS)
def test_span_is_read(name: str) -> None:
    """A span would be read otherwise than the old blog showed it."""
    text, html = SPANS[name]
    assert normal(read(text)) == normal(f"<p>{html}</p>")


WRITTEN = {
    "list by two blanks": ("* 가\n  * 나\n* 다\n", "- 가\n    - 나\n- 다\n"),
    "list by three": ("1. 가\n   - 나\n\n   글\n", "1. 가\n\n    - 나\n\n    글\n"),
    "two lists": ("* 가\n^\n* 나\n", "- 가\n\n<!-- -->\n\n- 나\n"),
    "tildes": ("~~~ ruby\na\n~~~\n", "```ruby\na\n```\n"),
    "formula": ("가 $$a$$\n\n$$\nb\n$$\n", "가 $a$\n\n$$\nb\n$$\n"),
    "backslashes": ("가\\\\\n나\n", "가  \n나\n"),
    "contents": ("* TOC\n{:toc}\n", "[TOC]\n"),
    "terms": ("말\n: 뜻\n", "말\n:   뜻\n"),
    "comment": ("{::comment}\n가\n{:/}\n", "<!--가-->\n"),
    "no head": ("| 가 | `x|y` |\n", "|  |  |\n|---|---|\n| 가 | `x|y` |\n"),
    "pipe in a formula": (
        "| $$\\|x\\|$$ | 나 |\n",
        "|  |  |\n|---|---|\n| $\\vert x\\vert$ | 나 |\n",
    ),
    "task": ("* [x] 가\n* [ ] 나\n", "- [x] 가\n- [ ] 나\n"),
    "escape that is none": (r"가 \: 나" + "\n", "가 : 나\n"),
    "dollars": ("값은 $5, 또는 10$입니다\n", "값은 \\$5, 또는 10\\$입니다\n"),
    "tag that is none": ("a <<b>> c\n", "a &#60;&#60;b\\>\\> c\n"),
    "value in prose": ("`{python} 1 + 1`\n", "<code>&#123;python&#125; 1 &#43; 1</code>\n"),
    "highlight in prose": ("`#!python x`\n", "<code>&#35;&#33;python x</code>\n"),
    "block looks": ("가\n\n\n!!! note\n", "가\n\n\\!!! note\n"),
    "code in item": (
        "* ~~~\n  code\n  ~~~\n\n* 나\n",
        "- &#8203;\n\n    ```\n    code\n    ```\n\n- 나\n",
    ),
    "attributes of a table": (
        "|a|\n{: .x}\n",
        '<div class="x" markdown="1">\n\n|  |\n|---|\n| a |\n\n</div>\n',
    ),
    "image as html": ('<img src="a.png" width="3">\n', '![](a.png){: width="3" }\n'),
    "unclosed html": ("<div>\n가\n", "<div>\n가\n</div>\n"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRITTEN)
def test_is_written(converter: Converter, name: str) -> None:
    """The new text would not be what its author can go on with, or would read otherwise."""
    text, wanted = WRITTEN[name]
    assert written(converter, text) == wanted
    assert normal(converter.html(wanted)) == normal(read(text))


def test_footnotes_keep_their_numbers(converter: Converter) -> None:
    """Python-Markdown would number footnotes as they are defined, not as they are referred to."""
    text = "[^b]: 둘\n\n[^a]: 하나\n\n[^c]: 아무도\n\n가[^a] 나[^b]\n"
    html = converter.html(written(converter, text))
    assert normal(html) == normal(read(text))
    assert "아무도" not in words(html)


def test_indentation_of_deep_lists(converter: Converter) -> None:
    """Lists within lists within lists would become code, or fall out of each other."""
    text = "- 1\n  - 2\n    - 3\n\n      글\n\n          code\n  - 4\n1. 5\n   1. 6\n"
    assert normal(converter.html(written(converter, text))) == normal(read(text))


def test_text_without_end_is_read(converter: Converter) -> None:
    """Signs that open and never close would take time without end, or swallow the rest."""
    for sign in ("![", "[", "**a ", "`", "<b>", "~~", "$$", "{:", "[^", "*" * 3):
        text = sign * 400 + "끝"
        assert "끝" in " ".join(words(converter.html(written(converter, text))))


def test_hard_wrap(converter: Converter) -> None:
    """A blog whose every line end broke the line would lose them."""
    assert written(converter, "가\n나\n", hard_wrap=True) == "가  \n나\n"


def test_plain_kramdown_needs_blank_lines() -> None:
    """A blog that does not read like GitHub would get lists where it had text."""
    assert normal(read("글\n* 가\n", gfm=False)) == normal("<p>글\n* 가</p>")

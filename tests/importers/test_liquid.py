"""Templates are evaluated as far as a post alone allows; the rest is kept and reported."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from haebom.importers import themes
from haebom.importers.ledger import Ledger
from haebom.importers.liquid import Evaluator, Surroundings, Unknown
from haebom.importers.text import Text

Evaluate = Callable[[str], tuple[str, Ledger]]


def _link(path: str) -> str:
    if path != "a.md":
        raise Unknown(f"there is no file {path!r}")
    return "/base/a.md"


@pytest.fixture
def evaluate() -> Evaluate:
    """Evaluates a text with a small site around it."""
    surroundings = Surroundings(
        site={"url": "https://old.example", "baseurl": "/base", "title": "옛 블로그"},
        page={"title": "제목", "tags": ["가", "나"]},
        includes={"sig.md": "{{ include.who }} 올림", "loop.md": "{% include loop.md %}"},
        widgets=themes.widget,
        relative={"beside.md": "곁에 있는 글"}.get,
        link=_link,
        post=_link,
    )

    def run(text: str) -> tuple[str, Ledger]:
        ledger = Ledger()
        return Evaluator(surroundings, ledger).text(Text.of(text)).content, ledger

    return run


KNOWN = {
    "url": ("{{ site.url }}{{site.baseurl}}/x", "https://old.example/base/x"),
    "filter": ('{{ "/x.png" | relative_url }}', "/base/x.png"),
    "absolute": ('{{ "x" | absolute_url }}', "https://old.example/base/x"),
    "page": ("{{ page.title }}: {{ page.tags | join: ', ' }}", "제목: 가, 나"),
    "raw": ("{% raw %}{{ x }}{% endraw %}", "{{ x }}"),
    "raw block": ("{% raw %}{% if x %}{% endif %}{% endraw %}", "{% if x %}{% endif %}"),
    "link": ("[a]({% link a.md %})", "[a](/base/a.md)"),
    "assign": ("{% assign x = 'y' %}{{ x }}", "y"),
    "capture": ("{% capture x %}*y*{% endcapture %}{{ x }}", "*y*"),
    "condition": ("{% if page.title == '제목' %}네{% else %}아니요{% endif %}", "네"),
    "loop": ("{% for t in page.tags %}{{ t }},{% endfor %}", "가,나,"),
    "white space": ("a\n{%- assign x = 1 -%}\nb", "ab"),
    "highlight": ("{% highlight python %}\nx\n{% endhighlight %}", "\n~~~ python\nx\n~~~\n"),
    "numbered": (
        "{% highlight ruby linenos %}\nx\n{% endhighlight %}",
        '\n~~~ ruby\nx\n~~~\n{: linenums="1" }\n',
    ),
    "include": ('{% include sig.md who="나" %}', "나 올림"),
    "beside": ("{% include_relative beside.md %}", "곁에 있는 글"),
    "contents": ("{% include toc %}", "\n\n* TOC\n{:toc}\n"),
    "nothing": ("{ { x } } 50% {a}", "{ { x } } 50% {a}"),
}


@pytest.mark.parametrize("name", KNOWN)
def test_known(evaluate: Evaluate, name: str) -> None:
    """What the post alone tells would be lost, or come out otherwise than in the old blog."""
    text, wanted = KNOWN[name]
    value, ledger = evaluate(text)
    assert value == wanted
    assert not ledger.remarks


UNKNOWN = {
    "posts": ("{% for p in site.posts %}{{ p }}{% endfor %}", "liquid for"),
    "tag": ("{% mystery a b %}", "liquid mystery"),
    "filter": ("{{ page.title | mystery }}", "liquid output"),
    "value": ("{{ nobody.knows }}", "liquid output"),
    "day": ("{{ 'now' | date: '%Y' }}", "liquid output"),
    "include": ("{% include nowhere.html %}", "liquid include"),
    "include without end": ("{% include loop.md %}", "liquid include"),
    "syntax": ("{{ a b c }}", "liquid output"),
    "loop without end": ("{% for i in (1..99999999) %}x{% endfor %}", "liquid for"),
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_unknown(evaluate: Evaluate, name: str) -> None:
    """Something would vanish without a word, or stay visible as a template."""
    text, construct = UNKNOWN[name]
    value, ledger = evaluate(f"가\n\n{text}\n\n나\n")
    assert value == f"가\n\n<!-- {text} -->\n\n나\n"
    assert [(r.line, r.construct) for r in ledger.remarks] == [(3, construct)]


def test_within_code_all_stays(evaluate: Evaluate) -> None:
    """An example of another template language would be emptied."""
    text = "`{{ secrets.KEY }}`\n\n```yaml\nkey: {{ secrets.KEY }}\n```\n"
    value, ledger = evaluate(text)
    assert value == text
    assert [remark.line for remark in ledger.remarks] == [1, 4]


def test_within_an_address_nothing_is_left(evaluate: Evaluate) -> None:
    """A comment within the address of a link would break the link's syntax."""
    value, ledger = evaluate('[a]({{ page.next.url }}/b) <a href="{{ x.y }}">c</a>\n')
    assert value == '[a](/b) <a href="">c</a>\n'
    assert len(ledger.remarks) == 2


def test_embedded_things_become_links(evaluate: Evaluate) -> None:
    """A gist or a video would be gone."""
    value, ledger = evaluate("{% gist a/b %} {% youtube xyz %}")
    assert value == "<https://gist.github.com/a/b> <https://www.youtube.com/watch?v=xyz>"
    assert len(ledger.remarks) == 2


def test_captured_markdown_is_markdown(evaluate: Evaluate) -> None:
    """A notice made by capture and markdownify would show its signs."""
    value, _ = evaluate(
        '{% capture n %}**가**{% endcapture %}<div class="notice">\n'
        "  {{ n | markdownify }}\n</div>\n"
    )
    assert value == '<div class="notice" markdown="1">\n\n**가**\n\n</div>\n'


def test_lines_are_those_of_the_file(evaluate: Evaluate) -> None:
    """A remark behind a block that became shorter or longer would point to another line."""
    text = "{% capture a %}\n1\n2\n{% endcapture %}\n\n"
    text += "{% include figure image_path='x' caption='y' %}\n\n{{ nothing.here }}\n"
    _, ledger = evaluate(text)
    assert [remark.line for remark in ledger.remarks] == [8]

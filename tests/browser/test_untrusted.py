"""Pages of strangers in Chromium: nothing of theirs runs. The policy under which pages work."""

from __future__ import annotations

import functools
import http.server
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from haebom.hosts.mkdocs.csp import policy
from helpers import MKDOCS_YML, code_cell, dumped, notebook, write_site

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

RUN = "(window.ran=window.ran||[]).push"

POST = f"""\
---
title: "<img src=x onerror={RUN}('title')>"
description: "\\"><script>{RUN}('description')</script>"
tags: ["<img src=x onerror={RUN}('tag')>"]
authors: [anna]
links:
  - "<img src=x onerror={RUN}('related')>": "javascript:{RUN}('link')"
---

# 남이 보낸 글 <img src=x onerror={RUN}('heading')>

<script>{RUN}('script')</script>
<img src=x onerror="{RUN}('image')">
<svg onload="{RUN}('svg')"></svg>

[link](javascript:{RUN}(1)){{: onmouseover="{RUN}('attribute')" #click }}

글의 앞부분입니다. needleword &lt;img src=x onerror={RUN}('search')&gt;

<!-- more -->

## 둘 `<img src=x onerror={RUN}('code')>`

<div id="__config">{{"base": "/evil"}}</div>

```python
from IPython.display import HTML, SVG, Javascript, Markdown, display
display(HTML("<b>kept</b><script>{RUN}('output')</script><img src=x onerror=\\"{RUN}('html')\\">"))
display(SVG("<svg xmlns='http://www.w3.org/2000/svg' onload=\\"{RUN}('drawing')\\">"
            "<rect width='9' height='9'/></svg>"))
display(Markdown("<img src=x onerror=\\"{RUN}('md')\\"> **bold**"))
display(Javascript("{RUN}('js')"))
print("\\x1b]8;;javascript:{RUN}('escape')\\x07click\\x1b]8;;\\x07 \\x1b[31mred\\x1b[0m <b>no</b>")
```
"""

BOOK = notebook(
    "---\ntitle: 노트북\ndate: 2026-01-02\n---\n\n# 노트북",
    code_cell(
        "1",
        "skip-execution",
        outputs=[
            {"output_type": "display_data", "metadata": {},
             "data": {"text/html": f"<script>{RUN}('stored')</script>"}}
        ],
    ),
    f"<img src=x onerror=\"{RUN}('cell')\">",
)  # fmt: skip

FILES: dict[str, str | bytes] = {
    "posts/2026-01-01-bad/index.md": POST,
    "posts/2026-01-01-bad/page.html": f"<script>{RUN}('file')</script>",
    "posts/2026-01-01-bad/drawing.svg": "<svg xmlns='http://www.w3.org/2000/svg'>"
    f"<script>{RUN}('file')</script><rect/></svg>",
    "posts/2026-01-02-book.ipynb": dumped(BOOK),
    "docs/page.md": f"---\ntitle: \"<img src=x onerror={RUN}('page')>\"\n---\n\n# 쪽\n\n"
    f"<script>{RUN}('page')</script><p>text</p>\n",
    "docs/code.md": f"# 쪽 `<img src=x onerror={RUN}('code-title')>`\n\n"
    f"## 절 `<img src=x onerror={RUN}('code-heading')>`\n",
    "posts/2026-01-03-code.md": f"# 글 `</title><img src=x onerror={RUN}('code-post')>`\n\n글\n",
    "docs/entity.md": f"---\ntitle: \"&lt;img src=x onerror={RUN}('entity')&gt;\"\n"
    f"description: '0;url=/evil\" http-equiv=\"refresh'\n---\n\n# 쪽\n",
    "docs/extra.js": f"{RUN}('extra')",
    "docs/blog/.authors.yml": "authors:\n  anna:\n    name: \"<img src=x onerror="
    f"{RUN}('author')>\"\n    description: x\n    avatar: a.png\n",
}  # fmt: skip
CONFIG = "extra_javascript: [extra.js]\n" + "".join(
    line for line in MKDOCS_YML.splitlines(True) if not line.startswith(("repo_url", "edit_uri"))
)
PLACES = (
    "",
    "blog/",
    "blog/bad/",
    "blog/book/",
    "blog/code/",
    "page/",
    "code/",
    "entity/",
    "tags/",
    "404.html",
)


class _Served(http.server.SimpleHTTPRequestHandler):
    policy = ""

    def end_headers(self) -> None:
        if self.policy:
            self.send_header("Content-Security-Policy", self.policy)
        super().end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def served(folder: Path, header: str = "") -> Iterator[str]:
    """Serve a site's folder as its address says, with a policy in the header."""
    root = folder.parent / f"served-{folder.name}"
    root.mkdir(exist_ok=True)
    (root / "blog-site").symlink_to(folder)
    handler = type("Handler", (_Served,), {"policy": header})
    factory = functools.partial(handler, directory=str(root))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), factory) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/blog-site/"
        server.shutdown()
        thread.join()


def visit(page: Any, address: str) -> set[str | int]:
    """Go everywhere, touch everything, search; give the names of what ran."""
    ran: set[str | int] = set()
    for place in PLACES:
        page.goto(address + place, wait_until="networkidle")
        link = page.locator("#click")
        if link.count():
            link.first.hover()
            link.first.click()
            page.wait_for_timeout(300)  # such an address runs a moment later
        ran |= set(page.evaluate("window.ran || []"))
    page.goto(address, wait_until="networkidle")
    page.locator(".md-search__input").click()
    page.locator(".md-search__input").fill("needleword")
    page.wait_for_selector(".md-search-result__item")
    page.wait_for_timeout(300)
    return ran | set(page.evaluate("window.ran || []"))


def built(folder: Path, outputs: str) -> Path:
    """The stranger's site, built; give the folder of the site."""
    config = CONFIG.replace(
        "      jobs: 2\n", "      warn_only: [output-drift, missing-asset, missing-alt]\n"
    )
    project = write_site(folder, FILES, config)
    done = project.run("mkdocs", "build", env={"HAEBOM_OUTPUTS": outputs})
    assert done.code == 0, done.text
    return project.root / "site"


def test_strangers_run_what_they_like_on_a_trusted_site(browser: Any, tmp_path: Path) -> None:
    """The attacks would not be any, and their failing elsewhere would prove nothing."""
    with served(built(tmp_path / "a site", "trusted")) as address:
        page = browser.new_page()
        ran = visit(page, address)
        page.close()
    assert {"script", "image", "svg", "attribute", 1, "output", "html", "md"} <= ran, ran
    assert {"title", "page", "extra", "cell", "author"} <= ran, ran


@pytest.fixture(scope="module")
def sanitised(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The stranger's site, sanitised."""
    return built(tmp_path_factory.mktemp("sanitised") / "a site", "sanitised")


def test_nothing_of_strangers_runs_where_it_is_sanitised(browser: Any, sanitised: Path) -> None:
    """Whoever looks at the preview of a pull request would run what a stranger wrote."""
    for page in sanitised.rglob("*.html"):  # the first wall alone has to hold
        text = page.read_text("utf-8")
        assert POLICY.search(text), page
        page.write_text(POLICY.sub("", text), "utf-8")
    with served(sanitised) as address:
        page = browser.new_page()
        assert visit(page, address) == set()
        page.goto(address + "blog/bad/")
        outputs = page.locator(".haebom-output").inner_text()
        drawn = page.locator(".haebom-output img").evaluate_all("all => all.map(e => e.src)")
        page.close()
    assert any(src.endswith(".svg") for src in drawn)
    assert "kept" in outputs
    assert "bold" in outputs
    assert "<b>no</b>" in outputs
    files = {path.name for path in sanitised.rglob("*")}
    assert not {"page.html", "extra.js"} & files
    (drawing,) = sanitised.rglob("drawing.svg")
    assert drawing.read_text("utf-8").strip() == (
        '<svg xmlns="http://www.w3.org/2000/svg"><rect></rect></svg>'
    )


# -- the policy ----------------------------------------------------------------------------------

OWN = """\
# 우리 글

글에 수식 $x^2$과 그림이 있습니다. needleword

```mermaid
graph LR
  A --> B
```

```python
import matplotlib.pyplot as plt
plt.plot([1, 2, 1]); plt.title("line"); plt.show()
```

```python
#| fig-alt: 두 칸
from IPython.display import SVG
import io
buffer = io.StringIO()
plt.figure(); plt.imshow([[0, 1], [1, 0]]); plt.savefig(buffer, format="svg"); plt.close()
SVG(buffer.getvalue())
```

```python
import pandas as pd
pd.DataFrame({"a": [1, 2]}).style.background_gradient()
```
"""

POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
LISTEN = """
window.violations = []
document.addEventListener('securitypolicyviolation', e =>
    window.violations.push(`${e.violatedDirective}: ${e.blockedURI} ${e.sample}`))
"""


def test_pages_work_under_the_policy(browser: Any, tmp_path: Path) -> None:
    """A site that sets the documented policy would lose its search, its colours or its figures."""
    files: dict[str, str | bytes] = {"posts/2026-01-01-own.md": OWN}
    config = "".join(
        line
        for line in MKDOCS_YML.splitlines(True)
        if not line.startswith(("repo_url", "edit_uri"))
    ).replace("  features: [", "  features: [navigation.instant, search.suggest, ")
    project = write_site(tmp_path / "a site", files, config)
    done = project.build()
    assert done.code == 0, done.text
    told = project.haebom("csp")
    assert told.code == 0
    header = told.text.strip()
    assert header == policy(project.root / "site")
    assert "unsafe-eval" not in header
    assert "'unsafe-inline'" not in header.partition("script-src")[2].partition(";")[0]
    with served(project.root / "site", header) as address:
        context = browser.new_context()
        context.add_init_script(LISTEN)
        page = context.new_page()
        problems: list[str] = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        for place in ("", "blog/own/", "blog/", "tags/", "404.html"):
            page.goto(address + place, wait_until="networkidle")
            problems += page.evaluate("window.violations")
        page.goto(address + "blog/own/", wait_until="networkidle")
        widths = (
            "all => all.map(e => e.loading = 'eager').length && Promise.all(all.map("
            "e => e.decode().then(() => e.naturalWidth)))"
        )
        drawn = page.locator(".haebom-output img").evaluate_all(widths)
        assert len(drawn) >= 2
        assert min(drawn) > 0
        assert page.locator(".katex").count() > 0
        assert page.locator(".mermaid svg, div.mermaid").count() > 0
        page.locator(".md-search__input").click()
        page.locator(".md-search__input").fill("needleword")
        page.wait_for_selector(".md-search-result__item")
        problems += page.evaluate("window.violations")
        context.close()
    assert problems == []


def test_the_policy_refuses_scripts_of_others(browser: Any, tmp_path: Path) -> None:
    """The policy would let through what it is there for."""
    project = write_site(tmp_path / "a site", {"posts/2026-01-01-own.md": OWN}, CONFIG)
    project.write("docs/extra.js", "")
    assert project.build().code == 0
    header = policy(project.root / "site")
    page_file = project.root / "site/blog/own/index.html"
    bad = f"<script>{RUN}('inline')</script><img src=x onerror=\"{RUN}('handler')\">"
    page_file.write_text(page_file.read_text("utf-8").replace("</h1>", f"</h1>{bad}", 1), "utf-8")
    with served(project.root / "site", header) as address:
        page = browser.new_page()
        page.goto(address + "blog/own/", wait_until="networkidle")
        assert page.evaluate("window.ran || []") == []
        page.close()

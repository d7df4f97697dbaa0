"""A real blog, built by MkDocs with Material."""

from __future__ import annotations

import gzip
import json
import re
import shutil
from pathlib import Path
from xml.etree import ElementTree

import pytest

from helpers import Done, Project, article

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("host")]

Built = tuple[Project, Done]


def test_a_strict_build_is_clean(built: Built) -> None:
    """A correct blog would not build without warnings, or drafts would run."""
    _, done = built
    assert done.code == 0, done.text
    assert "WARNING" not in done.text
    assert "10 posts" in done.text or "9 posts" in done.text
    assert "0 findings" in done.text


@pytest.mark.parametrize(
    ("page", "output"),
    [
        ("blog/first", "머리말의 출력"),
        ("blog/first", ">42<"),
        ("blog/둘째", ">42<"),
        ("blog/대본", "대본의 출력"),
        ("blog/notebook", "노트북의 출력"),
        ("blog/notebook", "ZeroDivisionError"),
        ("blog/연습-3", ">3000<"),
        ("guide", "안내의 출력"),
    ],
)
def test_outputs_are_on_the_pages(built: Built, page: str, output: str) -> None:
    """A page would lack what its code puts out."""
    assert output in article(built[0].page(page))


def test_pages_that_take_no_part(built: Built) -> None:
    """A page that `include:` does not name would be run."""
    assert "haebom-output" not in built[0].page("plain")
    assert "undefined_name" in built[0].page("plain")


def test_what_is_no_post(built: Built) -> None:
    """Drafts, README files or the sources of posts would be published."""
    files = "\n".join(name for name in built[0].tree() if not name.startswith("downloads/"))
    for name in ("초고", "README", ".ipynb", ".md", "haebom/cells"):
        assert name not in files, name
    assert "읽어 보세요" not in built[0].read("site/search/search_index.json")


def test_bundles_bring_their_files(built: Built) -> None:
    """Images and data of a bundle would be missing, or links to them broken."""
    project, _ = built
    html = article(project.page("blog/둘째"))
    for pattern in (r'<img[^>]*src="([^"]+\.png)"', r'<a href="([^"]+\.csv)"'):
        found = re.search(pattern, html)
        assert found, pattern
        from urllib.parse import unquote

        target = project.root / "site/blog/둘째" / unquote(found[1])
        assert target.resolve().is_file(), found[1]


def test_links_written_as_repository_paths(built: Built) -> None:
    """A link to a source file would not lead to its page."""
    first = article(built[0].page("blog/first"))
    assert 'href="../%EB%91%98%EC%A7%B8/#둘째-절"' in first or (
        'href="../%EB%91%98%EC%A7%B8/#%EB%91%98%EC%A7%B8-%EC%A0%88"' in first
    )
    assert first.count('href="../../guide/"') >= 2
    second = article(built[0].page("blog/둘째"))
    assert 'href="../first/"' in second
    assert 'id="합계"' in second
    assert 'href="#합계"' in second


def test_links_work_in_listings(built: Built) -> None:
    """The excerpt of a post would have links and images that only work on its own page."""
    project, _ = built
    listing = next(
        path
        for path in (project.root / "site/blog").rglob("index.html")
        if all(word in path.read_text("utf-8") for word in ("그림", "md-post--excerpt"))
    )
    from urllib.parse import unquote

    sources = re.findall(r'<img[^>]*src="([^"]+\.png)"', listing.read_text("utf-8"))
    targets = [listing.parent / unquote(s) for s in sources if not s.startswith(("http", "/"))]
    assert targets
    assert all(target.resolve().is_file() for target in targets), sources


def test_korean_anchors(built: Built) -> None:
    """A Korean heading would have no anchor of its own."""
    assert 'id="한글-제목-하나"' in built[0].page("blog/first")


def test_excerpts(built: Built) -> None:
    """A listing would show whole posts, or lose the output in the excerpt."""
    listing = "".join(
        built[0].read(path)
        for path in (f"site/{p}" for p in built[0].tree() if p.startswith("blog/"))
        if path.endswith("index.html") and ("/page/" in path or path == "site/blog/index.html")
    )
    assert "머리말의 출력" in listing
    assert "한글 제목 하나" not in listing


def test_values_are_in_all_that_is_made_of_a_post(built: Built) -> None:
    """A title, a listing, a description or the search would show an expression, or its mark."""
    project, _ = built
    page, listing = project.page("blog/first"), project.page("blog/page/2")
    assert '머리말의 값은 <span class="haebom-value">1,000,000</span>입니다.' in article(page)
    assert '머리말의 값은 <span class="haebom-value">1,000,000</span>입니다.' in listing
    assert 'id="답은-42-python-answer"' in page
    assert 'href="#답은-42-python-answer"' in page
    assert '<meta name="description" content="첫 글의 요약, 답은 42">' in page
    assert "<title>노트북 32 - 작은 블로그</title>" in project.page("blog/notebook")
    found = [_unpacked(data) for path, data in project.tree("site/search/shards").items()]
    assert any("머리말의 값은 1,000,000입니다.".encode() in data for data in found)
    texts = "".join(project.read(f"site/{path}") for path in project.tree() if "html" in path)
    assert texts.count("{python}") == texts.count("`{python} answer`") == 2, "heading and contents"
    assert "haebom:" not in texts


def _unpacked(data: bytes) -> bytes:
    return gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data


def test_views_of_the_blog(built: Built) -> None:
    """Pagination, archive, categories or tags would be missing."""
    tree = built[0].tree()
    assert "blog/page/2/index.html" in tree
    assert "blog/archive/2026/index.html" in tree
    assert "blog/archive/2025/index.html" in tree
    assert any(path.startswith("blog/category/딥러닝") for path in tree)
    assert "gpu" in built[0].page("tags")
    assert "김해봄" in built[0].page("blog/first")


def test_related_links(built: Built) -> None:
    """Links in the front matter would not be shown."""
    html = built[0].page("blog/first")
    assert "안내" in html
    assert re.search(r'href="\.\./\.\./guide/"[^>]*class="md-nav__link"', html)


@pytest.mark.parametrize(
    ("page", "source"),
    [
        ("blog/first", "posts/2026-01-02-first.md"),
        ("blog/notebook", "posts/2026-01-08-notebook.ipynb"),
        ("blog/대본", "posts/2026-01-06-대본.py"),
        ("blog/둘째", "posts/2026-01-05-둘째/index.md"),
        ("guide", "docs/guide.md"),
        ("plain", "docs/plain.md"),
    ],
)
def test_edit_and_view_links(built: Built, page: str, source: str) -> None:
    """ "Edit this page" would lead to a staged or missing file instead of the true source."""
    from posixpath import normpath
    from urllib.parse import unquote

    base = "https://github.com/example/site/"
    pattern = rf'href="{re.escape(base)}((?:edit|raw)/[^"]+)"'
    found = re.findall(pattern, built[0].page(page))
    targets = {normpath(unquote(target)) for target in found}
    assert targets == {f"edit/main/{source}", f"raw/main/{source}"}


def test_feeds(built: Built) -> None:
    """The feeds would be malformed, incomplete, or hold a draft."""
    project, _ = built
    rss = ElementTree.fromstring(project.read("site/feed.xml"))
    assert rss.findtext("./channel/link") == "https://example.org/blog-site/"
    items = rss.findall("./channel/item")
    titles = [item.findtext("title") for item in items]
    assert titles[0] == "노트북 32"
    assert set(titles) == {
        "첫 글",
        "둘째 글",
        "대본",
        "노트북 32",
        *(f"연습 {n}" for n in range(1, 5)),
    }
    first = items[titles.index("첫 글")]
    assert first.findtext("link") == "https://example.org/blog-site/blog/first/"
    assert first.findtext("description") == "첫 글의 요약, 답은 42"
    assert {c.text for c in first.findall("category")} == {"텐서", "gpu"}
    feed = json.loads(project.read("site/feed.json"))
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert [item["title"] for item in feed["items"]] == titles
    item = feed["items"][titles.index("첫 글")]
    assert item["date_modified"].startswith("2026-03-04")
    assert item["authors"] == [{"name": "김해봄"}]
    head = project.page("blog/first").split("</head>")[0]
    assert 'type="application/rss+xml"' in head
    assert 'href="../../feed.xml"' in head


def test_search_has_prose_but_no_outputs(make_site) -> None:  # type: ignore[no-untyped-def]
    """Search results would be full of numbers, or lack the text of a page."""
    config = (
        "site_name: a\ntheme: {name: material, font: false}\n"
        "plugins: [search, {haebom: {include: [index.md]}}]\n"
    )
    code = "```python\nprint('un' + 'wanted')\n```\n\n"
    code += "```python\n#| search: true\n'wan' + 'ted'\n```\n"
    project = make_site({"docs/index.md": f"# Home\n\nprose\n\n{code}"}, config)
    done = project.build()
    assert done.code == 0, done.text
    index = json.loads(project.read("site/search/search_index.json"))
    text = " ".join(entry["text"] for entry in index["docs"])
    assert "prose" in text
    assert "unwanted" in project.page("")
    assert "unwanted" not in text
    assert "'wanted'" in text


def test_outputs_are_no_headings_and_hidden_cells_not_shown(built: Built) -> None:
    """A hidden cell would be shown."""
    assert "숨김" not in article(built[0].page("blog/notebook"))


def test_no_source_is_touched_and_nothing_left_in_docs(blog: Project) -> None:
    """A build would write into posts/ or docs/."""
    before = {folder: blog.tree(folder) for folder in ("posts", "docs")}
    assert blog.build().code == 0
    assert {folder: blog.tree(folder) for folder in ("posts", "docs")} == before
    assert not (blog.root / "docs/blog/posts").exists()
    assert [path.name for path in blog.root.glob(".*.new")] == []


def test_a_second_build_runs_nothing_and_changes_nothing(blog: Project) -> None:
    """An unchanged blog would run its posts again, or come out differently."""
    before = blog.tree()
    done = blog.build()
    assert done.code == 0, done.text
    assert "ran posts/" not in done.text
    after = blog.tree()
    changed = [path for path in before if before[path] != after.get(path)]
    moving = {"sitemap.xml.gz"}  # gzip writes the time
    assert set(changed) <= moving, changed
    assert before.keys() == after.keys()


def test_prose_edits_run_nothing(blog: Project) -> None:
    """An edit of prose would run code."""
    blog.write("posts/2026-01-02-first.md", blog.read("posts/2026-01-02-first.md") + "\n덧붙임.\n")
    done = blog.build()
    assert "ran posts/" not in done.text
    assert "덧붙임" in blog.page("blog/first")


def test_changed_data_runs_its_post_alone(blog: Project) -> None:
    """A post would show the output of old data."""
    blog.write("posts/2026-01-05-둘째/data/수.csv", "1\n2\n")
    done = blog.build()
    assert " 1 ran" in done.text, done.text
    assert ">3<" in blog.page("blog/둘째")


def test_a_failing_cell_stops_the_build(blog: Project) -> None:
    """A failing post would be published, or be told without its exact line."""
    path = "posts/2026-01-05-둘째/index.md"
    text = blog.read(path).replace("sum(numbers)", "sum(numbers)\n        undefined(1)")
    blog.write(path, text)
    line = text.split("\n").index("        undefined(1)") + 1
    before = blog.tree()
    done = blog.run("mkdocs", "build")
    assert done.code == 1
    assert f"{path}:{line}: cell-error: NameError" in done.text
    assert "nothing was published" in done.text
    assert blog.tree() == before
    assert [p.name for p in blog.root.glob(".site*")] == []
    check = blog.haebom("check")
    assert check.code == 1
    assert f"{path}:{line}: cell-error: NameError" in check.text


def test_warn_only_publishes(blog: Project) -> None:
    """`warn_only` would not relax, or hide the finding."""
    config = blog.read("mkdocs.yml").replace("jobs: 2", "jobs: 2\n      warn_only: [cell-error]")
    blog.write("mkdocs.yml", config)
    blog.write("posts/2026-02-01-bad.md", "# 나쁜 글\n\n```python\n1/0\n```\n")
    done = blog.run("mkdocs", "build")
    assert done.code == 0, done.text
    assert "posts/2026-02-01-bad.md:4: cell-error" in done.text
    assert "ZeroDivisionError" in blog.page("blog/bad")


def test_an_unknown_option_of_the_plugin(blog: Project) -> None:
    """A misspelt option in mkdocs.yml would be ignored."""
    blog.write("mkdocs.yml", blog.read("mkdocs.yml").replace("jobs: 2", "job: 2"))
    done = blog.build()
    assert done.code == 1
    assert "Did you mean 'jobs'?" in done.text


def test_an_author_that_is_not_there(blog: Project) -> None:
    """An error of the blog plugin itself would leave half a site."""
    before = blog.tree()
    blog.write("posts/2026-02-01-x.md", "---\nauthors: [nobody]\n---\n# 글\n")
    done = blog.build()
    assert done.code == 1
    assert blog.tree() == before
    assert [p.name for p in blog.root.glob(".site*")] == []


def test_git_dates_are_those_of_the_source(blog: Project) -> None:
    """A plugin that asks git for the page's date would look at a staged file."""
    hook = (
        "def on_page_context(context, *, page, config, nav):\n"
        "    print('SOURCE', page.file.src_uri, page.file.abs_src_path)\n"
    )
    blog.write("hook.py", hook)
    blog.write("mkdocs.yml", blog.read("mkdocs.yml") + "hooks: [hook.py]\n")
    done = blog.build()
    assert done.code == 0, done.text
    found = re.findall(r"SOURCE (\S+) (.+)", done.text)
    posts = {Path(path).name for uri, path in found if "blog/posts/" in uri}
    assert {"2026-01-02-first.md", "2026-01-08-notebook.ipynb", "index.md"} <= posts
    assert all(".haebom" not in path for uri, path in found if "blog/posts/" in uri)


def test_dot_files_of_the_site_stay(blog: Project) -> None:
    """A deployment's own files in site/ would be deleted."""
    blog.write("site/.nojekyll", "")
    blog.write("site/.git/HEAD", "ref")
    assert blog.build().code == 0
    assert (blog.root / "site/.nojekyll").is_file()
    assert blog.read("site/.git/HEAD") == "ref"


def test_a_documentation_site_without_blog(make_site) -> None:  # type: ignore[no-untyped-def]
    """The plugin would need a blog, or take part in pages that nobody named."""
    config = (
        "site_name: 문서\ntheme: {name: material, language: en}\nplugins:\n  - search\n"
        "  - haebom:\n      include: ['lessons/**/*', index.md]\n      language: ko\n"
        "markdown_extensions: [admonition, pymdownx.superfences]\n"
    )
    project = make_site(
        {
            "docs/index.md": "# Home\n\n```python\nprint('from home')\n```\n",
            "docs/lessons/one.md": "# One\n\nmy: key\n\n```python {.no-run}\nx\n```\n",
            "docs/lessons/deep/two.py": "# %% [markdown]\n# # Two\n# %%\n2 + 2\n",
            "docs/lessons/three.ipynb": '{"cells":[{"cell_type":"code","source":"9*9"}]}',
            "docs/other.md": "# Other\n\n```python\nnot_run\n```\n",
        },
        config,
    )
    done = project.build()
    assert done.code == 0, done.text
    assert "from home" in project.page("")
    assert "이 코드는 실행하지 않았습니다." in project.page("lessons/one")
    assert ">4<" in project.page("lessons/deep/two")
    assert ">81<" in project.page("lessons/three")
    assert "haebom-output" not in project.page("other")
    assert not (project.root / "site/feed.xml").exists()


def test_standalone_notebooks_of_mkdocs_jupyter(make_site) -> None:  # type: ignore[no-untyped-def]
    """mkdocs-jupyter would show stored outputs, publish a failing notebook, or take over posts."""
    from helpers import MKDOCS_YML, code_cell, dumped, notebook

    stale = {"output_type": "stream", "name": "stdout", "text": "stale"}
    config = MKDOCS_YML.replace("  - haebom:", "  - mkdocs-jupyter\n  - haebom:")
    cells = (code_cell("#| check: false\nprint(6*7*1000)", outputs=[stale]), "글")
    project = make_site(
        {
            "docs/book.ipynb": dumped(notebook("# 책", *cells)),
            "posts/2026-01-02-post.ipynb": dumped(notebook("# 글", *cells)),
            "posts/2026-01-03-plain.md": "# 다른 글\n\n```python\n'plain' * 2\n```\n",
        },
        config,
    )
    done = project.build()
    assert done.code == 0, done.text
    for page in ("book", "blog/post"):
        assert "42000" in project.page(page), page
        assert "stale" not in project.page(page), page
    assert "jp-Notebook" in project.page("book")
    assert "jp-Notebook" not in project.page("blog/post")
    assert "plainplain" in project.page("blog/plain")
    source = json.loads(project.read("docs/book.ipynb"))
    assert source["cells"][1]["outputs"] == [stale]
    before = project.tree()
    project.write("docs/book.ipynb", dumped(notebook("# 책", code_cell("x = 1\n1/0"))))
    failed = project.build()
    assert failed.code == 1
    assert "docs/book.ipynb:" in failed.text
    assert "(cell 2, line 2): cell-error: ZeroDivisionError" in failed.text
    assert project.tree() == before


def test_a_symbolic_link_to_the_site(built: Built, tmp_path: Path) -> None:
    """A site whose folder is reached through a link would lose its posts."""
    copy = built[0].copy(tmp_path / "real")
    shutil.rmtree(copy.root / "site")
    link = tmp_path / "링크"
    link.symlink_to(copy.root, target_is_directory=True)
    done = Project(link).build()
    assert done.code == 0, done.text
    assert "머리말의 출력" in copy.page("blog/first")

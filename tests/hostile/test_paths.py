"""Posts that lead elsewhere: by front matter, links, attachments, or in circles."""

from __future__ import annotations

import base64
import json
import unicodedata
from pathlib import Path

import pytest

from haebom.pipeline import find, load, targets
from haebom.scratch import scratch
from helpers import Bench, Project, codes, dumped, markdown_cell, notebook, plain_site, staged

SECRET = "nobody's business"


@pytest.fixture
def secret(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file outside of the project, and two that are hidden in it."""
    outside = tmp_path_factory.mktemp("outside")
    (outside / "비밀.txt").write_text(SECRET)
    project.write(".git/config", SECRET)
    project.write("posts/x/.env", SECRET)
    return outside / "비밀.txt"


def published(bench: Bench) -> list[str]:
    """The content of every file that a build would take along, and of every post's folder."""
    found, sources = find(bench.site)
    root = bench.site.layout.root
    contents = [(root / path).read_bytes().decode("utf-8", "replace") for path in found.assets]
    for post in load(bench.site, sources):
        contents.append(post.body)
        with scratch(post, root) as folders:
            files = (path for path in folders.cwd.rglob("*") if path.is_file())
            contents += [path.read_bytes().decode("utf-8", "replace") for path in files]
    return contents


@pytest.mark.parametrize(
    "written",
    ["../../etc/passwd", "/etc/passwd", "../..", "..", "../.git", "../.git/config", "x/.env",
     "{outside}", "x/../../.git/config", "./../posts/../../../../../../etc/passwd"],
)  # fmt: skip
@pytest.mark.parametrize("key", ["data", "depends"])
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_front_matter_that_leads_elsewhere(
    bench: Bench, project: Project, secret: Path, key: str, written: str, form: str
) -> None:
    """A post would take files along that are not the project's, or read the whole disk."""
    path = unicodedata.normalize(form, written.replace("{outside}", str(secret)))
    head = f"---\ntitle: t\n{key}: [{json.dumps(path, ensure_ascii=False)}]\n---\n"
    project.write("posts/2026-01-01-a.md", f"{head}\n```python\n1\n```\n")
    if written == "..":  # the project itself: what is hidden in it stays hidden
        assert not any(SECRET in content for content in published(bench))
        return
    checked = bench.one()
    assert "missing-data" in codes(checked.findings), checked.findings
    assert bench.kernels.executed == []
    assert not any(SECRET in content for content in published(bench))


@pytest.mark.parametrize("slug", ["../../x", "..", "a/../../b", "/etc/x", "a//b", "./x", ""])
def test_slugs_that_lead_elsewhere(bench: Bench, project: Project, slug: str) -> None:
    """A page would be written outside of the site's folder."""
    head = f"---\ntitle: t\nslug: {json.dumps(slug)}\n---\n"
    project.write("posts/2026-01-01-a.md", f"{head}\n글\n")
    checked = bench.one()
    assert "meta" in codes(checked.findings)
    assert checked.post.source.slug == "a"


@pytest.mark.parametrize(
    "target",
    ["../../../../../../etc/passwd", "../.git/config", "x/.env", "out/비밀.txt", "비밀.txt"],
)
def test_links_that_lead_elsewhere(
    bench: Bench, project: Project, secret: Path, target: str
) -> None:
    """A page would show, or ask for, what is not the project's; it would tell what is there."""
    (project.root / "posts/out").symlink_to(secret.parent)
    (project.root / "posts/비밀.txt").symlink_to(secret)
    project.write("posts/2026-01-01-a.md", f"글 [x]({target}) ![x]({target})\n")
    found, sources = find(bench.site)
    assert sorted(codes(bench.one().findings)) == ["broken-link", "missing-asset"]
    assert not any(SECRET in content for content in published(bench))
    assert target not in {path.removeprefix("posts/") for path in found.assets}
    assert targets(bench.site, found, sources).resolve(target, "posts/a.md", "blog/a.md") == ""


def test_links_in_a_bundle(bench: Bench, project: Project, secret: Path) -> None:
    """A file, a folder, the whole disk would come along as a bundle's own."""
    project.write("posts/2026-01-01-b/index.md", "```python\n1\n```\n")
    bundle = project.root / "posts/2026-01-01-b"
    for name, target in (("file.txt", secret), ("folder", secret.parent), ("disk", Path("/")),
                         ("loop", bundle), ("git", project.root / ".git/config")):  # fmt: skip
        (bundle / name).symlink_to(target)
    project.write("shared.txt", "shared")
    (bundle / "shared.txt").symlink_to(project.root / "shared.txt")
    checked = bench.one()
    messages = [f.message for f in checked.findings]
    assert messages == [
        f"The file {name!r} is a link that leads out of the project."
        for name in ("disk", "file.txt", "folder", "git")
    ]
    contents = published(bench)
    assert "shared" in contents
    assert not any(SECRET in content for content in contents)


def test_posts_that_are_links(bench: Bench, project: Project, secret: Path) -> None:
    """Any file of the disk would be shown as a post, or run as one."""
    (project.root / "posts/2026-01-01-a.md").symlink_to(secret)
    (project.root / "posts/2026-01-02-b.md").symlink_to("/proc/self/environ")
    project.write("notes/real.md", "# Real\n")
    (project.root / "posts/2026-01-03-c.md").symlink_to(project.root / "notes/real.md")
    checked, _ = bench.check()
    assert [codes(each.findings) for each in checked] == [["parse"], ["parse"], []]
    assert not any(SECRET in content for content in published(bench))


@pytest.mark.timeout(60)
def test_folders_that_are_links(project: Project, secret: Path) -> None:
    """Looking for posts would walk over the whole disk, or round in circles."""
    (project.root / "posts/disk").symlink_to("/")
    (project.root / "posts/loop").symlink_to(project.root / "posts")
    project.write("posts/2026-01-01-a.md", "# A\n")
    found, sources = find(plain_site(project.root))
    assert [source.path for source in sources] == ["posts/2026-01-01-a.md"]
    assert found.assets == ()


@pytest.mark.parametrize("name", ["../../../evil.png", "/etc/evil.png", "a/b.png", "x\n.png", ".."])
def test_attachments_with_paths(bench: Bench, project: Project, tmp_path: Path, name: str) -> None:
    """A notebook's attachment would be written wherever its name says."""
    content = base64.b64encode(b"evil").decode()
    cell = markdown_cell(f"![x](attachment:{name})", attachments={name: {"image/png": content}})
    project.write("posts/2026-01-01-a.ipynb", dumped(notebook("# T", cell)))
    tree = tmp_path / "deep" / "down" / "tree"
    staged(bench.one(), tree)
    evil = [path for path in tmp_path.rglob("*") if path.is_file() and b"evil" in path.read_bytes()]
    outside = [path for path in evil if not path.is_relative_to(tree)]
    assert [
        path for path in outside if path.suffix != ".ipynb" and ".haebom" not in path.parts
    ] == []


PAIRS = list(zip("abcdefgh", "bcdefghi", strict=True))
BOMBS = {
    "laughs": "a: &a [x,x,x,x,x,x,x,x,x]\n"
    + "".join(f"{b}: &{b} [{','.join([f'*{a}'] * 9)}]\n" for a, b in PAIRS),
    "maps": "a: &a {x: 1}\n"
    + "".join(f"{b}: &{b} {{{', '.join(f'k{n}: *{a}' for n in range(9))}}}\n" for a, b in PAIRS),
    "itself": "a: &a [*a]\n",
    "deep": "a: " + "[" * 5000 + "]" * 5000 + "\n",
    "merge": "a: &a {<<: *a}\n",
    "tag": "a: !!python/object/apply:os.system ['touch ran']\n",
    "number": f"a: {'9' * 5000}\n",
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("bomb", BOMBS)
@pytest.mark.parametrize("place", ["front matter", "option"])
def test_bombs_in_yaml(bench: Bench, project: Project, bomb: str, place: str) -> None:
    """A few lines would take all memory of the builder, or its time."""
    if place == "front matter":
        text = f"---\ntitle: t\n{BOMBS[bomb]}---\n\n글\n"
    else:
        value = "{" + BOMBS[bomb].rstrip("\n").replace("\n", ", ") + "}"
        text = f"```python\n#| label: {value}\n1\n```\n"
    project.write("posts/2026-01-01-a.md", text)
    checked = bench.one()
    assert {"meta", "option"} & set(codes(checked.findings)), checked.findings
    assert all(len(f.message) + len(f.detail) < 200_000 for f in checked.findings)
    assert not (project.root / "ran").exists()

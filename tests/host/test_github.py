"""A build as a job of GitHub Actions."""

from __future__ import annotations

from pathlib import Path

from helpers import write_site

CONFIG = "site_name: a\ntheme: {name: mkdocs}\nplugins: [{haebom: {warn_only: [output-drift]}}]\n"
POSTS: dict[str, str | bytes] = {
    "posts/2026-01-01-passes.md": "# 통과\n\n```python\nprint(6)\n```\n\n```output\n6\n```\n",
    "posts/2026-01-02-drifts.md": "# 변화\n\n```python\nprint(6)\n```\n\n```output\n7\n```\n",
    "posts/2026-01-03-fails.md": "# 실패\n\n```python\nraise ValueError('\\n::add-mask::x')\n```\n",
}


def test_a_build(tmp_path: Path) -> None:
    """A contributor would not see what a build has found, or a post command the job."""
    project = write_site(tmp_path / "a site", POSTS, CONFIG)
    summary = tmp_path / "summary.md"
    env = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)}
    done = project.run("mkdocs", "build", env=env)
    assert done.code == 1
    lines = done.text.split("\n")
    found = [line for line in lines if line.startswith(("::error ", "::warning "))]
    assert [line.partition(",title")[0] for line in found] == [
        "::warning file=posts/2026-01-02-drifts.md,line=8",
        "::error file=posts/2026-01-03-fails.md,line=4",
    ]
    assert "%0A::add-mask::x" in found[1], "the traceback"
    (stop,) = [n for n, line in enumerate(lines) if line.startswith("::stop-commands::")]
    token = lines[stop].removeprefix("::stop-commands::")
    resume = lines.index(f"::{token}::")
    told = [n for n, line in enumerate(lines) if ": cell-error: " in line and line not in found]
    assert told and all(stop < n < resume for n in told)
    assert not any(line.lstrip().startswith("::add-mask") for line in lines)
    text = summary.read_text("utf-8")
    assert text.startswith("## haebom: 3 posts: 3 ran, 0 reused, 3 cells, 2 findings")
    assert '<pre lang="diff">- 7\n+ 6</pre>' in text

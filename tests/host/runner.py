"""Plays a workflow's job on this machine: every ``run:`` step as the runner would call it.

Actions are stood in for: a checkout is there already, caches and artifacts are folders, and ``gh``
is a script that notes what it is asked and answers from a table.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from helpers import clean_environment

_EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
_NAME = re.compile(r"\b(?:github|vars|steps|env)(?:\.[\w-]+)+")

TOKEN = "what-only-the-runner-knows"
"""Stands in the runner's environment, where no post should see it."""

PYTHON = """\
#!/bin/sh
if [ "$1 $2" = "-m pip" ]; then
  echo "$@" >> "$PIP_LOG"
  for word in "$@"; do
    if [ -f "$word" ] && grep -q "^refused" "$word"; then exit 1; fi
  done
  exit 0
fi
exec "{python}" "$@"
"""
MODULE = '#!/bin/sh\nexec "{python}" -m {name} "$@"\n'
SUDO = '#!/bin/sh\necho "$@" > /dev/null\ncat > /dev/null\n'
GH = """\
#!/bin/sh
'''exec' "{python}" "$0" "$@"
' '''
import json, os, pathlib, shutil, sys
words = sys.argv[1:]
with open(os.environ["GH_LOG"], "a") as log:
    body = words[words.index("--body-file") + 1] if "--body-file" in words else None
    log.write(json.dumps([words, pathlib.Path(body).read_text("utf-8") if body else ""]) + "\\n")
table = json.loads(pathlib.Path(os.environ["GH_ANSWERS"]).read_text("utf-8"))
for key, answer in table.items():
    if key in " ".join(words):
        if answer.startswith("file:"):
            sys.stdout.buffer.write(pathlib.Path(answer[5:]).read_bytes())
        else:
            print(answer)
        break
"""


@dataclass(frozen=True)
class Step:
    """A step that was played: its name, its exit code, and what it printed."""

    name: str
    code: int
    text: str


@dataclass
class Runner:
    """A runner with a checkout.

    Args:
        root: The checkout.
        home: Where everything else of the runner lies.
        github: The context ``github``.
        variables: The context ``vars``.
        answers: What ``gh`` prints, by a part of its command line.
    """

    root: Path
    home: Path
    github: Mapping[str, Any] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.bin = self.home / "bin"
        self.bin.mkdir(parents=True)
        programs = {
            "python": PYTHON, "python3": PYTHON, "sudo": SUDO, "gh": GH,
            "haebom": MODULE, "mkdocs": MODULE,
        }  # fmt: skip
        for name, text in programs.items():
            path = self.bin / name
            path.write_text(text.replace("{python}", sys.executable).replace("{name}", name))
            path.chmod(0o755)
        self.artifacts = self.home / "artifacts"
        self.summary = self.home / "summary.md"
        self.outputs: dict[str, dict[str, dict[str, str]]] = {}
        (self.home / "answers.json").write_text(json.dumps(dict(self.answers)))

    def play(self, workflow: str, job: str, cache: Path | None = None) -> list[Step]:
        """Play a job; steps after a failing one are left out unless they ask to run.

        Args:
            workflow: File name of the workflow.
            job: Name of the job.
            cache: Folder that stands for the cache.
        """
        loaded = yaml.safe_load((self.root / ".github/workflows" / workflow).read_text("utf-8"))
        found = loaded["jobs"][job]
        played: list[Step] = []
        for step in found["steps"]:
            failed = any(done.code for done in played)
            if not self._wanted(step.get("if"), failed):
                continue
            env = {**found.get("env", {}), **step.get("env", {})}
            if "run" in step:
                played.append(self._run(step, {key: self._value(v) for key, v in env.items()}))
            else:
                self._use(step, cache)
        return played

    def _wanted(self, condition: str | None, failed: bool) -> bool:
        if condition is None:
            return not failed
        text = _EXPRESSION.fullmatch(condition)
        assert text is not None, condition
        code = text[1].replace("!cancelled()", "True").replace("&&", " and ")
        if "cancelled" not in condition and failed:
            return False
        return bool(eval(_NAME.sub(lambda match: repr(self._look(match[0])), code)))

    def _value(self, text: str) -> str:
        return _EXPRESSION.sub(lambda match: str(self._look(match[1])), str(text))

    def _look(self, name: str) -> Any:
        context: Any = {"github": self.github, "vars": self.variables, "steps": self.outputs}
        for part in name.split("."):
            context = context.get(part, "") if isinstance(context, Mapping) else ""
        return context

    def _run(self, step: Mapping[str, Any], env: Mapping[str, str]) -> Step:
        output = self.home / "output"
        output.write_text("")
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=self.root,
            env={
                **clean_environment(),
                "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
                "PATH": f"{self.bin}{os.pathsep}{os.environ['PATH']}",
                "HOME": str(self.home),
                "CI": "true",
                "RUNNER_TOKEN": TOKEN,
                "GITHUB_ACTIONS": "true",
                "GITHUB_STEP_SUMMARY": str(self.summary),
                "GITHUB_OUTPUT": str(output),
                "GITHUB_WORKSPACE": str(self.root),
                "GITHUB_ACTOR": "someone",
                "GITHUB_REPOSITORY": "owner/site",
                "GITHUB_SERVER_URL": str(self.github.get("server_url", "")),
                "GITHUB_BASE_REF": str(self.github.get("base_ref", "")),
                "GITHUB_EVENT_NAME": str(self.github.get("event_name", "")),
                "PIP_LOG": str(self.home / "pip.log"),
                "GH_LOG": str(self.home / "gh.log"),
                "GH_ANSWERS": str(self.home / "answers.json"),
                **env,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=240,
        )
        pairs = (line.split("=", 1) for line in output.read_text("utf-8").splitlines())
        self.outputs[step.get("id", "")] = {"outputs": dict(pairs)}  # type: ignore[dict-item]
        return Step(step.get("name", ""), done.returncode, done.stdout.decode("utf-8", "replace"))

    def _use(self, step: Mapping[str, Any], cache: Path | None) -> None:
        options, action = step.get("with", {}), step["uses"].split("@")[0]
        if action == "actions/cache/restore" and cache is not None:
            for name in options["path"].split():
                if (cache / name).exists():
                    shutil.copytree(cache / name, self.root / name, dirs_exist_ok=True)
        elif action == "actions/cache/save" and cache is not None:
            for name in options["path"].split():
                if (self.root / name).exists():
                    shutil.copytree(self.root / name, cache / name, dirs_exist_ok=True)
        elif action in ("actions/upload-artifact", "actions/upload-pages-artifact"):
            named = [self.root / name for name in options["path"].split()]
            sources = [path for path in named if path.exists()]
            if sources:
                self._pack(sources, self.artifacts / f"{options.get('name', 'pages')}.zip")
        elif action == "actions/download-artifact":
            with zipfile.ZipFile(self.artifacts / f"{options['name']}.zip") as archive:
                archive.extractall(self.root)

    def _pack(self, sources: Sequence[Path], target: Path) -> None:
        """Paths within begin at what all sources have in common, as the action has it."""
        target.parent.mkdir(parents=True, exist_ok=True)
        folders = [path if path.is_dir() else path.parent for path in sources]
        base = Path(os.path.commonpath(folders))
        with zipfile.ZipFile(target, "w") as archive:
            for source in sources:
                for path in sorted(source.rglob("*")) if source.is_dir() else [source]:
                    if path.is_file():
                        archive.write(path, path.relative_to(base).as_posix())

    def asked(self) -> list[tuple[list[str], str]]:
        """What ``gh`` was asked, each time with the text of the file it was given."""
        log = self.home / "gh.log"
        lines = log.read_text("utf-8").splitlines() if log.exists() else []
        return [(words, body) for words, body in map(json.loads, lines)]

"""A small Korean site to search, built with MkDocs and Material."""

from __future__ import annotations

import contextlib
import functools
import http.server
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SRC = Path(__file__).resolve().parents[2] / "src"

PAGES = {
    "pytorch": "# 파이토치(PyTorch) 시작하기\n\n파이토치를 설치하고 첫 텐서를 만듭니다.\n\n"
    "## 설치\n\n`pip install torch`로 설치합니다. 파이토치는 파이썬 라이브러리입니다.\n",
    "backprop": "# 역전파 알고리즘\n\n"
    "역전파(backpropagation)는 손실 함수의 기울기를 구합니다.\n\n"
    "## 연쇄 법칙\n\n합성 함수를 미분할 때 연쇄 법칙을 씁니다. 역전파는 연쇄 법칙입니다.\n\n"
    "## 손실 함수\n\n손실 함수가 작아지도록 학습합니다. 역전파로 기울기를 얻습니다.\n\n"
    "## 그래프\n\n계산 그래프를 거꾸로 따라가며 역전파를 합니다.\n",
    "dropout": "# 드롭아웃으로 과적합 줄이기\n\n"
    "드롭아웃(dropout)은 뉴런을 무작위로 끕니다.\n\n"
    "```python\nmodel = nn.Sequential(nn.Linear(8, 8), nn.Dropout(0.5))\n```\n",
    "loader": "# DataLoader 다루기\n\n데이터셋을 불러와서 배치로 나눕니다.\n\n"
    "```python\nloader = DataLoader(data, batch_size=4)\noptimizer.zero_grad()\n```\n",
    "softmax": "# 소프트맥스와 교차 엔트로피\n\n"
    "소프트맥스는 점수를 확률로 바꿉니다. \\(y\\)는 답입니다.\n",
    "state": "# 상태 저장하고 불러오기\n\n`state_dict`를 파일에 저장했더니 크기가 작았습니다.\n",
    "hidden": "---\nsearch:\n  exclude: true\n---\n# 숨긴 글\n\n비밀낱말이 여기 있습니다.\n",
    "output": "# 출력이 있는 글\n\n본문입니다.\n\n"
    "<div data-search-exclude><p>출력전용낱말</p></div>\n",
    "tagged": "---\ntags: [재현성, 시드]\n---\n"
    "# 같은 코드, 다른 결과\n\n"
    "난수 생성기의 시드를 고정합니다.\n",
}
CONFIG = """\
site_name: 검색 시험
site_url: http://127.0.0.1:PORT/sub/
theme:
  name: material
  language: ko
  font: false
  features: [search.suggest, search.highlight, search.share, navigation.instant]
plugins: [search]
hooks: [hook.py]
markdown_extensions:
  - pymdownx.superfences
  - md_in_html
  - attr_list
  - toc: {permalink: true, slugify: !!python/object/apply:pymdownx.slugs.slugify {}}
"""
HOOK = f"""\
import pathlib, sys
sys.path.insert(0, {str(SRC)!r})
from haebom.search import mkdocs as seam
from mkdocs.plugins import event_priority
def on_post_page(output, page, config):
    return seam.point_to_worker(output, seam.worker_url())
def on_post_template(output_content, template_name, config):
    return seam.point_to_worker(output_content, seam.worker_url())
@event_priority(-50)
def on_post_build(config):
    cache = pathlib.Path(config.docs_dir).parent / ".cache"
    seam.publish(pathlib.Path(config.site_dir), cache=cache)
"""
ENVIRONMENT = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}


def free_port() -> int:
    """Return a port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def write_source(folder: Path, port: int, plugins: str = "[search]") -> None:
    """Write the source of a site that will be served at a port."""
    (folder / "docs").mkdir(parents=True)
    (folder / "docs/index.md").write_text("# 첫 화면\n\n시험하는 곳입니다.\n", "utf-8")
    for name, text in PAGES.items():
        (folder / f"docs/{name}.md").write_text(text, "utf-8")
    config = CONFIG.replace("plugins: [search]", f"plugins: {plugins}").replace("PORT", str(port))
    (folder / "mkdocs.yml").write_text(config, "utf-8")
    (folder / "hook.py").write_text(HOOK, "utf-8")


def build(folder: Path, target: Path) -> None:
    """Build the site; a failure shows MkDocs' own message."""
    command = [sys.executable, "-m", "mkdocs", "build", "-q", "-d", str(target)]
    done = subprocess.run(command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


class Handler(http.server.SimpleHTTPRequestHandler):
    """A quiet file server that serves 404.html and writes down what was asked."""

    asked: list[tuple[str, int]]
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: Any) -> None:
        """Say nothing."""

    def copyfile(self, source: Any, outputfile: Any) -> None:
        """Send a file and note its size."""
        data = source.read()
        self.asked.append((self.path, len(data)))
        outputfile.write(data)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Send the site's own page for what is missing."""
        page = (Path(self.directory) / "sub/404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)


@contextlib.contextmanager
def serve(root: Path, port: int) -> Iterator[tuple[str, list[tuple[str, int]]]]:
    """Serve ``root``; yield the URL of ``/sub/`` and the list of what was asked."""
    asked: list[tuple[str, int]] = []
    kind = type("Asked", (Handler,), {"asked": asked})
    with http.server.ThreadingHTTPServer(
        ("127.0.0.1", port), functools.partial(kind, directory=str(root))
    ) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{port}/sub/", asked
        server.shutdown()

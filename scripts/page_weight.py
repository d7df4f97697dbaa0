#!/usr/bin/env python3
"""Weigh the page of a post: as haebom publishes it, and as mkdocs-jupyter does.

The post has six cells, with a table and a figure among their outputs, and prose around them. Both
sites are served compressed, as static hosts do, and visited with an empty cache in Chromium; what
is counted are the bytes that come through the network, headers included, without images. Prints a
Markdown table, or JSON with --json. Call it with the Python of the project's environment.
"""

import argparse
import gzip
import json
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

import nbformat.v4
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from helpers import CHROMIUM, FLAGS  # noqa: E402
from serving import served, visitor  # noqa: E402

THEME = """\
site_name: 공부
site_url: https://example.org/
theme:
  name: material
  language: ko
  font: false
  features: [content.code.copy]
  palette:
    - {media: "(prefers-color-scheme: light)", scheme: default}
    - {media: "(prefers-color-scheme: dark)", scheme: slate}
"""
PROSE = (
    "데이터에 직선을 맞추면서 손실이 줄어드는 모습을 살펴봅니다. 먼저 자료를 만들고, 기울기를 "
    "손으로 계산한 다음, 같은 일을 라이브러리로 다시 합니다. 두 결과가 같은지 끝에서 확인합니다."
)
CELLS = (
    "import numpy as np\n\nrng = np.random.default_rng(0)\nx = np.linspace(-1, 1, 50)\n"
    "y = 3 * x + 0.1 * rng.standard_normal(50)\nx.shape, y.shape",
    "w = 0.0\nlosses = []\nfor step in range(40):\n    error = w * x - y\n"
    "    losses.append((error ** 2).mean())\n    w -= 0.6 * (error * x).mean()\nprint(f'{w:.3f}')",
    "import pandas as pd\n\nsteps = range(0, 40, 8)\n"
    "pd.DataFrame({'단계': steps, '손실': losses[::8]})",
    "import matplotlib.pyplot as plt\n\nplt.plot(losses)\nplt.title('loss')\nplt.xlabel('step')\n"
    "plt.ylabel('mean squared error')\nplt.show()",
    "solution, *_ = np.linalg.lstsq(x[:, None], y, rcond=None)\nsolution",
    "print(abs(solution[0] - w) < 1e-2)",
)


@dataclass(frozen=True)
class Weight:
    """Bytes of a page.

    Args:
        html: The compressed HTML alone.
        first: Everything but images, for a reader who comes for the first time.
        second: The same for a reader who comes from the site's first page.
        foreign: How many requests go to other hosts.
    """

    html: int
    first: int
    second: int
    foreign: int


def haebom(root: Path) -> str:
    fences = (f"{PROSE}\n\n```python\n{cell}\n```\n" for cell in CELLS)
    _write(root / "posts/2026-01-01-post.md", "# 직선 맞추기\n\n" + "\n".join(fences))
    _write(root / "docs/index.md", "# 공부\n\n글입니다.\n")
    _write(root / "docs/blog/index.md", "# 글\n")
    blog = "blog: {post_url_format: '{slug}'}"
    _write(root / "mkdocs.yml", f"{THEME}plugins:\n  - search\n  - {blog}\n  - haebom\n")
    return "blog/post/"


def mkdocs_jupyter(root: Path) -> str:
    book = nbformat.v4.new_notebook()
    book.cells.append(nbformat.v4.new_markdown_cell("# 직선 맞추기"))
    for cell in CELLS:
        book.cells.append(nbformat.v4.new_markdown_cell(PROSE))
        book.cells.append(nbformat.v4.new_code_cell(cell))
    _write(root / "docs/post.ipynb", nbformat.writes(book))
    _write(root / "docs/index.md", "# 공부\n\n글입니다.\n")
    plugins = "plugins:\n  - search\n  - mkdocs-jupyter: {execute: true, ignore: ['*.md']}\n"
    _write(root / "mkdocs.yml", THEME + plugins)
    return "post/"


TOOLS = {"haebom": haebom, "mkdocs-jupyter": mkdocs_jupyter}


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def weigh(browser: Browser, root: Path, page: str) -> Weight:
    build = [sys.executable, "-m", "mkdocs", "build", "--quiet"]
    subprocess.run(build, cwd=root, check=True, capture_output=True)
    html = (root / "site" / page / "index.html").read_bytes()
    with served(root / "site") as address:
        with visitor(browser, address) as visit:
            first = visit(page)
        with visitor(browser, address) as visit:
            visit("")
            second = visit(page)
    return Weight(len(gzip.compress(html, mtime=0)), first.size, second.size, len(first.foreign))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--json", action="store_true", help="print JSON")
    args = parser.parse_args()
    weights = {}
    with tempfile.TemporaryDirectory(prefix="haebom-weight-") as work, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for name, prepare in TOOLS.items():
            root = Path(work, name)
            weights[name] = weigh(browser, root, prepare(root))
        browser.close()
    if args.json:
        print(json.dumps({name: asdict(weight) for name, weight in weights.items()}))
        return
    print("| | HTML | first visit | second page | requests to other hosts |")
    print("|---|--:|--:|--:|--:|")
    for name, weight in weights.items():
        sizes = " | ".join(f"{n / 1000:.1f} KB" for n in (weight.html, weight.first, weight.second))
        print(f"| {name} | {sizes} | {weight.foreign} |")


if __name__ == "__main__":
    main()

"""Measure search: ours, Material's and Pagefind's, in a real browser, on the same pages.

    python scripts/search_eval.py                       the site's own posts
    python scripts/search_eval.py --fixtures DIR        public Korean documents
    python scripts/search_eval.py --generated 5000      size and speed on generated posts

Queries with graded judgements are in tests/search/data. A page with grade 2 or 3 answers the
query. Per class and over all: success@1, success@5, recall@10, nDCG@10, share of empty answers;
then bytes on page load, bytes and time to the first result, and warm latency. Needs MkDocs,
Material, Playwright's Python package and Chromium; for Pagefind also npx.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import http.server
import json
import math
import os
import random
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))
DATA = ROOT / "tests/search/data"
PAGEFIND = "pagefind@1.6.0"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
]  # fmt: skip
MATERIAL = re.compile(r"workers/|search_index")
METRICS = ("success@1", "success@5", "recall@10", "nDCG@10", "empty")


# -- documents -------------------------------------------------------------------------------


def documents(folder: Path, prefix: Callable[[Path], str]) -> Iterator[tuple[str, str]]:
    """Yield ``(key, Markdown)`` for every Markdown file and notebook below a folder."""
    seen = set()
    for path in sorted(p for p in folder.rglob("*") if p.suffix in _READ):
        key = unicodedata.normalize("NFC", prefix(path))
        if key in seen or path.name.startswith("LICENSE"):
            continue
        seen.add(key)
        text = path.read_text("utf-8")
        yield key, titled(_READ[path.suffix](text), path.stem)


def notebook(text: str) -> str:
    """Write a notebook's cells as Markdown, outputs left out."""
    cells = [(c["cell_type"], "".join(c["source"])) for c in json.loads(text)["cells"]]
    return "\n\n".join(s if kind == "markdown" else f"```python\n{s}\n```" for kind, s in cells)


def percent(text: str) -> str:
    """Write a percent script's cells as Markdown."""
    out = []
    for cell in re.split(r"^# %%", text, flags=re.MULTILINE)[1:]:
        kind, _, body = cell.partition("\n")
        prose = re.sub(r"^# ?", "", body, flags=re.MULTILINE).strip()
        out.append(prose if "[" in kind else f"```python\n{body.strip()}\n```")
    return "\n\n".join(out)


_READ: dict[str, Callable[[str], str]] = {
    ".md": str, ".mdx": str, ".ipynb": notebook, ".py": percent,
}  # fmt: skip


def titled(text: str, stem: str) -> str:
    """Clean foreign heading syntax away and give the page a title when it names none."""
    text = re.sub(r"\[\[[^\]]*\]\]|\{/\*.*?\*/\}", "", text)
    meta = re.match(r"---\n(.*?)\n---\n", text, re.DOTALL)
    if meta and re.search("^title:", meta[1], re.MULTILINE):
        return text
    rest = text[meta.end() :] if meta else text
    prose = re.sub(r"```.*?```", "", rest, flags=re.DOTALL)
    heading = re.search(r"^#{1,3} +(.+)$", prose, re.MULTILINE)
    title = re.sub(r"[`*]|<[^>]+>", "", heading[1]).strip(" #") if heading else stem
    own = (meta[1] + "\n") if meta else ""
    return f"---\ntitle: {json.dumps(title, ensure_ascii=False)}\n{own}---\n{rest}"


def fixtures(folder: Path) -> dict[str, str]:
    """The public documents that the queries name, ``repository:path`` → Markdown."""
    named = {
        key.partition(":")[0]
        for path in DATA.glob("fixtures-*.json")
        for query in json.loads(path.read_text("utf-8"))["queries"]
        for key in query["grades"]
    }
    found: dict[str, str] = {}
    for repo in sorted(named):
        base = folder / repo.replace("/", "+")
        found.update(documents(base, lambda p, b=base, r=repo: f"{r}:{p.relative_to(b)}"))  # type: ignore[misc]
    return found


def generated(count: int, source: dict[str, str]) -> dict[str, str]:
    """Posts made of paragraphs of the source documents and invented words, always the same."""
    rng = random.Random(7)
    paragraphs = [
        p for text in source.values() for p in text.split("\n\n")
        if 40 < len(p) < 900 and "```" not in p and "---" not in p and "<" not in p
    ]  # fmt: skip
    syllables = [chr(0xAC00 + rng.randrange(11172)) for _ in range(400)]
    out = {}
    for number in range(count):
        own = ["".join(rng.choices(syllables, k=rng.randint(2, 4))) for _ in range(12)]
        body = [f"## {own[1]} {own[2]}", *rng.sample(paragraphs, 10), f"## {own[3]}"]
        body += [f"{w}를 {own[0]}에서 살펴봅니다. `{w.encode().hex()}_{number}()`" for w in own]
        title = f"{own[0]} {rng.choice(paragraphs)[:24]} {number}".replace("#", "").strip()
        head = f"---\ntitle: {json.dumps(title, ensure_ascii=False)}\n---\n"
        out[f"p{number:05d}"] = head + "\n\n".join(body)
    return out


# -- sites -----------------------------------------------------------------------------------

CONFIG = """\
site_name: search
site_url: http://localhost/sub/
theme: {name: material, language: ko, font: false, features: [search.highlight, search.suggest]}
plugins: [search]
hooks: [hook.py]
nav: [index.md]
validation: {links: {not_found: ignore, absolute_links: ignore, unrecognized_links: ignore}}
markdown_extensions:
  - pymdownx.superfences
  - pymdownx.highlight
  - attr_list
"""
HOOK = f"""\
import os, sys, pathlib
sys.path.insert(0, {str(ROOT / "src")!r})
from haebom.search import mkdocs as seam
from mkdocs.plugins import event_priority
OURS = os.environ.get("HAEBOM_SEARCH") == "ours"
def on_post_page(output, page, config):
    return seam.point_to_worker(output, seam.worker_url()) if OURS else output
@event_priority(-50)
def on_post_build(config):
    if OURS:
        report = seam.publish(pathlib.Path(config.site_dir), cache=pathlib.Path(".cache"))
        print("REPORT", report)
"""


def build_sites(pages: dict[str, str], work: Path, engines: list[str]) -> dict[str, str]:
    """Build the pages once for each engine; return key → location."""
    docs = work / "docs"
    where = {}
    for number, (key, text) in enumerate(pages.items()):
        where[key] = f"d{number:05d}/"
        (docs / f"d{number:05d}").mkdir(parents=True)
        (docs / f"d{number:05d}/index.md").write_text(text, "utf-8")
    (docs / "index.md").write_text("# 첫 화면\n", "utf-8")
    (work / "mkdocs.yml").write_text(CONFIG, "utf-8")
    (work / "hook.py").write_text(HOOK, "utf-8")
    for engine in engines:
        target = work / engine / "sub"
        env = {**os.environ, "HAEBOM_SEARCH": engine, "NO_MKDOCS_2_WARNING": "1"}
        if engine == "pagefind" and (work / "material").is_dir():
            shutil.copytree(work / "material", work / "pagefind")
        else:
            command = [sys.executable, "-m", "mkdocs", "build", "-q", "-d", str(target)]
            started = time.perf_counter()
            done = subprocess.run(command, cwd=work, env=env, check=True, capture_output=True)
            print(f"{engine}: built in {time.perf_counter() - started:.1f} s", end="; ")
            peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
            report = re.search(r"REPORT .*", done.stdout.decode())
            print(f"peak {peak} MB", report[0] if report else "")
        if engine == "pagefind":
            command = ["npx", "--yes", PAGEFIND, "--site", str(target)]
            subprocess.run(command, cwd=work, check=True, capture_output=True)
    return where


class Quiet(http.server.SimpleHTTPRequestHandler):
    """A file server that counts bytes and says nothing."""

    sent = 0
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: Any) -> None:
        """Say nothing."""

    def copyfile(self, source: Any, outputfile: Any) -> None:
        """Send a file and count it."""
        data = source.read()
        Quiet.sent += len(data)
        outputfile.write(data)


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on a free port; yield the URL of its sub-path."""
    handler = functools.partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/sub/"
        server.shutdown()


# -- searching in the browser ----------------------------------------------------------------

# Sees every message between Material's page and its worker, ours or Material's.
WATCH = """
window.__found = []; window.__ready = false;
const Native = Worker;
window.Worker = class extends Native {
  constructor(url) { super(url); this.addEventListener('message', ({ data: m }) => {
    if (m.type === 1) window.__ready = true;
    if (m.type === 3) window.__found.push({
      at: performance.now(), items: m.data.items.map(i => i.map(x => x.location)) });
  }) }
  postMessage(m) { if (m.type === 2) window.__asked = performance.now(); super.postMessage(m) }
}
"""
ASK = """async (query) => {
  const input = document.querySelector('[data-md-component=search-query]');
  window.__found = [];
  input.focus(); input.value = query;
  input.dispatchEvent(new KeyboardEvent('keyup', { key: 'a' }));
  const start = performance.now();
  while (!window.__found.length) {
    if (performance.now() - start > 60000) throw Error('no answer');
    await new Promise(r => setTimeout(r, 1));
  }
  const found = window.__found.at(-1);
  const urls = found.items.slice(0, 10).map(i => i[0].split('#')[0]);
  return { ms: found.at - window.__asked, urls };
}"""
ASK_PAGEFIND = """async (query) => {
  const start = performance.now();
  const pagefind = await import(new URL('pagefind/pagefind.js', location.href).href);
  const { results } = await pagefind.search(query);
  const found = await Promise.all(results.slice(0, 10).map(r => r.data()));
  const path = url => new URL(url, location.origin).pathname.replace('/sub/', '');
  return { ms: performance.now() - start, urls: found.map(f => path(f.url)) };
}"""


@dataclass
class Measured:
    """What one engine did."""

    urls: dict[str, list[str]] = field(default_factory=dict)
    milliseconds: list[float] = field(default_factory=list)
    load_bytes: int = 0
    first_bytes: int = 0
    first_ms: float = 0.0


def measure(engine: str, site: Path, queries: list[str], baseline: int) -> Measured:
    """Ask one engine every query, in a fresh profile; then all again for warm latency."""
    from playwright.sync_api import sync_playwright

    result = Measured()
    with served(site) as url, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page()
        page.add_init_script(WATCH)
        if engine == "pagefind":  # its pages would not carry Material's search
            page.route(MATERIAL, lambda route: route.abort())
        Quiet.sent = 0
        page.goto(url, wait_until="networkidle")
        if engine != "pagefind":
            page.wait_for_function("window.__ready", timeout=120_000)
        result.load_bytes = Quiet.sent - baseline
        ask = ASK_PAGEFIND if engine == "pagefind" else ASK
        before, started = Quiet.sent, time.perf_counter()
        first = page.evaluate(ask, queries[0])
        result.first_ms = (time.perf_counter() - started) * 1000
        page.wait_for_load_state("networkidle")
        result.first_bytes = Quiet.sent - before
        result.urls[queries[0]] = first["urls"]
        for query in queries[1:]:
            result.urls[query] = page.evaluate(ask, query)["urls"]
        for query in queries:
            page.evaluate(ask, "…")
            result.milliseconds.append(page.evaluate(ask, query)["ms"])
        browser.close()
    return result


def page_bytes(site: Path) -> int:
    """Bytes of a page load without anything of search, for comparison."""
    from playwright.sync_api import sync_playwright

    with served(site) as url, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page()
        page.route(MATERIAL, lambda route: route.abort())
        Quiet.sent = 0
        page.goto(url, wait_until="networkidle")
        browser.close()
    return Quiet.sent


# -- metrics ---------------------------------------------------------------------------------


def scores(found: list[str], grades: dict[str, int]) -> tuple[float, ...]:
    """The metrics of one answer; ``found`` and ``grades`` name pages alike."""
    got = [grades.get(key, 0) for key in found[:10]]
    ideal = sorted(grades.values(), reverse=True)
    good = [key for key, grade in grades.items() if grade >= 2] or list(grades)

    def gain(row: list[int]) -> float:
        return sum((2**g - 1) / math.log2(i + 2) for i, g in enumerate(row[:10]))

    return (
        float(bool(found) and found[0] in good),
        float(any(key in good for key in found[:5])),
        sum(key in good for key in found[:10]) / min(10, len(good)),
        gain(got) / gain(ideal),
        float(not found),
    )


def table(judged: list[dict[str, Any]], measured: Measured, keys: dict[str, str]) -> str:
    """The metrics by class and over all, as lines of text."""
    rows: dict[str, list[tuple[float, ...]]] = {}
    for query in judged:
        found = [keys.get(url, url) for url in measured.urls[query["query"]]]
        value = scores(found, query["grades"])
        rows.setdefault(query["class"], []).append(value)
        rows.setdefault("all", []).append(value)
    rows["all"] = rows.pop("all")
    lines = [f"{'':10} {'n':>4} " + " ".join(f"{name:>9}" for name in METRICS)]
    for name, values in rows.items():
        means = [statistics.fmean(column) for column in zip(*values, strict=True)]
        lines.append(f"{name:10} {len(values):4} " + " ".join(f"{mean:9.3f}" for mean in means))
    return "\n".join(lines)


def main() -> int:
    """Build the sites, ask the queries, print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--fixtures", type=Path, help="folder of public documents")
    parser.add_argument("--posts", type=Path, default=ROOT / "posts", help="folder of posts")
    parser.add_argument("--generated", type=int, help="so many generated posts; needs --fixtures")
    parser.add_argument("--engines", default="ours,material,pagefind")
    parser.add_argument("--sets", help="query files, such as fixtures-dev,fixtures-heldout")
    parser.add_argument("--work", type=Path, help="keep the sites here")
    options = parser.parse_args()
    engines = options.engines.split(",")
    if options.fixtures:
        pages, sets = fixtures(options.fixtures), "fixtures-dev,fixtures-heldout"
    else:
        base = options.posts.parent
        pages = dict(documents(options.posts, lambda p: str(p.relative_to(base))))
        sets = "posts"
    if options.generated:
        pages = generated(options.generated, pages)
    judged = {
        name: json.loads((DATA / f"{name}.json").read_text("utf-8"))["queries"]
        for name in (options.sets or sets).split(",")
    }
    work = options.work or Path(tempfile.mkdtemp(prefix="search-eval-"))
    work.mkdir(parents=True, exist_ok=True)
    where = build_sites(pages, work, engines)
    keys = {location: key for key, location in where.items()}
    queries = list(dict.fromkeys(q["query"] for some in judged.values() for q in some))
    baseline = page_bytes(work / engines[0])
    for engine in engines:
        result = measure(engine, work / engine, queries, baseline)
        print(f"\n== {engine}, {len(pages)} pages")
        warm = sorted(result.milliseconds)
        print(
            f"page load {result.load_bytes / 1000:.1f} KB; first search"
            f" {result.first_bytes / 1000:.1f} KB, {result.first_ms:.0f} ms; warm"
            f" p50 {statistics.median(warm):.1f} ms, p95 {warm[int(len(warm) * 0.95)]:.1f} ms"
        )
        if not options.generated:
            for name, some in judged.items():
                print(f"-- {name}\n{table(some, result, keys)}")
    if not options.work:
        shutil.rmtree(work)
    return 0


if __name__ == "__main__":
    sys.exit(main())

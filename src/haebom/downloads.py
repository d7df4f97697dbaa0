"""Writing posts to take along, and finding out what they need where they are taken to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from haebom import syntax
from haebom.inputs import ABSENT, distributions, version
from haebom.links import Targets
from haebom.model import Checked, InputKind, Post, Run, State
from haebom.render.download import Needs, notebook, script
from haebom.render.labels import labels
from haebom.scratch import files
from haebom.seed import SEED
from haebom.store import write_if_changed

FOLDER = "downloads"
"""Where they lie within the staged tree."""

_SEEDS = {"random": "random.seed", "numpy": "numpy.random.seed", "torch": "torch.manual_seed"}
"""What seeds the generator of a module."""

_FONT = "koreanize-matplotlib"
_FONTS = """\
import koreanize_matplotlib
import matplotlib

matplotlib.rcParams["font.family"] = ["sans-serif", "NanumGothic"]
matplotlib.rcParams["axes.unicode_minus"] = True"""
"""The package makes its font the only one; on the site it draws just what others lack."""

_HANGUL = re.compile("[가-힣]")


def write(
    checked: Checked, folder: Path, language: str, targets: Targets, root: Path
) -> tuple[str, ...]:
    """Write a post as a notebook, and as a script where plain Python can run it.

    Args:
        checked: The post with its run.
        folder: The staged tree.
        language: Language of haebom's own words.
        targets: What links lead to.
        root: The project's folder.

    Returns:
        Paths within the tree, the notebook first; data that lies elsewhere comes after them.
        Nothing for a post that is not in Python, has no code or has not run to its end.
    """
    post, run = checked.post, checked.run
    if not post.source.is_post or run is None or not _ran(post, run):
        return ()
    data = dict(_data(post, folder, targets, root))
    needs = _needs(post, run, data, targets)
    words = labels(language)
    texts = {
        f"{FOLDER}/{post.source.slug}.ipynb": notebook(post, run, needs, words),
        f"{FOLDER}/{post.source.slug}.py": script(post, run, needs, words),
    }
    written = {uri: text for uri, text in texts.items() if text is not None}
    for uri, text in written.items():
        write_if_changed(folder / uri, text.encode("utf-8"))
    return (*written, *(uri for uri in data.values() if uri.startswith(f"{FOLDER}/")))


def _ran(post: Post, run: Run) -> bool:
    """Whether every cell did what it was meant to do."""
    ended = {State.OK, State.ERROR}
    return post.execution.kernel == "python3" and all(c.state in ended for c in run.cells)


def _data(post: Post, folder: Path, targets: Targets, root: Path) -> Iterator[tuple[str, str]]:
    """The files of a post's working directory, with the places where the site has them."""
    for path, where in files(post, root):
        uri = targets.pages.get(path.relative_to(root).as_posix())
        if uri is None:  # beside the posts, so that the site does not have it yet
            uri = f"{FOLDER}/{post.source.slug}/{where}"
            write_if_changed(folder / uri, path.read_bytes())
        yield where, uri


def _needs(post: Post, run: Run, data: dict[str, str], targets: Targets) -> Needs:
    versions = {item.name: item.value for item in run.inputs if item.kind == InputKind.DISTRIBUTION}
    code = "\n".join(cell.code for cell in post.runnable)
    modules = syntax.imports(code)
    direct = {name for module in modules for name in distributions().get(module, ())}
    seeded = [name for name in _SEEDS if name == "random" or name in versions]
    imports = "".join(f"import {name}\n" for name in seeded)
    calls = "".join(f"\n{_SEEDS[name]}({SEED})" for name in seeded)
    fonts = version(_FONT) if "matplotlib" in versions and _HANGUL.search(code) else ABSENT
    if fonts != ABSENT:
        versions[_FONT] = fonts
        direct.add(_FONT)
    return Needs(
        requirements=tuple(f"{n}=={_public(versions[n])}" for n in sorted(direct & set(versions))),
        seeds=imports + calls,
        fonts=_FONTS if fonts != ABSENT else "",
        files=data,
        links={
            link.target: uri
            for link in post.links
            if (uri := targets.uri(link.target, post.path, post.source.uri))
        },
    )


def _public(version: str) -> str:
    """The version as others can install it: without the name of a local build, such as +cpu."""
    return version.partition("+")[0]

"""A new site: its files from the templates in this package."""

from __future__ import annotations

import importlib.metadata
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from jinja2 import Environment, StrictUndefined
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from haebom import newpost, wheel
from haebom.errors import UsageError
from haebom.frontmatter import json_schema
from haebom.store import write_atomically

_TEMPLATES = Path(__file__).parent / "templates" / "newsite"
_SUFFIX = ".jinja"
_NEEDS = ("mkdocs-material", "numpy", "pandas", "matplotlib")
"""What a new site needs besides haebom: the theme, and what its examples import."""

Language = Literal["ko", "en"]


@dataclass(frozen=True, slots=True)
class Plan:
    """A site to be made.

    Args:
        folder: Where.
        title: Its name.
        language: Language of its pages.
    """

    folder: Path
    title: str
    language: Language = "ko"


@dataclass(frozen=True, slots=True)
class Made:
    """What was made of a plan.

    Args:
        written: Files that were written, relative to the site's folder.
        kept: Files that were there before, and were left as they are.
    """

    written: tuple[str, ...]
    kept: tuple[str, ...]


def make(plan: Plan) -> Made:
    """Write a new site; a file that is there already is never touched.

    Args:
        plan: What to make.

    Raises:
        UsageError: The folder holds a site already, or is no folder.
    """
    folder = plan.folder
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is not a folder.", "Give the name of a new one.")
    if (folder / "mkdocs.yml").exists():
        raise UsageError(
            f"{folder} holds a site already: there is a mkdocs.yml.",
            "Give another folder; 'haebom new' makes a post in a site.",
        )
    written, kept = [], []
    for path, content in sorted(files(plan).items()):
        target = folder / path
        if target.exists() or target.is_symlink():
            kept.append(path)
        else:
            write_atomically(target, content)
            target.chmod(0o755 if content.startswith(b"#!") else 0o644)
            written.append(path)
    return Made(tuple(written), tuple(kept))


def files(plan: Plan) -> Mapping[str, bytes]:
    """All files of a new site, by path.

    Args:
        plan: What to make.
    """
    author = newpost.me()
    name = wheel.filename()
    values = {
        "title": plan.title,
        "language": plan.language,
        "date": newpost.today().isoformat(),
        "author": author[0] if author else "me",
        "author_name": author[1] if author else {"ko": "글쓴이", "en": "Author"}[plan.language],
        "wheel": name,
        "pins": tuple(_pins(plan.language)),
    }
    schema = json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n"
    return {
        **dict(_rendered(plan.language, values)),
        "scripts/new.py": _as_script(Path(newpost.__file__).read_text("utf-8")).encode(),
        ".vscode/front-matter.schema.json": schema.encode(),
        f"vendor/{name}": wheel.packed(),
    }


def _rendered(language: Language, values: Mapping[str, object]) -> Iterator[tuple[str, bytes]]:
    """The templates, those of the language after the common ones.

    The usual braces of templates would collide with those of workflows and of Markdown.
    """
    environment = Environment(
        block_start_string="@%",
        block_end_string="%@",
        variable_start_string="@{",
        variable_end_string="}@",
        comment_start_string="@#",
        comment_end_string="#@",
        trim_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
    )
    environment.filters["quoted"] = newpost.quoted
    for base in (_TEMPLATES / "common", _TEMPLATES / language):
        for template in sorted(base.rglob(f"*{_SUFFIX}")):
            path = template.relative_to(base).as_posix().removesuffix(_SUFFIX)
            text = environment.from_string(template.read_text("utf-8")).render(values)
            yield environment.from_string(path).render(values), text.encode()


def _as_script(module: str) -> str:
    """The module of new posts as a script."""
    return f"#!/usr/bin/env python3\n{module}"


def _pins(language: Language) -> Iterator[str]:
    """Everything that haebom and the examples need, with the versions that are installed here."""
    extra = ("ko",) if language == "ko" else ()
    versions: dict[str, str] = {}
    waiting: list[tuple[str, tuple[str, ...]]] = [("haebom", extra)]
    waiting += [(name, ()) for name in _NEEDS]
    while waiting:
        name, extras = waiting.pop()
        try:
            distribution = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # an optional package, or one for another system
        key = canonicalize_name(name)
        if key in versions and not extras:
            continue
        versions[key] = f"{distribution.name}=={distribution.version}"
        for requirement in map(Requirement, distribution.requires or ()):
            marker = requirement.marker
            if marker is None or any(marker.evaluate({"extra": e}) for e in (*extras, "")):
                waiting.append((requirement.name, tuple(requirement.extras)))
    yield from sorted((pin for key, pin in versions.items() if key != "haebom"), key=str.casefold)

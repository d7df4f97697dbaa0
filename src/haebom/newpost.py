"""A new post: its file name from its title, and what stands in it before anybody has written.

Standard library only, one file, and nothing that a Python older than haebom's own could not run:
scripts call it before anything is installed, and a site that ``haebom init`` makes has a copy of it
as ``scripts/new.py``.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import re
import subprocess
import sys
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

LONGEST_SLUG = 60
"""Characters; a Hangul syllable takes three bytes, and file systems allow 255 to a name."""

_DATED = re.compile(r"^\d{4}-\d{2}-\d{2}-(?P<slug>.+)$")
_AUTHORS_KEY = re.compile(r"^authors:[ \t]*(?:#.*)?$")
_FIELD = re.compile(r"^[ ]+(?P<key>name|avatar):[ \t]*(?P<value>.*?)[ \t]*$")
_LANGUAGE = re.compile(r"^[ ]+language:[ \t]*[\"']?(?P<language>[a-z]+)", re.MULTILINE)
_NOREPLY = re.compile(r"^(?:\d+\+)?(?P<name>[^@+]+)@users\.noreply\.")

WORDS: Mapping[str, Mapping[str, str]] = {
    "ko": {
        "lead": "이 글에서 무엇을 해 보는지 두세 문장으로 씁니다.",
        "section": "첫 번째 예제",
        "text": "예제를 설명합니다.",
        "greeting": "해봄",
        "about": "글쓴이",
    },
    "en": {
        "lead": "Two or three sentences on what this post tries.",
        "section": "A first example",
        "text": "What the example shows.",
        "greeting": "haebom",
        "about": "Author",
    },
}
"""What stands in a new post until its author has written."""


class Refused(Exception):
    """The post cannot be made.

    Args:
        message: Why, as one sentence.
        hint: What to do about it.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


@dataclass(frozen=True)
class Option:
    """An option of the command and of the script alike.

    Args:
        flag: As it is typed.
        help: What it does.
        metavar: Its value's name, or an empty string for a switch.
    """

    flag: str
    help: str
    metavar: str = ""

    @property
    def name(self) -> str:
        """As :class:`Request` calls it."""
        return self.flag.lstrip("-")


OPTIONS = (
    Option("--slug", "Last part of the address; default: the title.", "SLUG"),
    Option("--series", "Name of the series that the post belongs to.", "NAME"),
    Option("--notebook", "A Jupyter notebook."),
    Option("--script", "A Python file with '# %%' between its cells."),
    Option("--bundle", "A folder, for a post with images and data."),
)


@dataclass(frozen=True)
class Request:
    """What somebody wants to write.

    Args:
        title: The title.
        slug: Last part of the address, or an empty string for one made from the title.
        series: Name of the series, or an empty string.
        notebook: Whether it is a notebook.
        script: Whether it is a percent script.
        bundle: Whether it is a folder.
    """

    title: str
    slug: str = ""
    series: str = ""
    notebook: bool = False
    script: bool = False
    bundle: bool = False


@dataclass(frozen=True)
class Place:
    """Where a site keeps what a new post touches.

    Args:
        posts: Folder of the posts.
        authors: The blog's list of authors.
        language: Language of what stands in a new post: ``ko`` or ``en``.
    """

    posts: Path
    authors: Path
    language: str = "ko"


@dataclass(frozen=True)
class Author:
    """Who writes.

    Args:
        key: As front matter names them.
        is_new: Whether an entry was made for them.
    """

    key: str
    is_new: bool = False


@dataclass(frozen=True)
class Written:
    """A post that was made.

    Args:
        path: Its file.
        author: Who writes, if that is known.
    """

    path: Path
    author: Author | None


def write(request: Request, place: Place) -> Written:
    """Make a post; an existing file is never touched, but the list of authors gets an entry.

    Args:
        request: What somebody wants to write.
        place: Where.

    Raises:
        Refused: There is such a post, or the request makes no sense.
    """
    title = " ".join(unicodedata.normalize("NFC", request.title).split())
    if not title:
        raise Refused("The title is empty.", 'Write it in quotes: new "한 줄 제목".')
    if request.notebook and request.script:
        raise Refused("A post is a notebook or a script, not both.")
    slug = _slug(request, title)
    path = _path(request, place.posts, f"{today().isoformat()}-{slug}")
    _look_for(slug, place.posts)
    author = _author(place)
    text = _text(request, title, author, WORDS["en" if place.language == "en" else "ko"])
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except FileExistsError:
        raise Refused(f"There is already a file {path}.", "Choose another --slug.") from None
    return Written(path, author)


# -- names -----------------------------------------------------------------------------------------


def slugify(text: str) -> str:
    """A text as the last part of an address: small letters, digits, Hangul, and hyphens.

    Letters of any script stay, as they do with pymdownx.slugs; addresses with Hangul work, and can
    be read in the browser's address bar.
    """
    small = unicodedata.normalize("NFC", text).lower()
    words = re.findall(r"\w+", small)
    slug = ""
    for word in words:
        longer = f"{slug}-{word}" if slug else word[:LONGEST_SLUG]
        if len(longer) > LONGEST_SLUG:
            break
        slug = longer
    return slug


def _slug(request: Request, title: str) -> str:
    wanted = unicodedata.normalize("NFC", request.slug)
    slug = slugify(wanted or title)
    if wanted and slug != wanted:
        hint = f"Write --slug {slug}." if slug else "Use letters, digits and hyphens."
        raise Refused(f"{wanted!r} cannot be the last part of an address.", hint)
    if not slug:
        raise Refused(f"No address can be made from {title!r}.", "Give one with --slug.")
    return slug


def today() -> datetime.date:
    """The day, or the one that SOURCE_DATE_EPOCH names."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if epoch.isdigit():
        utc = datetime.timezone.utc  # noqa: UP017 - older Pythons have no other name for it
        return datetime.datetime.fromtimestamp(int(epoch), utc).date()
    return datetime.date.today()


def _path(request: Request, posts: Path, name: str) -> Path:
    suffix = ".ipynb" if request.notebook else ".py" if request.script else ".md"
    return posts / name / f"index{suffix}" if request.bundle else posts / f"{name}{suffix}"


def _look_for(slug: str, posts: Path) -> None:
    """Refuse an address that another post has, whatever its date and format."""
    for path in sorted(posts.rglob("*")) if posts.is_dir() else ():
        is_post = path.suffix in (".md", ".ipynb", ".py") or path.is_dir()
        name = path.name if path.is_dir() else path.stem
        match = _DATED.match(unicodedata.normalize("NFC", name))
        if is_post and match and match["slug"].casefold() == slug.casefold():
            raise Refused(f"The address {slug!r} is taken by {path}.", "Choose another --slug.")


# -- authors ---------------------------------------------------------------------------------------


def _author(place: Place) -> Author | None:
    """Whom git takes for the author, found in the list of authors or put there.

    Without a list, or without a name in git's settings, the post has no author. The list is read
    line by line, as blogs write it; whatever else it holds stays as it is.
    """
    try:
        text = place.authors.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    known, whoever = dict(_entries(text)), me()
    if whoever is None or not known:
        return None
    key, name = whoever
    for other, fields in known.items():
        if fields.get("name") == name:
            return Author(other)
    avatar = next((f["avatar"] for f in known.values() if "avatar" in f), "")
    if not avatar:
        return None
    if key in known:  # the same person under another name, or somebody of the same name
        return Author(key)
    indent = re.search(r"^authors:.*\n(?:[ \t]*(?:#.*)?\n)*(?P<indent>[ ]+)", text, re.MULTILINE)
    step = indent["indent"] if indent else "  "
    about = WORDS["en" if place.language == "en" else "ko"]["about"]
    fields = {"name": name, "description": about, "avatar": avatar}
    lines = [f"{step}{quoted(key)}:", *(f"{step * 2}{k}: {quoted(v)}" for k, v in fields.items())]
    entry = "\n".join(lines) + "\n"
    place.authors.write_bytes((text.rstrip("\n") + "\n" + entry).encode())
    return Author(key, is_new=True)


def me() -> tuple[str, str] | None:
    """A key and the name of whoever git takes for the author, or None if git knows nobody."""
    name, noreply = _git("user.name"), _NOREPLY.match(_git("user.email"))
    key = slugify(noreply["name"] if noreply else name)
    return (key, name) if key and name else None


def _entries(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Keys of the authors with their name and avatar, where the list is written line by line."""
    lines = iter(text.split("\n"))
    for line in lines:
        if _AUTHORS_KEY.match(line):
            break
    indent = ""
    key: str | None = None
    fields: dict[str, str] = {}
    for line in lines:
        if line.strip() and not line.startswith((" ", "#")):
            break  # another key of the file's
        found = re.match(r"^(?P<indent>[ ]+)(?P<key>[^\s#:][^:]*):[ \t]*(?:#.*)?$", line)
        if found and found["indent"] == (indent or found["indent"]):
            if key is not None:
                yield key, fields
            indent, key, fields = found["indent"], _plain(found["key"]), {}
        elif field := _FIELD.match(line):
            fields[field["key"]] = _plain(field["value"])
    if key is not None:
        yield key, fields


def _plain(value: str) -> str:
    """A scalar without the quotes or the comment that it may have."""
    value = value.strip()
    if value[:1] == '"' and value[-1:] == '"' and len(value) > 1:
        try:
            return str(json.loads(value))
        except ValueError:
            return value[1:-1]
    if value[:1] == "'" and value[-1:] == "'" and len(value) > 1:
        return value[1:-1].replace("''", "'")
    return value.split(" #")[0].strip()


def quoted(value: str) -> str:
    """A text as YAML takes it for this text and nothing else."""
    plain = re.fullmatch(r"[^\W\d][\w ./-]*", value) and value == value.strip()
    ambiguous = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}
    if plain and value.lower() not in ambiguous:
        return value
    return json.dumps(value, ensure_ascii=False)


def _git(key: str) -> str:
    try:
        done = subprocess.run(["git", "config", key], capture_output=True, check=False)
    except OSError:
        return ""
    return unicodedata.normalize("NFC", done.stdout.decode("utf-8", "replace").strip())


# -- texts -----------------------------------------------------------------------------------------


def _text(request: Request, title: str, author: Author | None, words: Mapping[str, str]) -> str:
    front = [f"date: {today().isoformat()}"]
    front += [f"authors: [{quoted(author.key)}]"] if author else []
    front += ["categories: []", "tags: []"]
    front += [f"series: {quoted(request.series)}"] if request.series else []
    front += ["description:"]
    lead = f"# {title}\n\n{words['lead']}\n\n<!-- more -->"
    example = f"## {words['section']}\n\n{words['text']}"
    code = f'print("{words["greeting"]}")'
    block = "\n".join(["---", *front, "---"])
    if request.notebook:
        return _notebook(("raw", block), ("markdown", lead), ("markdown", example), ("code", code))
    if request.script:
        raw, text = _commented(block), _commented(f"{lead}\n\n{example}")
        lines = ["# %% [raw]", *raw, "", "# %% [markdown]", *text, "", "# %%", code, ""]
        return "\n".join(lines)
    return f"{block}\n\n{lead}\n\n{example}\n\n```python\n{code}\n```\n"


def _commented(text: str) -> list[str]:
    return [f"# {line}".rstrip() for line in text.split("\n")]


def _notebook(*cells: tuple[str, str]) -> str:
    """A notebook, as Jupyter writes it."""
    document = {
        "cells": [
            {
                "cell_type": kind,
                "id": f"cell-{number:02}",
                "metadata": {},
                "source": source.splitlines(keepends=True),
                **({"execution_count": None, "outputs": []} if kind == "code" else {}),
            }
            for number, (kind, source) in enumerate(cells, start=1)
        ],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


# -- the script ------------------------------------------------------------------------------------


class _Parser(argparse.ArgumentParser):
    """Ends with haebom's exit code for a command that was typed wrongly."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(4, f"{self.prog}: {message}\n")


def said(written: Written) -> str:
    """What to tell whoever asked for the post."""
    here = os.path.relpath(written.path)
    lines = [str(written.path) if here.startswith(os.pardir) else here]
    if written.author is None:
        lines.append("no author: set git's user.name, or add 'authors:' yourself")
    elif written.author.is_new:
        lines.append(f"new author {written.author.key!r} in .authors.yml: complete the entry")
    return "\n".join(lines)


def main(root: Path, arguments: Sequence[str] | None = None) -> int:
    """Make a post of a site whose folders have their usual names, and say where it is.

    Args:
        root: The site's folder.
        arguments: The command line; default: the process's own.

    Returns:
        The exit code.
    """
    parser = _Parser(description="Make a new post and print its path.")
    parser.add_argument("title", metavar="TITLE", help="Title, in quotes.")
    for option in OPTIONS:
        text = option.help.replace("%", "%%")
        if option.metavar:
            parser.add_argument(option.flag, help=text, metavar=option.metavar, default="")
        else:
            parser.add_argument(option.flag, help=text, action="store_true")
    request = Request(**vars(parser.parse_args(arguments)))
    try:
        found = _LANGUAGE.search((root / "mkdocs.yml").read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        found = None
    language = found["language"] if found else "ko"
    place = Place(root / "posts", root / "docs/blog/.authors.yml", language)
    try:
        written = write(request, place)
    except Refused as problem:
        print(f"{problem.message} {problem.hint}".strip(), file=sys.stderr)
        return 4
    print(said(written))
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(__file__).resolve().parent.parent))

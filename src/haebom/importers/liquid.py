"""Liquid, the templates of Jekyll, evaluated as far as a single post allows.

What is known (the site's configuration, the post's own front matter, Jekyll's filters and tags) is
put in; whatever needs the rest of the old site, such as a loop over all posts, stays in a comment
and is reported.  Source: https://jekyllrb.com/docs/liquid/.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from liquid import Environment, Mode
from liquid.context import RenderContext
from liquid.exceptions import LiquidError

from haebom.importers import matter
from haebom.importers.ledger import Ledger
from haebom.importers.text import Text

_PIECE = re.compile(
    r"(?P<tag>\{%-?\s*(?P<name>\w+)(?P<words>.*?)-?%\})|(?P<output>\{\{-?(?P<inner>.*?)-?\}\})",
    re.DOTALL,
)
_FENCE = re.compile(
    r"^ {0,3}(`{3,}|~{3,}).*?(?:^ {0,3}\1[`~]*[ \t]*$|\Z)", re.DOTALL | re.MULTILINE
)
_CODE = re.compile(r"(?<!`)(`+)(?!`)(?:(?!\n[ \t]*\n).)+?(?<!`)\1(?!`)", re.DOTALL)
_ADDRESS = re.compile(r"(?:\]\(|\]:[ \t]*|<[A-Za-z][^<>]*)[^\s)]*\Z")
_OPEN_ELEMENT = re.compile(r"(<(?:div|p|span|section|aside|figure|figcaption)\b[^<>]*)>\s*\Z")
_PARAMETER = re.compile(
    r"([\w-]+)\s*=\s*(?:\"((?:\\.|[^\"\\])*)\"|'((?:\\.|[^'\\])*)'|([^\s]+))", re.DOTALL
)
_INCLUDED = re.compile(r"(?:\{\{.*?\}\}|\S)+")
_MAY_BE_EMPTY = re.compile(r"\{\{-?\s*(?:site\.(?:url|baseurl)|include\.[\w-]+)\b")
_RAW = re.compile(r"\{%-?\s*(?:end)?raw\s*-?%\}")
_HIGHLIGHT = re.compile(r"\s*([^\s]+)(.*)", re.DOTALL)
_DYNAMIC = {
    "site": {
        "posts", "pages", "tags", "categories", "collections", "related_posts", "static_files",
        "time", "html_pages", "documents",
    },
    "page": {"content", "next", "previous", "excerpt", "output", "collection"},
}  # fmt: skip
_NEVER = frozenset({"layout", "paginator", "content", "jekyll", "theme", "posts", "forloop"})
_MARKDOWNIFIED = "\x00markdown\x00"

Value = Any
"""A value of a template."""


class Unknown(LookupError):
    """A tag refers to something that the old site does not have."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What templates of a post may refer to.

    Args:
        site: The configuration, data files included.
        page: The post's front matter.
        includes: Texts of the files in ``_includes``, by path.
        widgets: Includes of well-known themes: from their parameters to kramdown, or None.
        relative: Texts of files beside the post, or None.
        link: The address of a file of the old site, for ``link``.
        post: The address of a post, for ``post_url``; both raise :class:`Unknown`.
    """

    site: Mapping[str, Value]
    page: Mapping[str, Value]
    includes: Mapping[str, str]
    widgets: Callable[[str, Mapping[str, str], Mapping[str, Value]], str | None]
    relative: Callable[[str], str | None]
    link: Callable[[str], str]
    post: Callable[[str], str]


@dataclass(slots=True)
class _State:
    """How far a text has been evaluated."""

    pieces: list[Text] = field(default_factory=list)
    trims: bool = False

    @property
    def before(self) -> str:
        return "".join(piece.content for piece in self.pieces[-3:])[-400:]


class _Environment(Environment):
    """python-liquid with Jekyll's filters, and with limits for templates that run away."""

    loop_iteration_limit = 10_000
    output_stream_limit = 2_000_000

    def __init__(self, site: Mapping[str, Value]) -> None:
        super().__init__(tolerance=Mode.STRICT, strict_filters=True)
        base, url = str(site.get("baseurl") or "").rstrip("/"), str(site.get("url") or "")
        self.filters |= {
            "relative_url": lambda value: _joined(base, value),
            "absolute_url": lambda value: _joined(url.rstrip("/") + base, value),
            "markdownify": lambda value: f"{_MARKDOWNIFIED}{value}",
            "smartify": lambda value: value,
            "xml_escape": self.filters["escape"],
            "uri_escape": lambda value: quote(str(value), safe="%/:?#[]@!$&'()*+,;="),
            "cgi_escape": lambda value: quote(str(value), safe=""),
            "slugify": lambda value, *_: re.sub(r"[^\w]+", "-", str(value).lower()).strip("-"),
            "date_to_string": lambda value, *_: _day(value, "%d %b %Y"),
            "date_to_long_string": lambda value, *_: _day(value, "%d %B %Y"),
            "date_to_xmlschema": lambda value: _day(value, "%Y-%m-%dT%H:%M:%S%z"),
            "date_to_rfc822": lambda value: _day(value, "%a, %d %b %Y %H:%M:%S %z"),
            "jsonify": lambda value: json.dumps(value, ensure_ascii=False, default=str),
            "array_to_sentence_string": lambda value, *_: ", ".join(map(str, value)),
            "number_of_words": lambda value, *_: len(str(value).split()),
            "normalize_whitespace": lambda value: " ".join(str(value).split()),
            "strip_index": lambda value: re.sub(r"/index\.html?$", "/", str(value)),
        }


def _day(value: Value, form: str) -> str:
    moment = matter.when(value)
    return moment.strftime(form) if moment else ""


def _joined(base: str, value: Value) -> str:
    path = "" if value is None else str(value)
    if re.match(r"[A-Za-z][\w+.-]*:|//", path):
        return path
    return f"{base}/{path.lstrip('/')}" if path else base or "/"


class Evaluator:
    """Evaluates the templates in one text.

    Args:
        surroundings: What they may refer to.
        ledger: Takes down what is met.
    """

    def __init__(self, surroundings: Surroundings, ledger: Ledger) -> None:
        self.surroundings = surroundings
        self.ledger = ledger
        self.environment = _Environment(surroundings.site)
        template = self.environment.from_string("")
        names = {"site": surroundings.site, "page": surroundings.page}
        self.context = RenderContext(template, globals=names)
        self.depth = 0

    def text(self, text: Text) -> Text:
        """A text without templates; each line still knows where it came from."""
        if "{{" not in text.content and "{%" not in text.content:
            return text
        source = text.content
        code = list(_code_ranges(source))
        state = _State()
        position = 0
        for match in self._pieces(source):
            if match.start() < position:
                continue  # within a block that has been dealt with
            self._plain(state, text.cut(position, match.start()), match)
            end = self._end(source, match)
            piece = text.cut(match.start(), end)
            is_code = any(start <= match.start() < stop for start, stop in code)
            value = self._piece(match, piece, state.before, is_code)
            value = self._markdown(state, value)
            state.pieces.append(Text.fitted(value, piece.origins))
            state.trims = source[:end].endswith("-%}") or source[:end].endswith("-}}")
            position = end
        self._plain(state, text.cut(position, len(source)), None)
        return Text.join(state.pieces)

    def _pieces(self, source: str) -> Iterator[re.Match[str]]:
        position = 0
        while match := _PIECE.search(source, position):
            yield match
            position = self._end(source, match)

    def _end(self, source: str, match: re.Match[str]) -> int:
        """Where a piece ends; that of a block at its end tag."""
        name = match["name"]
        if not name:
            return match.end()
        tags = re.compile(rf"\{{%-?\s*(end)?{name}\b.*?-?%\}}", re.DOTALL)
        depth, position = 1, match.end()
        while tag := tags.search(source, position):
            position = tag.end()
            is_nested = not tag[1] and name not in ("raw", "comment", "highlight")
            depth += -1 if tag[1] else is_nested
            if depth == 0:
                return position
        return match.end()

    def _plain(self, state: _State, text: Text, following: re.Match[str] | None) -> None:
        content = text.content
        if state.trims:
            trimmed = content.lstrip()
            text = text.cut(len(content) - len(trimmed), len(content))
            state.trims = False
        if following is not None and following[0][2:3] == "-":
            text = text.cut(0, len(text.content.rstrip()))
        if text.content:
            state.pieces.append(text)

    def _markdown(self, state: _State, value: str) -> str:
        """Markdown within an element of HTML: let the element say so."""
        if _MARKDOWNIFIED not in value:
            return value
        value = value.replace(_MARKDOWNIFIED, "")
        for index in range(len(state.pieces) - 1, -1, -1):
            piece = state.pieces[index]
            found = _OPEN_ELEMENT.search(piece.content)
            if found:
                content = f'{piece.content[: found.end(1)]} markdown="1">\n'
                state.pieces[index] = Text.fitted(content, piece.origins)
            if piece.content.strip():
                break
        return f"\n{value.strip()}\n"

    # -- pieces --------------------------------------------------------------------------------

    def _piece(self, match: re.Match[str], piece: Text, before: str, is_code: bool) -> str:
        name = match["name"] or ""
        line = piece.origins[0] if piece.origins else 1
        special = getattr(self, f"_tag_{name}", None) if name else None
        try:
            if special is not None:
                inner = _inside(piece.content, match)
                return str(special(match["words"].strip(), inner, line, before))
            return self._evaluated(piece.content, name, line)
        except (Unknown, LiquidError, ValueError, TypeError, KeyError, RecursionError) as problem:
            construct = f"liquid {name}" if name else "liquid output"
            return self._kept(piece.content, construct, line, before, is_code, str(problem))

    def _kept(
        self, source: str, construct: str, line: int, before: str, is_code: bool, why: str
    ) -> str:
        """What could not be evaluated stays where a reader does not see it, but an author does."""
        shown = " ".join(source.split())
        shown = shown if len(shown) < 60 else f"{shown[:57]}…"
        why = why.strip().split("\n")[0].rstrip(".")
        if is_code:
            self.ledger.reported(line, construct, f"{shown} stays as it is, within code: {why}.")
            return source
        if _ADDRESS.search(before):
            self.ledger.reported(line, construct, f"{shown} is left out of an address: {why}.")
            return ""
        self.ledger.reported(line, construct, f"{shown} is now a comment: {why}.")
        return f"<!-- {source.replace('--', '- -')} -->"

    def _evaluated(self, source: str, name: str, line: int) -> str:
        """Let python-liquid evaluate what does not need the rest of the site."""
        template = self.environment.from_string(self._without_tags(source, line))
        analysis = template.analyze(include_partials=False)
        if re.search(r"['\"](?:now|today)['\"]", source):
            raise Unknown("it depends on the day")
        for variables in analysis.globals.values():
            for variable in variables:
                self._check(variable.segments)
        buffer = io.StringIO()
        template.render_with_context(self.context, buffer)
        value = buffer.getvalue()
        if not name and not value.strip() and not _MAY_BE_EMPTY.match(source):
            raise Unknown("there is no such value")
        self.ledger.converted(f"liquid {name}" if name else "liquid output")
        return value

    def _check(self, segments: Sequence[Any]) -> None:
        root = str(segments[0])
        if root in self.context.locals:
            return
        child = str(segments[1]) if len(segments) > 1 else ""
        is_given = root == "page" and child in self.surroundings.page
        if root in _NEVER or (child in _DYNAMIC.get(root, ()) and not is_given):
            raise Unknown("it needs the rest of the old site")

    def _without_tags(self, source: str, line: int) -> str:
        """A block in which tags of Jekyll have been evaluated; python-liquid knows none of them."""

        def evaluate(match: re.Match[str]) -> str:
            special = getattr(self, f"_tag_{match['name']}", None) if match["name"] else None
            if special is None or match["name"] in ("raw", "comment"):
                return match[0]
            value = special(match["words"].strip(), "", line, "")
            return f"{{% raw %}}{value}{{% endraw %}}"

        first = _PIECE.match(source)
        start = first.end() if first else 0
        return source[:start] + _PIECE.sub(evaluate, source[start:])

    # -- tags ----------------------------------------------------------------------------------

    def _tag_raw(self, words: str, inner: str, line: int, before: str) -> str:
        self.ledger.converted("liquid raw")
        return inner

    def _tag_comment(self, words: str, inner: str, line: int, before: str) -> str:
        self.ledger.reported(line, "liquid comment", "A comment of the template is left out.")
        return ""

    def _tag_link(self, words: str, inner: str, line: int, before: str) -> str:
        address = self.surroundings.link(self._words(words))
        self.ledger.converted("liquid link")
        return address

    def _tag_post_url(self, words: str, inner: str, line: int, before: str) -> str:
        address = self.surroundings.post(self._words(words))
        self.ledger.converted("liquid post_url")
        return address

    def _tag_highlight(self, words: str, inner: str, line: int, before: str) -> str:
        match = _HIGHLIGHT.match(words)
        language, options = (match[1], match[2]) if match else ("", "")
        code = re.sub(r"\A(?:[ \t]*\n)+|\s+\Z", "", _RAW.sub("", inner))
        longest = max(
            (len(run) for run in re.findall(r"^ *(~{3,})", code, re.MULTILINE)), default=2
        )
        fence = "~" * (longest + 1)
        indent = re.search(r"(?:\A|\n)([ \t]*)\Z", before)
        prefix = indent[1] if indent else ""
        marks = '{: linenums="1" }\n' if "linenos" in options else ""
        lines = [f"{fence} {language}", *code.split("\n"), fence, *marks.splitlines()]
        self.ledger.converted("liquid highlight")
        return f"\n{prefix}".join(["", *lines, ""])

    def _tag_include(self, words: str, inner: str, line: int, before: str) -> str:
        name, parameters = self._include(words)
        base = name.rpartition("/")[2].rpartition(".")[0] or name
        value = self.surroundings.widgets(base, parameters, self.surroundings.page)
        if value is None:
            value = self._included(name, self.surroundings.includes.get(name), parameters)
        self.ledger.converted(f"include {base}")
        return value

    _tag_include_cached = _tag_include

    def _tag_include_relative(self, words: str, inner: str, line: int, before: str) -> str:
        name, parameters = self._include(words)
        value = self._included(name, self.surroundings.relative(name), parameters)
        self.ledger.converted("include_relative")
        return value

    def _include(self, words: str) -> tuple[str, dict[str, str]]:
        """What is included, with its parameters."""
        name = _INCLUDED.match(words)
        end = name.end() if name else 0
        return self._words(words[:end]), self._parameters(words[end:])

    def _tag_gist(self, words: str, inner: str, line: int, before: str) -> str:
        name = words.split()[0].strip("\"'") if words.split() else ""
        return self._linked(f"https://gist.github.com/{name}", "gist", line)

    def _tag_youtube(self, words: str, inner: str, line: int, before: str) -> str:
        name = words.split()[0].strip("\"'") if words.split() else ""
        address = name if "://" in name else f"https://www.youtube.com/watch?v={name}"
        return self._linked(address, "youtube", line)

    def _tag_twitter(self, words: str, inner: str, line: int, before: str) -> str:
        return self._linked(words.split()[0].strip("\"'") if words.split() else "", "twitter", line)

    def _linked(self, address: str, what: str, line: int) -> str:
        self.ledger.reported(line, f"liquid {what}", f"What was embedded is a link now: {address}.")
        return f"<{address}>"

    def _words(self, words: str) -> str:
        """The words of a tag, outputs in them evaluated."""
        if "{{" not in words:
            return words.strip()
        return self.environment.from_string(words).render(**self._names()).strip()

    def _parameters(self, words: str) -> dict[str, str]:
        found = {}
        for name, double, single, bare in _PARAMETER.findall(words):
            quoted = re.sub(r"\\(.)", r"\1", double or single)
            source = quoted if not bare else f"{{{{ {bare} }}}}"
            if bare:
                template = self.environment.from_string(source)
                for variables in template.analyze(include_partials=False).globals.values():
                    for variable in variables:
                        self._check(variable.segments)
                found[name] = template.render(**self._names())
            else:
                found[name] = quoted
        return found

    def _names(self) -> dict[str, Value]:
        names = {"site": self.surroundings.site, "page": self.surroundings.page}
        return {**names, **dict(self.context.locals)}

    def _included(self, name: str, source: str | None, parameters: Mapping[str, str]) -> str:
        if source is None:
            raise Unknown(f"there is no include {name!r}")
        if self.depth > 8:
            raise Unknown(f"the include {name!r} includes itself")
        inner = Evaluator(self.surroundings, Ledger())
        inner.depth = self.depth + 1
        inner.context.assign("include", dict(parameters))
        value = inner.text(Text.of(source)).content
        if inner.ledger.remarks:
            remark = next(
                (r for r in inner.ledger.remarks if r.construct != "liquid comment"), None
            )
            if remark is not None:
                raise Unknown(f"in the include {name!r}, {remark.message.rstrip('.')}")
        return value


def _inside(source: str, match: re.Match[str]) -> str:
    """The text between the tags of a block."""
    inner = source[len(match[0]) :]
    end = re.search(r"\{%-?\s*end\w+\s*-?%\}\Z", inner)
    return inner[: end.start()] if end else inner


def _code_ranges(source: str) -> Iterator[tuple[int, int]]:
    """Where code stands."""
    fences = [match.span() for match in _FENCE.finditer(source)]
    yield from fences
    for match in _CODE.finditer(source):
        if not any(start <= match.start() < stop for start, stop in fences):
            yield match.span()

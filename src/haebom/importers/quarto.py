"""Quarto's Markdown, rewritten line by line as kramdown, which is then read like any other.

Source: https://quarto.org/docs/authoring/markdown-basics.html.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from haebom.importers.ledger import Ledger
from haebom.importers.text import Text
from haebom.options import KEYS

_FENCE = re.compile(r"^(?P<indent>[ \t>]*)(?P<sign>`{3,}|~{3,})[ \t]*(?P<info>[^`]*?)[ \t]*$")
_RAW = re.compile(r"^\{=(\w+)\}$")
_CELL = re.compile(r"^\{(?P<language>[\w.-]+)(?P<rest>[^}]*)\}$")
_OPTION = re.compile(
    r"^(?P<indent>[ \t]*)#\|[ \t]*(?P<key>[\w.-]+)[ \t]*:[ \t]*(?P<value>.*?)[ \t]*$"
)
_DIV = re.compile(r"^[ \t]*:{3,}[ \t]*(?P<info>\{[^{}]*\}|[^\s{}:]+|)[ \t]*:*[ \t]*$")
_ATTRIBUTES = re.compile(r"(?<=[\])`])\{(?!:)(?P<list>[^{}\n]*[#.=][^{}\n]*)\}")
_HEADING = re.compile(r"^(?P<text>[ \t]*#{1,6}[ \t].*?)[ \t]*\{(?P<list>[^{}]*)\}[ \t]*$")
_TITLE = re.compile(r"^[ \t]*#{1,6}[ \t]+(?P<text>.*?)[ \t]*(?:\{[^{}]*\})?[ \t]*$")
_SPAN = re.compile(r"\[(?P<text>[^\[\]]*)\]\{(?!:)(?P<list>[^{}\n]*[#.=][^{}\n]*)\}")
_CROSS = re.compile(r"(?<![\w@\\])@(?P<label>(?:fig|tbl|sec|eq|lst|thm)-[\w-]+)")
_CITED = re.compile(r"(?<![\w@\\])\[?@[\w:.#$%&+?<>~/-]+[\w]")
_SHORT = re.compile(r"\{\{<\s*(?P<name>\w+)(?P<words>.*?)>\}\}")
_CODE_OR_NOTE = re.compile(
    r"(?P<sign>`+)(?:.+?)(?P=sign)(?!`)|\^\[(?P<text>(?:[^\[\]`]|\[[^\[\]]*\]|`[^`]*`)*)\]"
)
_CAPTION = re.compile(r"^:[ \t]+(?P<text>.*?)[ \t]*(?:\{(?P<list>[^{}]*)\})?[ \t]*$")
_FIGURE = re.compile(
    r"^!\[(?P<caption>[^\[\]]*)\]\((?P<target>[^()]*)\)(?:\{(?P<list>[^{}]*)\})?[ \t]*$"
)
_EQUATION = re.compile(r"^(?P<end>.*\$\$)[ \t]*\{#(?P<label>eq-[\w-]+)\}[ \t]*$")
_LINES = re.compile(r"^\|[ \t]+(?P<text>[^|]*)$")
_HANGUL = re.compile("[가-힣]")
_CODE = re.compile(r"(`+)(?:.+?)\1(?!`)|(?<![\\$])\$(?!\s)[^$]+(?<![\s\\])\$")
_RAISED = re.compile(r"(?<![\\^\[])\^(?P<text>[^\s^\[\]]+)\^")
_LOWERED = re.compile(r"(?<![\\~])~(?P<text>[^\s~]+)~(?!~)")
_MEANING = re.compile(r"^ {0,2}~(?=[ \t])")
_CALLOUTS = frozenset({"note", "tip", "warning", "caution", "important"})
_KOREAN = {"fig": "그림", "tbl": "표", "sec": "절", "eq": "식", "lst": "코드", "thm": "정리"}
_ENGLISH = {
    "fig": "Figure", "tbl": "Table", "sec": "Section", "eq": "Equation", "lst": "Listing",
    "thm": "Theorem",
}  # fmt: skip


@dataclass(slots=True)
class _State:
    """How far a text has been rewritten.

    Args:
        lines: What has been written, and the line of the file that each came from.
        fence: Sign of the fence that is open, or an empty string.
        is_raw: Whether it holds HTML.
        is_head: Whether options of a cell may follow.
        divs: End tags of the elements that are open.
        untitled: Where the element begins whose title the next heading is; 0 if there is none.
        notes: Footnotes and the lines that they came from.
    """

    lines: list[tuple[str, int]] = field(default_factory=list)
    fence: str = ""
    is_raw: bool = False
    is_head: bool = False
    divs: list[str] = field(default_factory=list)
    untitled: int = 0
    notes: list[tuple[str, int]] = field(default_factory=list)


def to_kramdown(text: Text, ledger: Ledger) -> Text:
    """Rewrite a text.

    Args:
        text: Quarto's Markdown without front matter.
        ledger: Takes down what is met.
    """
    work = _Rewriting(ledger, _KOREAN if _HANGUL.search(text.content) else _ENGLISH)
    for line, number in zip(text.content.split("\n"), text.origins, strict=False):
        work.line(line, number)
    lines = list(work.finish())
    return Text("\n".join(line for line, _ in lines), [number for _, number in lines])


class _Rewriting:
    def __init__(self, ledger: Ledger, names: Mapping[str, str]) -> None:
        self.ledger = ledger
        self.names = names
        self.state = _State()

    def put(self, number: int, *lines: str) -> None:
        self.state.lines += [(line, number) for line in lines]

    def finish(self) -> Iterator[tuple[str, int]]:
        while self.state.divs:
            self.put(self.state.lines[-1][1] if self.state.lines else 1, "", self.state.divs.pop())
        yield from self.state.lines
        for count, (text, number) in enumerate(self.state.notes, start=1):
            yield "", number
            yield f"[^quarto-{count}]: {text}", number

    def line(self, line: str, number: int) -> None:
        """Rewrite a line."""
        if self.state.fence:
            self._within_fence(line, number)
        elif fence := _FENCE.match(line):
            self._open(fence, number)
        elif (div := _DIV.match(line)) and (div["info"] or self.state.divs):
            self._div(div, number)
        else:
            self._text(line, number)

    # -- code ----------------------------------------------------------------------------------

    def _open(self, fence: re.Match[str], number: int) -> None:
        self.state.fence = fence["sign"]
        info = fence["info"]
        raw = _RAW.match(info)
        self.state.is_raw = raw is not None and raw[1] == "html"
        if self.state.is_raw:
            self.put(number, "{::nomarkdown}")
            self.ledger.converted("raw block")
            return
        if raw is not None:
            message = f"A block for {raw[1]!r} only is code now."
            self.ledger.reported(number, "raw block", message)
            info = raw[1]
        cell = _CELL.match(info)
        if cell is not None and not info.startswith("{."):
            self.ledger.converted("code cell")
            self.state.is_head = True
            info = cell["language"]
        self.put(number, f"{fence['indent']}{fence['sign']}{info}")

    def _within_fence(self, line: str, number: int) -> None:
        closing = line.strip()
        is_end = closing.startswith(self.state.fence) and not closing.strip(closing[:1])
        if is_end:
            self.state.fence = ""
        if self.state.is_raw:
            self.put(number, "{:/}" if is_end else line)
            self.state.is_raw = not is_end
            return
        option = _OPTION.match(line) if self.state.is_head else None
        self.state.is_head = option is not None
        if option is None:
            self.put(number, line)
        else:
            self._option(option, number)

    def _option(self, option: re.Match[str], number: int) -> None:
        """A line of options at the top of a cell."""
        key, value = option["key"].replace("_", "-").lower(), option["value"]
        if key == "code-fold":
            key, value = "echo", "true" if value == "false" else "fold"
        if key in KEYS:
            self.ledger.converted("cell option")
            self.put(number, f"{option['indent']}#| {key}: {value}")
        else:
            message = f"haebom has no cell option {option['key']!r}; the line is left out."
            self.ledger.reported(number, "cell option", message)

    # -- divs ----------------------------------------------------------------------------------

    def _div(self, div: re.Match[str], number: int) -> None:
        info = div["info"].strip()
        if not info:
            self.put(number, "", self.state.divs.pop(), "")
            return
        attributes = info[1:-1] if info.startswith("{") and info.endswith("}") else f".{info}"
        classes = re.findall(r"(?<!\S)\.([\w-]+)", attributes)
        names = re.findall(r"#([\w-]+)", attributes)
        title = re.search(r"title=\"([^\"]*)\"|title='([^']*)'", attributes)
        callout = next(
            (c.removeprefix("callout-") for c in classes if c.startswith("callout-")), ""
        )
        written = [f'id="{name}"' for name in names[:1]]
        if callout:
            kind = callout if callout in _CALLOUTS else "note"
            text = next(filter(None, title.groups()), "") if title else callout.capitalize()
            written += [f'class="notice--{kind}"', f'title="{text}"']
            if "collapse" in attributes:
                written.append('data-fold="1"')
            self.ledger.converted("callout")
            self.state.untitled = 0 if title else len(self.state.lines) + 1
        else:
            if classes:
                written.append(f'class="{" ".join(classes)}"')
            self.ledger.converted("div")
        written.append('markdown="block"')
        self.put(number, "", f"<div {' '.join(written)}>", "")
        self.state.divs.append("</div>")

    # -- text ----------------------------------------------------------------------------------

    def _text(self, line: str, number: int) -> None:
        begin, self.state.untitled = self.state.untitled, self.state.untitled * (not line.strip())
        if begin and (title := _TITLE.match(line)):
            text = title["text"].replace('"', "'")
            above, place = self.state.lines[begin]
            self.state.lines[begin] = (re.sub('title="[^"]*"', f'title="{text}"', above), place)
        elif heading := _HEADING.match(line):
            text = self._spans(heading["text"], number)
            self.put(number, text + _heading_id(heading["list"]))
        elif equation := _EQUATION.match(line):
            self.put(number, equation["end"], "", f'<span id="{equation["label"]}"></span>', "")
            self.ledger.converted("cross reference")
        elif figure := _FIGURE.match(line):
            self._figure(figure, number)
        elif (caption := _CAPTION.match(line)) and self._is_behind_table():
            marks = f"{{: {caption['list']}}}" if caption["list"] else ""
            self.put(number, "", f"*{caption['text']}*", *filter(None, [marks]), "")
            self.ledger.converted("caption")
        else:
            lines = _LINES.match(line)
            line = f"{lines['text']}  " if lines else _MEANING.sub(":", line)
            self.put(number, self._spans(line, number))

    def _is_behind_table(self) -> bool:
        before = [line for line, _ in self.state.lines[-2:]]
        return any(line.lstrip().startswith("|") for line in before)

    def _figure(self, figure: re.Match[str], number: int) -> None:
        """An image that stands alone is a figure with a caption."""
        marks = figure["list"] or ""
        if not figure["caption"].strip():
            self.put(number, f"![]({figure['target']}){f'{{: {marks}}}' if marks else ''}")
            return
        alt = re.search(r"fig-alt=\"([^\"]*)\"", marks)
        name = re.search(r"#([\w-]+)", marks)
        width = re.search(r"width=\"?([\w%]+)\"?", marks)
        size = f' width="{width[1]}"' if width else ""
        source = figure["target"].split(" ")[0]
        self.put(
            number,
            "",
            f'<figure id="{name[1]}">' if name else "<figure>",
            f'<img src="{source}" alt="{alt[1] if alt else ""}"{size}>',
            f'<figcaption markdown="span">{figure["caption"]}</figcaption>',
            "</figure>",
            "",
        )
        self.ledger.converted("figure")

    def _spans(self, line: str, number: int) -> str:
        """Rewrite what stands within a line, outside of code and formulas."""
        line = _CODE_OR_NOTE.sub(lambda match: self._note(match, number), line)
        pieces, position = [], 0
        for code in _CODE.finditer(line):
            pieces += [self._plain(line[position : code.start()], number), code[0]]
            position = code.end()
        pieces.append(self._plain(line[position:], number))
        return _ATTRIBUTES.sub(lambda match: f"{{: {match['list']}}}", "".join(pieces))

    def _plain(self, text: str, number: int) -> str:
        text = _SHORT.sub(lambda match: self._short(match, number), text)
        text = _SPAN.sub(lambda match: self._span(match), text)
        text = _RAISED.sub(r"<sup>\g<text></sup>", text)
        text = _LOWERED.sub(r"<sub>\g<text></sub>", text)
        text = _CROSS.sub(lambda match: self._cross(match), text)
        if _CITED.search(text):
            message = "A reference to the literature stays as it is written."
            self.ledger.reported(number, "citation", message)
        return text

    def _short(self, match: re.Match[str], number: int) -> str:
        name, words = match["name"], match["words"].split()
        if name == "video" and words:
            address = words[0].strip("\"'")
            self.ledger.reported(number, "shortcode video", f"The video is a link now: {address}.")
            return f"<{address}>"
        if name in ("pagebreak", "lipsum"):
            self.ledger.reported(number, f"shortcode {name}", "It is left out.")
            return ""
        self.ledger.reported(number, f"shortcode {name}", "It is now a comment.")
        return f"<!-- {match[0]} -->"

    def _note(self, match: re.Match[str], number: int) -> str:
        if match["sign"]:
            return match[0]
        self.state.notes.append((match["text"], number))
        self.ledger.converted("footnote in the text")
        return f"[^quarto-{len(self.state.notes)}]"

    def _span(self, match: re.Match[str]) -> str:
        self.ledger.converted("span")
        classes = " ".join(re.findall(r"(?<!\S)\.([\w-]+)", match["list"]))
        name = re.search(r"#([\w-]+)", match["list"])
        parts = [f'id="{name[1]}"' if name else "", f'class="{classes}"' if classes else ""]
        return f"<span {' '.join(filter(None, parts))}>{match['text']}</span>"

    def _cross(self, match: re.Match[str]) -> str:
        self.ledger.converted("cross reference")
        kind, _, rest = match["label"].partition("-")
        return f"[{self.names[kind]} {rest}](#{match['label']})"


def _heading_id(marks: str) -> str:
    name = re.search(r"#([^\s}]+)", marks)
    return f" {{#{name[1]}}}" if name else ""

"""A Jekyll blog in memory, and the site that it is brought to."""

from __future__ import annotations

from pymdownx.slugs import slugify

from haebom.importers import jekyll
from haebom.importers.plan import Layout, OldFile, Plan
from haebom.parsers.markdown import Settings

SETTINGS = Settings(
    (
        "abbr", "admonition", "attr_list", "def_list", "footnotes", "md_in_html", "tables", "toc",
        "pymdownx.arithmatex", "pymdownx.details", "pymdownx.highlight", "pymdownx.inlinehilite",
        "pymdownx.superfences", "pymdownx.tabbed", "pymdownx.tasklist",
    ),
    {
        "pymdownx.arithmatex": {"generic": True},
        "pymdownx.superfences": {"preserve_tabs": True},
        "toc": {"permalink": True, "slugify": slugify(case="lower")},
        "pymdownx.tabbed": {"alternate_style": True},
        "pymdownx.tasklist": {"custom_checkbox": True},
    },
)  # fmt: skip
"""Extensions as the site around imported posts has them."""


class OldBlog:
    """A Jekyll blog in memory."""

    def __init__(self) -> None:
        self.config = ""
        self.documents: list[OldFile] = []
        self.includes: dict[str, str] = {}
        self.data: dict[str, str] = {}
        self.files: set[str] = set()

    def write(self, path: str, text: str | bytes) -> OldBlog:
        """Add a post or page."""
        content = text.encode("utf-8") if isinstance(text, str) else text
        self.documents.append(OldFile(path, content, "2020-01-02"))
        return self

    def plan(self, layout: Layout = Layout(), pages: bool = False) -> Plan:  # noqa: B008 - frozen
        """What an import would write."""
        blog = jekyll.Blog(
            self.config, self.documents, self.includes, self.data, frozenset(self.files)
        )
        return jekyll.plan(blog, layout, SETTINGS, pages)[0]

    def only(self) -> str:
        """The text that the only document becomes."""
        ((text,), _) = self.texts()
        return text

    def texts(self) -> tuple[list[str], Plan]:
        """The texts of all documents, in order of their paths."""
        plan = self.plan()
        written = {file.path: file.content for file in plan.files}
        targets = [d.target for d in plan.documents if d.target]
        return [(written[target] or b"").decode("utf-8") for target in targets], plan

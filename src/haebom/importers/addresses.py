"""Addresses of a Jekyll site: where its posts and pages were.

Source: https://jekyllrb.com/docs/permalinks/.
"""

from __future__ import annotations

import datetime
import posixpath
import re
import unicodedata
from collections.abc import Mapping, Sequence
from urllib.parse import unquote, urlsplit

STYLES = {
    "date": "/:categories/:year/:month/:day/:title:output_ext",
    "pretty": "/:categories/:year/:month/:day/:title/",
    "ordinal": "/:categories/:year/:y_day/:title:output_ext",
    "weekdate": "/:categories/:year/W:week/:short_day/:title:output_ext",
    "none": "/:categories/:title:output_ext",
}
_PLACEHOLDER = re.compile(r":([a-z_]+)")
_IN_TITLES = "._~!$&'()+,;=@"
_NOT_IN_NAME = re.compile(r"[^\w.~!&'()+,;=@-]+")


def slugified(text: str, others: str = "") -> str:
    """A text as Jekyll puts it into an address: all but letters and digits become hyphens.

    Args:
        text: Any text.
        others: Further signs that stay.
    """
    signs = (sign if _is_kept(sign, others) else " " for sign in unicodedata.normalize("NFC", text))
    return "-".join(filter(None, "".join(signs).split(" ")))


def _is_kept(sign: str, others: str) -> bool:
    category = unicodedata.category(sign)
    return category[0] in "LM" or category == "Nd" or sign in others


def file_name(text: str) -> str:
    """A text as a name of a file on every system, and as the last part of an address."""
    name = _NOT_IN_NAME.sub("-", unicodedata.normalize("NFC", text))
    return re.sub(r"-{2,}", "-", name).strip("-.")[:120]


def of_post(
    template: str,
    moment: datetime.datetime,
    slug: str,
    categories: Sequence[str],
    name: str = "",
) -> str:
    """The address of a post.

    Args:
        template: Name of a style, or a pattern.
        moment: When it was published.
        slug: The name that it goes by.
        categories: Its categories.
        name: Name of its file, without suffix.
    """
    year, week, weekday = moment.isocalendar()
    values = {
        "year": f"{moment.year:04}", "short_year": f"{moment.year % 100:02}",
        "month": f"{moment.month:02}", "i_month": str(moment.month),
        "short_month": moment.strftime("%b"), "long_month": moment.strftime("%B"),
        "day": f"{moment.day:02}", "i_day": str(moment.day),
        "y_day": f"{moment.timetuple().tm_yday:03}", "w_day": str(weekday),
        "week": f"{week:02}", "w_year": str(year),
        "short_day": moment.strftime("%a"), "long_day": moment.strftime("%A"),
        "hour": f"{moment.hour:02}", "minute": f"{moment.minute:02}",
        "second": f"{moment.second:02}",
        "title": slugified(slug, _IN_TITLES), "slug": slugified(slug).lower(),
        "name": slugified(name).lower(),
        "categories": "/".join(dict.fromkeys(category.lower() for category in categories)),
        "slugified_categories": "/".join(
            dict.fromkeys(slugified(category).lower() for category in categories)
        ),
        "output_ext": ".html", "collection": "posts",
    }  # fmt: skip
    pattern = STYLES.get(template.strip(), template.strip() or STYLES["date"])
    return cleaned(_PLACEHOLDER.sub(lambda match: _placed(match[1], values), pattern))


def _placed(name: str, values: Mapping[str, str]) -> str:
    """The value of a placeholder; a longer word may begin with one."""
    for end in range(len(name), 0, -1):
        if name[:end] in values:
            return values[name[:end]] + name[end:]
    return f":{name}"


def of_page(template: str, path: str) -> str:
    """The address of a page.

    Args:
        template: The site's style; ``pretty`` and those that end in a slash make folders.
        path: Its path within the site.
    """
    stem = posixpath.splitext(path)[0]
    folder, name = posixpath.split(stem)
    if name == "index":
        return cleaned(f"/{folder}/")
    is_folder = template == "pretty" or (
        template not in STYLES and template.endswith("/") and bool(template)
    )
    return cleaned(f"/{stem}/" if is_folder else f"/{stem}.html")


def cleaned(address: str) -> str:
    """An address that begins at the site's root, without empty and climbing parts."""
    is_folder = address.endswith("/")
    parts = [part for part in address.split("/") if part not in ("", ".", "..")]
    path = "/" + "/".join(parts)
    return path + "/" if is_folder and parts else path


def key(address: str) -> str:
    """An address in the form in which addresses are compared."""
    path = unicodedata.normalize("NFC", unquote(urlsplit(address).path))
    path = re.sub(r"/index\.html?$", "/", path)
    path = re.sub(r"\.html?$", "", path)
    return cleaned(path).rstrip("/").lower() or "/"

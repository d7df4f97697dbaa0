"""Runs inside every Python kernel: adds what a page needs of a Matplotlib figure to its picture.

A figure that is shown is drawn a second time, for a dark page, and says what it shows.

Like :mod:`haebom.kernels.bootstrap` this must not import anything of haebom but its neighbours.
"""

import contextlib
import logging
import sys
import warnings
from collections.abc import Iterator
from typing import Any

from IPython.core import pylabtools
from IPython.core.formatters import BaseFormatter
from traitlets import ObjectName, Unicode

from . import both
from .dark import darkened, same_part
from .description import describe
from .texts import missing_glyphs

MIME = "application/vnd.haebom.figure+json"
"""``dark``: image type to its content, as a bundle would hold it; ``missing``: characters that no
font has; and what the description says."""

_IMAGES = ("image/png", "image/svg+xml")


def register(shell: Any) -> None:
    """Let a shell add to each figure that it shows what a page needs of it.

    Args:
        shell: The IPython shell.
    """
    display = shell.display_formatter
    both.watch(pylabtools)
    display.register_formatter(_FigureFormatter(display.formatters))


class _FigureFormatter(BaseFormatter):  # type: ignore[misc]
    format_type = Unicode(MIME)
    print_method = ObjectName("_repr_haebom_figure_")
    _return_type = dict

    def __init__(self, others: dict[str, Any]) -> None:
        super().__init__()
        self._others = others

    def __call__(self, figure: Any) -> dict[str, Any] | None:
        module = sys.modules.get("matplotlib.figure")
        if module is None or not isinstance(figure, module.Figure):
            return None
        try:
            dark, missing = self._redrawn(figure)
            return {**describe(figure), "dark": dark, "missing": missing}
        except Exception:  # an artist of the post's own may do anything
            return None

    def _redrawn(self, figure: Any) -> tuple[dict[str, str], str]:
        """Draw a figure for a dark page in each format in which it is shown."""
        drawn, missing = {}, dict[str, None]()
        for mime in _IMAGES:
            try:
                draw = self._others[mime].lookup(figure)
            except KeyError:
                continue
            taken = both.taken(figure) if mime == both.MIME else None
            if taken is not None:
                drawn[mime] = taken[0]
                missing |= dict.fromkeys(taken[1])
                continue
            part = same_part(draw, figure)
            with _silence(), missing_glyphs(missing, lambda: False), darkened(figure) as was_light:
                content = draw(figure, **part)
            content = content[0] if isinstance(content, tuple) else content
            if content and was_light:
                drawn[mime] = content
        return drawn, "".join(missing)


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    """What a figure has to say was said when it was drawn first."""
    show, level = warnings.showwarning, logging.root.manager.disable
    warnings.showwarning = lambda *_args, **_fields: None
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        warnings.showwarning = show
        logging.disable(level)

"""Alternative texts of figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from haebom.model import JSON, CellOptions
from haebom.outputs import speaks
from haebom.render.labels import Labels

_DETAILED = 4  # more plots than that are told by their titles


def alternative(options: CellOptions, figure: Mapping[str, JSON], words: Labels) -> str:
    """The alternative text of a figure: its author's, or one made from what stands in it.

    Args:
        options: What the author asked for.
        figure: What is known of the figure; see :mod:`haebom.kernels.description`.
        words: haebom's own words.
    """
    if options.fig_alt:
        return options.fig_alt
    if speaks(figure):
        return " ".join(_sentences(figure, words))
    return options.fig_cap or words.figure


def _sentences(figure: Mapping[str, JSON], words: Labels) -> Iterator[str]:
    plots = figure.get("plots", [])
    count = len(plots) + figure.get("more", 0)
    if figure.get("title"):
        yield f"{figure['title']}."
    if count == 1:
        yield _plot(plots[0], words)
    elif count <= _DETAILED:
        yield f"{words.plots.format(count=count)}:"
        for number, plot in enumerate(plots, start=1):
            yield f"({number}) {_plot(plot, words)}"
    else:
        kinds = dict.fromkeys(kind for plot in plots for kind in plot.get("kinds", ()))
        titles = [plot["title"] for plot in plots if plot.get("title")]
        names = ", ".join(words.kinds[kind] for kind in kinds)
        more = ", …" if titles and count > len(titles) else ""
        said = f": {', '.join(titles)}{more}" if titles else ""
        yield f"{words.plots.format(count=count)}{f' ({names})' if names else ''}{said}."


def _plot(plot: Mapping[str, JSON], words: Labels) -> str:
    kinds = ", ".join(words.kinds[kind] for kind in plot.get("kinds", ()))
    head = ": ".join(filter(None, (plot.get("title"), kinds)))
    named = [
        f"{words.axes[part]}: {', '.join(value) if isinstance(value, list) else value}"
        for part in words.axes
        if (value := plot.get(part))
    ]
    return " ".join(f"{sentence}." for sentence in filter(None, (head, *named)))

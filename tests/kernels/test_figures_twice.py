"""Drawing a figure for a light and a dark page at once, beside drawing it twice."""

from __future__ import annotations

import base64
import io
import sys
import warnings
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from IPython.core import pylabtools
from matplotlib import patheffects
from matplotlib import pyplot as plt
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure
from PIL import Image

from haebom.kernels import both, texts
from haebom.kernels import png as png_module
from haebom.kernels.dark import darkened, grounds, remember_parts, same_part
from haebom.kernels.plain import is_plain, steady_ticks
from haebom.kernels.png import png

RNG = np.random.default_rng(0)
X = np.linspace(-3, 3, 40)
GRID = np.meshgrid(X, X)
WAVES = np.sin(GRID[0]) * np.cos(GRID[1])


def _lines() -> None:
    plt.plot(X, np.exp(X), "k", label="손실 −1")
    plt.plot(X, X**2, label="$x^2$")
    plt.semilogy()
    plt.legend()
    plt.title("학습 곡선")


def _scatter() -> None:
    plt.scatter(*RNG.random((2, 60)), c=RNG.random(60), s=80, edgecolors="k")
    plt.colorbar()


def _picture() -> None:
    plt.imshow(WAVES, cmap="gray")
    plt.text(20, 20, "on a picture", color="white")


def _contours() -> None:
    plt.contourf(*GRID, WAVES, 20)
    plt.clabel(plt.contour(*GRID, WAVES, colors="k"))


def _bars() -> None:
    plt.bar(["가", "나"], [1, 2], hatch="/", edgecolor="black", color="white")
    plt.gca().set_facecolor("0.9")
    plt.annotate("top", (1, 2), (0.2, 1.5), arrowprops={"arrowstyle": "->"}, bbox={"fc": "y"})


def _surface() -> None:
    plt.figure().add_subplot(projection="3d").plot_surface(*GRID, WAVES)


def _panels() -> None:
    figure, axes = plt.subplots(2, 2, layout="constrained")
    figure.suptitle("네 칸")
    axes[0, 0].hist(RNG.normal(size=200), bins=20)
    axes[0, 1].pcolormesh(WAVES)
    axes[1, 0].boxplot(RNG.normal(size=(20, 3)))
    axes[1, 1].fill_between(X, np.cos(X), alpha=0.3)
    axes[1, 1].twinx().plot(X, -X, "r")


def _parts() -> None:
    left, right = plt.figure().subfigures(1, 2)
    left.subplots().pie([1, 2, 3], labels=list("abc"))
    left.set_facecolor("lightyellow")
    axes = right.subplots()
    axes.inset_axes((0.5, 0.5, 0.4, 0.4)).plot(X)
    axes.table([["1", "2"]], loc="bottom")


def _effects() -> None:
    stroke = [patheffects.withStroke(linewidth=3, foreground="w")]
    plt.plot(X, path_effects=[patheffects.SimpleLineShadow(), patheffects.Normal()])
    plt.text(3, 0, "stroke", path_effects=stroke)
    plt.gca().scatter(X, X, rasterized=True)
    turned = plt.plot(X, -X)[0]
    turned.set_agg_filter(lambda image, _dpi: (image[::-1], 0, 0))


def _polar() -> None:
    plt.subplot(projection="polar").quiver(X, np.abs(X), X, X)
    plt.gcf().set_facecolor("none")
    plt.tight_layout()


def _named() -> None:
    plt.bar_label(plt.barh(["긴 이름", "b"], [3, 1]))
    plt.yticks(rotation=60)
    plt.gca().xaxis.tick_top()
    plt.title("위의 눈금 위에")
    plt.legend(["one"], title="제목", loc="lower left", bbox_to_anchor=(1.02, 0.1))


def _days() -> None:
    plt.plot(np.datetime64("2021-03-01") + np.arange(40) * np.timedelta64(37, "h"), X * 1e9)
    plt.gcf().autofmt_xdate()
    plt.twinx().plot(X * 1e-7 + 5)
    plt.minorticks_on()
    plt.grid(which="both")


def _shared() -> None:
    figure, axes = plt.subplots(2, 2, sharex=True, sharey="row", figsize=(5, 3), dpi=131)
    axes[0, 0].errorbar(X, X, 0.3, label="$e$")
    axes[0, 0].legend()
    axes[0, 1].scatter(X, X * 1e6, s=300, label="s")
    axes[1, 0].loglog(np.exp(X), np.exp(-X), "o-")
    axes[1, 1].stackplot(X, np.abs(X), X**2)
    figure.align_labels()
    figure.supxlabel("모두")
    figure.text(1.1, 0.5, "outside")


def _marked() -> None:
    plt.step(X, X)
    plt.xticks([-3, 0, 3], ["left", "middle", "right, and longer"])
    plt.yticks([])
    plt.gca().spines[["top", "right"]].set_visible(False)
    plt.gca().spines["left"].set_position("center")


LAY_OUT = vars(mpl.text.Text)["_get_layout"]
FIGURES = [
    _lines,
    _scatter,
    _picture,
    _contours,
    _bars,
    _surface,
    _panels,
    _parts,
    _effects,
    _polar,
    _named,
    _days,
    _shared,
    _marked,
]


@pytest.fixture
def print_figure(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Any]]:
    """IPython's function, as a kernel has it."""
    import matplotlib._tight_bbox as tight_bbox

    monkeypatch.setattr(tight_bbox, "adjust_bbox", vars(tight_bbox)["adjust_bbox"])
    monkeypatch.setattr(mpl.text.Text, "_get_layout", LAY_OUT)
    remember_parts(tight_bbox)
    texts.remember_layouts(mpl.text)
    tools = SimpleNamespace(print_figure=pylabtools.print_figure)
    both.watch(tools)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Hangul needs a font that a kernel adds
        yield tools.print_figure
    plt.close("all")


def _drawn(draw: Callable[[], None]) -> Figure:
    plt.close("all")
    RNG.bit_generator.state = np.random.default_rng(0).bit_generator.state
    draw()
    return plt.gcf()


def _pixels(content: bytes | str) -> Any:
    data = base64.b64decode(content) if isinstance(content, str) else content
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGBA"))


@pytest.mark.parametrize("fmt", ["png", "retina"])
@pytest.mark.parametrize("draw", FIGURES, ids=lambda draw: draw.__name__)
def test_both_pictures_are_what_drawing_each_gives(
    print_figure: Callable[..., Any], draw: Callable[[], None], fmt: str
) -> None:
    """A figure on the page would be another one than Matplotlib's, or a dark one would lack what a
    light one has, because something was not drawn with both."""
    with pytest.MonkeyPatch.context() as plain:
        plain.setattr(mpl.text.Text, "_get_layout", LAY_OUT)
        light = _pixels(pylabtools.print_figure(_drawn(draw), fmt))
        figure = plt.gcf()
        part = same_part(SimpleNamespace(func=pylabtools.print_figure, keywords={}), figure)
        with darkened(figure):
            dark = _pixels(pylabtools.print_figure(figure, fmt, **part))
    figure = _drawn(draw)
    assert np.array_equal(_pixels(print_figure(figure, fmt)), light)
    taken = both.taken(figure)
    assert taken is not None
    assert np.array_equal(_pixels(taken[0]), dark)
    assert not np.array_equal(light, dark)
    left = [part for part in (figure, *grounds(figure)) if "draw" in vars(part)]
    assert left == []
    assert both.taken(figure) is None


@pytest.mark.parametrize("draw", FIGURES, ids=lambda draw: draw.__name__)
def test_which_figures_are_plain(draw: Callable[[], None]) -> None:
    """The figures above would say nothing about those that are drawn in a shorter way; or one would
    be taken for such whose parts get their place only when they are drawn."""
    plain = {_lines, _named, _days, _shared, _marked}
    assert is_plain(_drawn(draw)) == (draw in plain)


class _Line(plt.Line2D):
    """A line of a post's own."""


@pytest.mark.parametrize(
    "change",
    [
        lambda figure: figure.gca().add_line(_Line([0], [1])),
        lambda figure: setattr(figure.gca().lines[0], "draw", lambda _renderer: None),
        lambda figure: figure.gca().xaxis.set_major_formatter(lambda value, _: f"{value}원"),
        lambda figure: figure.gca().set_xscale("function", functions=(np.cbrt, lambda v: v**3)),
        lambda figure: figure.canvas.mpl_connect("draw_event", lambda _event: None),
        lambda figure: figure.gca().set_axes_locator(lambda axes, _: axes.get_position()),
        lambda figure: figure.gca().set_aspect("equal"),
        lambda figure: figure.set_layout_engine("tight"),
        lambda figure: figure.gca().legend(loc="lower left", mode="expand"),
        lambda figure: figure.gca().annotate("a", (0, 1), (1, 2), arrowprops={"width": 1}),
        lambda figure: figure.gca().scatter([1], [1], clip_on=False),
        lambda figure: figure.gca().lines[0].set_agg_filter(lambda image, _dpi: (image, 0, 0)),
    ],
)
def test_what_a_post_has_had_a_hand_in_is_not_plain(change: Callable[[Figure], object]) -> None:
    """Code of a post would run less often than Matplotlib runs it, or a part be measured before it
    has its place."""
    figure = _drawn(_lines)
    assert is_plain(figure)
    change(figure)
    assert not is_plain(figure)


def test_ticks_follow_what_changes_between_two_pictures(print_figure: Callable[..., Any]) -> None:
    """An axis would keep the ticks of an earlier picture."""
    figure = _drawn(_marked)
    axes = figure.gca()
    for change in (
        lambda: axes.set_xlim(-30, 30),
        lambda: axes.set_xticks([0, 7]),
        lambda: axes.xaxis.set_tick_params(length=20, labelsize=30),
        lambda: axes.set_yscale("symlog"),
        lambda: figure.set_size_inches(3, 2),
    ):
        change()
        with pytest.MonkeyPatch.context() as plain:
            plain.setattr(mpl.text.Text, "_get_layout", LAY_OUT)
            expected = _pixels(pylabtools.print_figure(figure))
        assert np.array_equal(_pixels(print_figure(figure)), expected)
    assert mpl.axis.Axis._update_ticks.__module__ == "matplotlib.axis"


def test_file_is_what_matplotlib_makes(print_figure: Callable[..., Any]) -> None:
    """A picture would lose its size in inches, or who made it."""
    figure = _drawn(_lines)
    ours, theirs = (
        Image.open(io.BytesIO(draw(figure))) for draw in (print_figure, pylabtools.print_figure)
    )
    ours.load()
    theirs.load()
    assert ours.info == theirs.info
    assert ours.info["Software"].startswith("Matplotlib")
    assert (ours.mode, ours.size) == (theirs.mode, theirs.size)


def test_metadata_of_an_author(print_figure: Callable[..., Any]) -> None:
    """What an author asks to be in the file would be left out."""
    content = print_figure(_drawn(_lines), metadata={"Author": "해봄"})
    assert Image.open(io.BytesIO(content)).info["Author"] == "해봄"


@pytest.mark.parametrize("shape", [(1, 1), (3, 2), (40, 700)])
def test_pixels_of_any_size(shape: tuple[int, int]) -> None:
    """A row or a column would be shifted."""
    pixels = RNG.integers(0, 256, (*shape, 4), dtype=np.uint8)
    assert np.array_equal(_pixels(png(pixels, 72)), pixels)


def test_pictures_without_zlib_ng(monkeypatch: pytest.MonkeyPatch) -> None:
    """A post whose interpreter lacks it would lose its figures, or get others."""
    monkeypatch.setitem(sys.modules, "zlib_ng", None)
    code = Path(png_module.__file__).read_text("utf-8")
    own: dict[str, Any] = {"__name__": "png"}
    exec(compile(code, "png", "exec"), own)
    pixels = RNG.integers(0, 256, (40, 70, 4), dtype=np.uint8)
    assert own["_packing"] is zlib
    assert png_module._packing is not zlib
    assert np.array_equal(_pixels(own["png"](pixels, 72)), pixels)


def test_matplotlib_is_left_as_it_was(print_figure: Callable[..., Any]) -> None:
    """A post that works on an axis after it has drawn a figure would get another Matplotlib's."""
    before = dict(vars(mpl.axis.Axis))
    print_figure(_drawn(_lines))
    assert dict(vars(mpl.axis.Axis)) == before


def test_a_tick_is_its_own(print_figure: Callable[..., Any]) -> None:
    """A post that changes one tick of a figure that was shown would change others with it."""
    figure = _drawn(_lines)
    print_figure(figure)
    one, other, *_ = figure.gca().xaxis.majorTicks[-2:]
    figure.canvas.draw()
    before = _looks(other)
    heard: list[Any] = []
    other.label1.add_callback(heard.append)
    one.label1.set_fontsize(31)
    one.label1.set_text("changed")
    one.label1.set_visible(False)
    one.tick1line.set_marker("o")
    one.tick1line.set_markersize(9)
    one.gridline.set_visible(True)
    one.gridline.set_xdata([0.5, 0.6])
    one.gridline.get_ydata()[0] = 7
    one.update_position(0.123)
    assert _looks(other) == before
    assert not heard


def _looks(tick: Any) -> tuple[Any, ...]:
    label, line, grid = tick.label1, tick.tick1line, tick.gridline
    return (
        *(label.get_fontsize(), label.get_text(), label.get_position(), tick.get_loc()),
        *(line.get_marker(), line.get_markersize(), grid.get_visible()),
        *(list(part) for part in (*grid.get_data(), *line.get_data())),
    )


def test_ticks_made_after_another_are_like_those_of_matplotlib() -> None:
    """Later cells of a post would find other ticks than in an ordinary notebook."""
    with steady_ticks():
        axes = _with_ticks()
    own = _ticks_of(axes)
    assert own == _ticks_of(_with_ticks())
    assert len(own) > 150


def _with_ticks() -> Any:
    axes = plt.figure().add_subplot()
    axes.plot([1, 30], [4, 5])
    axes.tick_params(labelsize=7, color="red", labelrotation=30)
    axes.minorticks_on()
    axes.figure.canvas.draw()
    return axes


def _ticks_of(axes: Any) -> list[tuple[Any, ...]]:
    """What each artist of an axis's ticks is made of, but for what stands for its own figure."""
    axes.figure.canvas.draw()
    artists = [
        part
        for axis in (axes.xaxis, axes.yaxis)
        for tick in (*axis.majorTicks, *axis.minorTicks)
        for part in (tick, *tick.get_children())
    ]
    own = (int, float, str, bool, tuple, list, type(None))
    return [
        tuple(
            (name, type(value).__name__, str(value) if isinstance(value, own) else "")
            for name, value in sorted(vars(part).items())
        )
        for part in artists
    ]


def test_what_cannot_be_drawn_dark_is_drawn_light(print_figure: Callable[..., Any]) -> None:
    """An artist that fails on its second renderer would cost the post its figure."""

    class OnlyOnce(plt.Line2D):
        def draw(self, renderer: Any) -> None:
            super().draw(renderer)
            renderer.shade(lambda dark: dark.no_such_method())

    figure = _drawn(_lines)
    figure.gca().add_line(plt.Line2D([0, 1], [1, 2]))
    light = _pixels(print_figure(figure))
    figure.gca().lines[-1].remove()
    line = OnlyOnce([0, 1], [1, 2])
    figure.gca().add_line(line)
    with pytest.MonkeyPatch.context() as patched:  # while it is measured there is one renderer
        patched.setattr(RendererAgg, "shade", lambda *_: None, raising=False)
        assert np.array_equal(_pixels(print_figure(figure)), light)
    assert both.taken(figure) is None


def test_a_text_that_changes_is_laid_out_anew(print_figure: Callable[..., Any]) -> None:
    """Layouts that are remembered would outlive what they depend on."""
    figure = _drawn(_lines)
    title = figure.gca().title
    pictures = [_pixels(print_figure(figure))]
    for change in (
        {"text": "another"},
        {"fontsize": 20},
        {"rotation": 30},
        {"ha": "right"},
        {"va": "top"},
        {"linespacing": 3, "text": "two\nlines"},
        {"ma": "center"},
        {"rotation_mode": "anchor"},
        {"family": "monospace"},
    ):
        title.set(**change)
        figure.canvas.draw()  # on a renderer that stays
        pictures.append(_pixels(print_figure(figure)))
        assert not np.array_equal(pictures[-1], pictures[-2]), change


def test_texts_of_earlier_versions() -> None:
    """Before Matplotlib 3.10 ``get_figure`` has no arguments: every figure would fail there."""

    class Earlier(mpl.text.Text):
        def get_figure(self, root: bool | None = None) -> Any:
            if root is not None:
                raise TypeError("get_figure() got an unexpected keyword argument 'root'")
            return super().get_figure()

    key = texts._key(Earlier(0.5, 0.5, "earlier", figure=_drawn(_lines)))
    assert key is not None and key[0] == "earlier"

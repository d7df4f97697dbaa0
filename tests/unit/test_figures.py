"""Figures drawn for a dark page, and what is said of them."""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable, Iterator
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import pyplot as plt
from PIL import Image

from haebom.kernels.dark import GROUND, INK, darkened
from haebom.kernels.description import describe

WHITE, BLACK = (255, 255, 255), (0, 0, 0)
Pixels = Any


@pytest.fixture(autouse=True)
def _figures() -> Iterator[None]:
    """Matplotlib with its own settings, and no figure left over."""
    with mpl.rc_context():
        mpl.use("agg")
        yield
        plt.close("all")


def _png(figure: Any) -> bytes:
    """The figure as the inline backend shows it."""
    file = io.BytesIO()
    figure.canvas.print_figure(file, facecolor=figure.get_facecolor(), bbox_inches="tight")
    return file.getvalue()


def _pixels(content: bytes) -> Pixels:
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGBA"))


def _dark(figure: Any) -> Pixels:
    """The figure's pixels on a dark page."""
    _png(figure)
    with darkened(figure):
        return _pixels(_png(figure))


def _has(pixels: Pixels, colour: Any, opaque: bool = True) -> bool:
    wanted = [round(255 * part) if isinstance(part, float) else part for part in colour]
    near = (abs(pixels[..., :3].astype(int) - wanted) <= 3).all(axis=-1)
    return bool((near & (pixels[..., 3] > 250) if opaque else near).any())


def test_black_and_white_change_places() -> None:
    """On a dark page a figure would be a white box, or black on black."""
    figure, axes = plt.subplots()
    axes.plot([1, 2], "k", linewidth=5)
    axes.set_title("loss")
    axes.legend(["train"])
    pixels = _dark(figure)
    assert pixels[0, 0, 3] == 0  # the page's own ground shows through
    assert _has(pixels, INK)
    assert not _has(pixels, BLACK)
    assert not _has(pixels, WHITE)
    assert pixels.shape == _pixels(_png(figure)).shape


def test_legible_colours_stay_and_dark_ones_become_lighter() -> None:
    """An author's colours would change, or a blue line vanish."""
    figure, axes = plt.subplots()
    axes.bar([0], [1], color="tab:orange")
    axes.bar([1], [1], color="navy")
    pixels = _dark(figure)
    assert _has(pixels, (255, 127, 14))
    assert not _has(pixels, (0, 0, 128))


@pytest.mark.parametrize("ink", ["black", "white"])
def test_texts_on_pictures_can_be_read(ink: str) -> None:
    """Numbers on a heat map would be turned into the colour of their cell."""
    figure, axes = plt.subplots()
    axes.imshow(np.full((2, 2), 1.0 if ink == "black" else 0.0), cmap="gray", vmin=0, vmax=1)
    axes.text(0.5, 0.5, "■■■", color=ink, fontsize=40, ha="center", va="center")
    axes.axis("off")
    pixels = _dark(figure)
    assert _has(pixels, BLACK)
    assert _has(pixels, WHITE)
    assert not _has(pixels, INK)


def test_texts_in_light_boxes_can_be_read() -> None:
    """A note in a pale box would be white on pale."""
    figure = plt.figure()
    figure.add_axes((0, 0, 1, 1)).axis("off")
    box = {"facecolor": "wheat", "edgecolor": "none"}
    figure.axes[0].text(0.5, 0.5, "■■■", fontsize=40, bbox=box)
    pixels = _dark(figure)
    assert _has(pixels, BLACK)
    assert not _has(pixels, INK)


@pytest.mark.parametrize(
    "draw",
    [
        lambda axes: axes.contourf(np.eye(4), cmap="gray"),
        lambda axes: axes.pcolormesh(np.eye(4), cmap="gray"),
        lambda axes: axes.imshow(np.eye(4), cmap="gray"),
    ],
    ids=["contour", "mesh", "image"],
)
def test_pictures_and_lines_upon_them_stay(draw: Callable[[Any], object]) -> None:
    """A digit drawn in grey would become its negative, or a line on it vanish."""
    figure = plt.figure()
    axes = figure.add_axes((0, 0, 1, 1), frameon=False, xticks=[], yticks=[])
    draw(axes)
    axes.plot([0.5, 2], [0.5, 2], "k", linewidth=9)
    axes.scatter([1], [1], color="w")
    inside = np.s_[15:-15, 15:-15]  # the margin is the page
    assert np.array_equal(_dark(figure)[inside], _pixels(_png(figure))[inside])


@pytest.mark.parametrize("layout", [None, "tight", "constrained"])
def test_the_figure_is_left_as_it_was(layout: Any) -> None:
    """A post would go on with another figure than the one that it has made."""
    figure, axes = plt.subplots(1, 2, layout=layout)
    axes[0].plot([1, 3], "k", label="x")
    axes[0].legend()
    axes[0].set_facecolor("#EAEAF2")
    figure.colorbar(axes[1].pcolormesh(np.eye(3)))
    _png(figure)

    def state() -> list[object]:
        places = [each.get_position().bounds for each in figure.axes]
        of_figure = {name: each for name, each in vars(figure).items() if "Renderer" not in name}
        return [of_figure, places, vars(axes[0].patch).copy(), bytes(figure.canvas.buffer_rgba())]

    figure.canvas.draw()
    before = state()
    with darkened(figure):
        figure.canvas.draw()
        _png(figure)
    assert state() == before
    pickle.dumps(figure)


def test_the_figure_is_left_as_it_was_after_an_error() -> None:
    """An artist that cannot be drawn twice would leave a dark figure behind."""
    figure, axes = plt.subplots(layout="tight")
    before = _png(figure)
    with pytest.raises(ValueError), darkened(figure):
        raise ValueError
    assert "draw" not in vars(figure)
    assert axes.patch.get_facecolor() == (1, 1, 1, 1)
    assert _png(figure) == before


@pytest.mark.parametrize("layout", [None, "constrained"])
def test_drawings(layout: Any) -> None:
    """A figure shown as SVG would stay black on white."""
    figure, axes = plt.subplots(layout=layout)
    axes.plot([1, 2], "k")
    axes.imshow(np.eye(2))
    axes.text(0.5, 0.5, "x", color="black")

    def svg() -> str:
        file = io.BytesIO()
        figure.canvas.print_figure(file, format="svg", facecolor=figure.get_facecolor())
        return file.getvalue().decode()

    light = svg()
    with darkened(figure):
        dark = svg()
    ink = mpl.colors.to_hex(INK)
    assert ink in dark
    assert mpl.colors.to_hex(GROUND) not in light
    assert ink not in light


def test_what_a_figure_says() -> None:
    """An alternative text would lack what the author has written in the figure."""
    figure, (left, right) = plt.subplots(1, 2)
    left.plot([1, 2], label="train $x^2$")
    left.plot([1, 2], "o", label="valid")
    left.set(title="Loss", xlabel="epoch", ylabel="loss")
    left.legend()
    right.bar(["cat", "dog"], [1, 2])
    figure.suptitle("  Both\nruns ")
    figure.canvas.draw()
    assert describe(figure) == {
        "title": "Both runs",
        "plots": [
            {
                "title": "Loss",
                "kinds": ["line", "points"],
                "x": "epoch",
                "y": "loss",
                "legend": ["train x^2", "valid"],
            },
            {"kinds": ["bar"], "names": ["cat", "dog"]},
        ],
    }


@pytest.mark.parametrize(
    ("draw", "kind"),
    [
        (lambda a: a.hist([1, 2, 2, 3]), "histogram"),
        (lambda a: a.bar([1, 2, 3], [1, 2, 3]), "bar"),
        (lambda a: a.pie([1, 2]), "pie"),
        (lambda a: a.imshow([[1, 2]]), "image"),
        (lambda a: a.pcolormesh([[1, 2]]), "mesh"),
        (lambda a: a.contourf([[1, 2], [3, 4]]), "contour"),
        (lambda a: a.scatter([1], [2]), "points"),
        (lambda a: a.quiver([1], [2], [1], [1]), "arrows"),
        (lambda a: a.fill_between([1, 2], [2, 3]), "area"),
        (lambda a: a.plot([1, 2]), "line"),
        (lambda a: a.plot([1, 2], "x"), "points"),
    ],
)
def test_kinds(draw: Callable[[Any], object], kind: str) -> None:
    """A kind of plot would be called something else."""
    figure, axes = plt.subplots()
    draw(axes)
    figure.canvas.draw()
    assert describe(figure)["plots"][0]["kinds"] == [kind]


def test_many_plots_and_colour_bars() -> None:
    """A grid of digits would get an alternative text of a page, or count its colour bar."""
    figure, axes = plt.subplots(4, 4)
    figure.colorbar(axes[0, 0].imshow([[1, 2]]))
    figure.canvas.draw()
    found = describe(figure)
    assert (len(found["plots"]), found["more"]) == (12, 4)

"""Runs inside every Python kernel: draws a Matplotlib figure as on a dark page.

What is black or white (texts, lines, grounds) changes places, colours that could not be seen on a
dark ground become lighter, and everything else stays. No artist is touched for it: the colours are
changed on their way to the renderer, so that the post goes on with the figure that it made.

Like :mod:`haebom.kernels.bootstrap` this must not import anything of haebom.
"""

import contextlib
import functools
from collections.abc import Iterator
from types import ModuleType
from typing import Any
from weakref import WeakKeyDictionary

GROUND, INK = (30 / 255, 33 / 255, 41 / 255), (230 / 255, 232 / 255, 236 / 255)
"""What white and black become: a dark page's colours."""

_GREY = 0.06  # how far the parts of a colour may be apart for a grey
_SEEN, _READ = 3.0, 4.5  # contrast that shapes and texts need (WCAG 1.4.11, 1.4.3)
_AREAS = ("ContourSet", "PolyCollection", "Poly3DCollection")

Colour = tuple[float, ...]

_shown: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()
"""The part of each figure that was drawn last, in inches."""


def remember_parts(tight_bbox: ModuleType) -> None:
    """Note which part of a figure is drawn: to find it takes as long as drawing it.

    Args:
        tight_bbox: ``matplotlib._tight_bbox``.
    """
    adjust = vars(tight_bbox)["adjust_bbox"]

    def adjust_bbox(figure: Any, part: Any, *args: Any, **fields: Any) -> Any:
        _shown[figure] = part
        return adjust(figure, part, *args, **fields)

    vars(tight_bbox)["adjust_bbox"] = adjust_bbox


def same_part(draw: Any, figure: Any) -> dict[str, Any]:
    """What IPython's function has to be told to draw the part of a figure that it drew before.

    Args:
        draw: The function, as IPython's formatters know it.
        figure: The figure; it has been drawn before.
    """
    is_known = getattr(getattr(draw, "func", None), "__module__", "") == "IPython.core.pylabtools"
    is_tight = is_known and draw.keywords.get("bbox_inches", "tight") == "tight"
    # axes that are placed by others are placed anew when the part is looked for
    is_fixed = not any(axes.get_axes_locator() for axes in figure.axes)
    part = _shown.get(figure)
    return {"bbox_inches": part} if is_tight and is_fixed and part is not None else {}


@contextlib.contextmanager
def darkened(figure: Any) -> Iterator[bool]:
    """While this lasts, a figure is drawn as on a dark page; afterwards it is what it was.

    Args:
        figure: The figure; it has been drawn before.

    Yields:
        Whether it was made for a light page.
    """
    was_light = is_light(figure.get_facecolor())
    draw = figure.draw  # the method, or what somebody has put in its place
    with _as_it_was(figure, figure.canvas), cleared(grounds(figure)):
        figure.stale_callback = None  # it would have the figure drawn once more
        if figure.get_layout_engine() is not None:
            figure.set_layout_engine("none")  # everything has its place already
        vars(figure.canvas).pop("_lastKey", None)  # its picture is the post's: draw on another
        figure.draw = lambda renderer: draw(on_dark(renderer))
        yield was_light


def grounds(figure: Any) -> list[Any]:
    """What a figure and its parts are drawn on."""
    return [part.patch for part in (figure, *figure.subfigs, *figure.axes)]


@contextlib.contextmanager
def cleared(patches: list[Any]) -> Iterator[None]:
    """While this lasts, grounds are those of a dark page.

    Args:
        patches: The grounds.
    """
    with _as_it_was(*patches):
        for patch in patches:
            patch.stale_callback = None
            _clear(patch)
        yield


@contextlib.contextmanager
def _as_it_was(*objects: Any) -> Iterator[None]:
    """Whatever is done to objects meanwhile, afterwards they are what they were."""
    kept = [(each, dict(vars(each))) for each in objects]
    try:
        yield
    finally:
        for each, state in kept:
            vars(each).clear()
            vars(each).update(state)


def _clear(patch: Any) -> None:
    """Let a light ground be the page's own; a tinted one stays as a shade of grey."""
    red, green, blue, alpha = patch.get_facecolor()
    if is_light((red, green, blue, alpha)):
        value = (red + green + blue) / 3
        patch.set_alpha(None)
        patch.set_facecolor((value, value, value, alpha if value < 0.97 else 0))


def on_dark(renderer: Any) -> Any:
    """A renderer that has another one draw as on a dark page.

    Args:
        renderer: The other.
    """
    return _DarkRenderer(renderer)


class _DarkRenderer:
    """Stands before a renderer, and changes the colours that it gets.

    What is drawn upon a picture (an image, a mesh, a filled contour) keeps its colours, since the
    picture does. A text takes whichever of its two colours can be read where it stands.
    """

    def __init__(self, renderer: Any) -> None:
        self._renderer = renderer
        self._groups: list[str] = []
        self._covered: set[tuple[int, ...]] = set()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._renderer, name)

    def open_group(self, s: str, gid: Any = None) -> None:
        self._groups.append(s)
        self._renderer.open_group(s, gid)

    def close_group(self, s: str) -> None:
        self._groups.pop()
        self._renderer.close_group(s)

    def draw_path(self, gc: Any, path: Any, transform: Any, rgbFace: Any = None) -> None:
        if not self._is_covered(gc):
            gc, rgbFace = self._changed(gc), self._fill(rgbFace)
        self._renderer.draw_path(gc, path, transform, rgbFace)

    def draw_markers(
        self, gc: Any, marker: Any, marker_trans: Any, path: Any, trans: Any, rgbFace: Any = None
    ) -> None:
        if not self._is_covered(gc):
            gc, rgbFace = self._changed(gc), self._fill(rgbFace)
        self._renderer.draw_markers(gc, marker, marker_trans, path, trans, rgbFace)

    def draw_path_collection(
        self, gc: Any, master: Any, paths: Any, transforms: Any, offsets: Any, offset_trans: Any,
        faces: Any, edges: Any, *rest: Any, **more: Any,
    ) -> None:  # fmt: skip
        if self._group().endswith("ContourSet") and len(faces):
            self._cover(gc)
        elif not self._is_covered(gc):
            is_area = self._group().endswith(_AREAS)
            faces, edges = _all_on_dark(faces, lifted=not is_area), _all_on_dark(edges)
        self._renderer.draw_path_collection(
            gc, master, paths, transforms, offsets, offset_trans, faces, edges, *rest, **more
        )

    def draw_quad_mesh(self, gc: Any, *rest: Any) -> None:
        self._cover(gc)
        self._renderer.draw_quad_mesh(gc, *rest)

    def draw_gouraud_triangles(self, gc: Any, *rest: Any) -> None:
        self._cover(gc)
        self._renderer.draw_gouraud_triangles(gc, *rest)

    def draw_image(self, gc: Any, *rest: Any) -> None:
        self._cover(gc)
        self._renderer.draw_image(gc, *rest)

    def draw_text(
        self, gc: Any, x: float, y: float, s: str, prop: Any, angle: float,
        ismath: Any = False, mtext: Any = None,
    ) -> None:  # fmt: skip
        gc = self._for_text(gc, mtext)
        self._renderer.draw_text(gc, x, y, s, prop, angle, ismath=ismath, mtext=mtext)

    def draw_letters(self, gc: Any, letters: list[tuple[Any, ...]], text: Any) -> None:
        """Draw a text of which each letter has been drawn elsewhere.

        Args:
            gc: How it was drawn there.
            letters: What Matplotlib's renderer in C++ was given; the last of it is ``gc``.
            text: The text.
        """
        gc = self._for_text(gc, text)
        for *letter, _ in letters:
            self._renderer._renderer.draw_text_image(*letter, gc)

    def draw_tex(
        self, gc: Any, x: float, y: float, s: str, prop: Any, angle: float, *, mtext: Any = None
    ) -> None:
        self._renderer.draw_tex(self._for_text(gc, mtext), x, y, s, prop, angle, mtext=mtext)

    def _group(self) -> str:
        return self._groups[-1] if self._groups else ""

    def _cover(self, gc: Any) -> None:
        clip = gc.get_clip_rectangle()
        if clip is not None:
            self._covered.add(_rounded(clip))

    def _is_covered(self, gc: Any) -> bool:
        clip = gc.get_clip_rectangle() if self._covered else None
        return clip is not None and _rounded(clip) in self._covered

    def _fill(self, colour: Any) -> Any:
        if colour is None:
            return None
        return _on_dark(tuple(colour), lifted=not self._group().endswith(_AREAS))

    def _changed(self, gc: Any) -> Any:
        changed = self._with_ink(gc, _on_dark(gc.get_rgb()))
        if gc.get_hatch():
            changed.set_hatch_color(_on_dark(gc.get_hatch_color()))
        return changed

    def _with_ink(self, gc: Any, colour: Colour) -> Any:
        changed = self._renderer.new_gc()
        changed.copy_properties(gc)
        changed.set_foreground(colour, isRGBA=True)
        return changed

    def _for_text(self, gc: Any, text: Any) -> Any:
        own, changed = gc.get_rgb(), _on_dark(gc.get_rgb())
        ground = self._behind(text)
        if ground is None:
            return gc
        contrast = _contrast(changed, ground)
        is_better = contrast >= _READ or contrast >= _contrast(own, ground)
        return self._with_ink(gc, changed if is_better else own)

    def _behind(self, text: Any) -> Colour | None:
        """The colour of what has been drawn where a text will stand; None if it is a picture in a
        format that cannot be looked at."""
        if text is None:
            return GROUND
        box = text.get_window_extent()  # with the renderer that it is drawn with
        if not hasattr(self._renderer, "buffer_rgba"):  # a drawing has no pixels to look at
            x, y = (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2
            inside = any(a <= x <= c and b <= y <= d for a, b, c, d in self._covered)
            return None if inside else GROUND
        import numpy as np

        pixels = np.asarray(self._renderer.buffer_rgba())[::-1]
        left, bottom, right, top = (max(edge, 0) for edge in _rounded(box))
        area = pixels[bottom:top, left:right]
        if not area[..., 3].any():
            return GROUND
        seen = area.reshape(-1, 4) / 255
        alpha = seen[:, 3:]
        return tuple((seen[:, :3] * alpha + np.array(GROUND) * (1 - alpha)).mean(axis=0))


def _rounded(box: Any) -> tuple[int, ...]:
    return tuple(round(edge) for edge in box.extents)


@functools.lru_cache(maxsize=4096)
def _on_dark(colour: Colour, lifted: bool = True) -> Colour:
    """What a colour is on a dark page; its opacity stays.

    Args:
        colour: Red, green, blue and perhaps opacity, from 0 to 1.
        lifted: Whether one that could not be seen is made lighter.
    """
    red, green, blue = (float(part) for part in colour[:3])
    if max(red, green, blue) - min(red, green, blue) <= _GREY:
        white = (red + green + blue) / 3
        pairs = zip(INK, GROUND, strict=True)
        return (*(ink + (ground - ink) * white for ink, ground in pairs), *colour[3:])
    share = 0.0
    while lifted and share < 1 and _contrast(_lighter(colour, share), GROUND) < _SEEN:
        share += 0.05
    return (*_lighter(colour, share), *colour[3:])


def _all_on_dark(colours: Any, lifted: bool = True) -> Any:
    if not len(colours):
        return colours
    import numpy as np

    different, which = np.unique(colours, axis=0, return_inverse=True)  # of a colour map, few
    changed = np.array([_on_dark(tuple(colour), lifted) for colour in different])
    return changed[which.ravel()]


def _lighter(colour: Colour, share: float) -> Colour:
    return tuple(float(part) + (1 - float(part)) * share for part in colour[:3])


def is_light(colour: Colour) -> bool:
    """Whether a ground is light, or lets a light page through."""
    return colour[3] < 0.5 or _luminance(colour) > 0.4


def _contrast(one: Colour, other: Colour) -> float:
    """WCAG's contrast of two colours, from 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: Colour) -> float:
    parts = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour[:3]
    ]
    return float(0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2])

"""What kernels of both kinds do for figures, tables and widgets that are shown."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from haebom.kernels.base import KernelFactory
from haebom.kernels.figures import MIME
from haebom.model import Display, Output, Stream
from haebom.outputs import WIDGET

from .conftest import run, text

PLOT = "import matplotlib.pyplot as plt\nplt.plot([1, 2], 'k'); plt.title('{}'); plt.show()"


def _figure(outputs: tuple[Output, ...]) -> Any:
    """What was added to the one figure of a cell."""
    (found,) = [o.data[MIME] for o in outputs if isinstance(o, Display) and MIME in o.data]
    return found


def _size(content: str) -> tuple[int, int]:
    return Image.open(io.BytesIO(base64.b64decode(content))).size


def test_figures_are_drawn_for_a_dark_page_too(factory: KernelFactory, tmp_path: Path) -> None:
    """On a dark page every figure would be a white box, or be described by nobody."""
    done = run(factory, tmp_path, [PLOT.format("손실")])
    figure = _figure(done.outputs[0])
    (shown,) = [o for o in done.outputs[0] if isinstance(o, Display)]
    assert figure["plots"] == [{"title": "손실", "kinds": ["line"]}]
    assert figure["missing"] == ""
    assert figure["dark"]["image/png"] != shown.data["image/png"]
    assert _size(figure["dark"]["image/png"]) == _size(shown.data["image/png"])


@pytest.mark.parametrize("formats", ["'svg', 'png'", "'retina'"])
def test_in_every_format_that_is_shown(
    factory: KernelFactory, tmp_path: Path, formats: str
) -> None:
    """An author's choice of formats would lose the figure on dark pages."""
    chosen = f"%config InlineBackend.figure_formats = [{formats}]"
    (outputs,) = run(factory, tmp_path, [chosen + "\n" + PLOT.format("a")]).outputs
    (shown,) = [o for o in outputs if isinstance(o, Display)]
    images = {mime for mime in shown.data if mime.startswith("image/")}
    assert set(_figure(outputs)["dark"]) == images


def test_figures_that_are_dark_already_stay(factory: KernelFactory, tmp_path: Path) -> None:
    """An author's dark style would be drawn over."""
    style = "import matplotlib.pyplot as plt\nplt.style.use('dark_background')\n"
    (outputs,) = run(factory, tmp_path, [style + PLOT.format("a")]).outputs
    assert _figure(outputs)["dark"] == {}


def test_nothing_else_changes(factory: KernelFactory, tmp_path: Path) -> None:
    """A post's random numbers, warnings or prints would depend on its figures being shown."""
    state = (
        "import random, numpy as np, warnings, logging, matplotlib.pyplot as plt\n"
        "warnings.simplefilter('always')\n"
        "class Loud(plt.Line2D):\n"
        "    def draw(self, renderer):\n"
        "        warnings.warn('drawn'); super().draw(renderer)\n"
        "fig, ax = plt.subplots(); ax.add_line(Loud([0, 1], [0, 1])); shown = plt.show()\n"
        "print(random.random(), np.random.rand(), logging.root.manager.disable)"
    )
    with_figure, without = run(
        factory, tmp_path, [state, state.replace("plt.show()", "plt.close()")]
    ).outputs
    warned = "".join(o.text for o in with_figure if isinstance(o, Stream) and o.name == "stderr")
    assert warned.count("drawn\n") == 2  # to find its size, and to draw it
    bare = "import random, numpy as np\nprint(random.random(), np.random.rand(), 0)"
    assert text(run(factory, tmp_path, [bare]).outputs[0]) in text(with_figure)
    assert "drawn" not in text(without)


def test_hangul(factory: KernelFactory, tmp_path: Path) -> None:
    """Hangul in a figure would be boxes, whatever fonts and styles an author asks for."""
    ask = (
        "plt.rcParams['font.family'] = 'Malgun Gothic'",
        "plt.style.use('seaborn-v0_8')",
        "plt.rcParams['font.family'] = 'serif'",
        "plt.rcdefaults()",
        "pass",
    )
    cells = [f"import matplotlib.pyplot as plt\n{each}\n" + PLOT.format("한글 −1") for each in ask]
    cells.append(PLOT.format("$x$의 값"))
    for outputs in run(factory, tmp_path, cells).outputs:
        assert _figure(outputs)["missing"] == ""
        assert not any(isinstance(o, Stream) for o in outputs)


def test_texts_without_hangul_keep_their_look(factory: KernelFactory, tmp_path: Path) -> None:
    """A fallback for Hangul would change the look of every other figure."""
    plain = "del plt.matplotlib.font_manager.fontManager._find_fonts_by_props\n"
    cell = PLOT.format("loss −1 $x^2$")
    with_fallback, without = run(factory, tmp_path, [cell, plain + cell]).outputs
    assert with_fallback == without


def test_missing_glyphs(factory: KernelFactory, tmp_path: Path) -> None:
    """A box in place of a character would go unnoticed where an author has muted warnings."""
    mute = "import warnings; warnings.filterwarnings('ignore')\n"
    (outputs,) = run(factory, tmp_path, [mute + PLOT.format("가 🔥")]).outputs
    assert _figure(outputs)["missing"] == "🔥"


def test_styled_tables_have_the_same_names_each_time(
    factory: KernelFactory, tmp_path: Path
) -> None:
    """A page with a styled table would be another one at each build."""
    cell = "import pandas as pd\npd.DataFrame({'a': [1, 2]}).style.highlight_max()"
    runs = [run(factory, tmp_path, [cell, cell]).outputs for _ in range(2)]
    first, second = (
        [o.data["text/html"] for outputs in done for o in outputs if isinstance(o, Display)]
        for done in runs
    )
    assert first == second
    assert first[0] != first[1]


@pytest.mark.parametrize(
    ("cell", "mime"),
    [
        (
            "import plotly.graph_objects as g; g.Figure(g.Bar(y=[1]))",
            "application/vnd.plotly.v1+json",
        ),
        (
            "import altair as a; a.Chart(a.Data(values=[{'a': 1}])).mark_bar().encode(x='a:O')",
            "application/vnd.vegalite.v6+json",
        ),
    ],
    ids=["plotly", "altair"],
)
def test_interactive_figures_are_data(
    factory: KernelFactory, tmp_path: Path, cell: str, mime: str
) -> None:
    """A page would hold a whole library, or load one from elsewhere."""
    first, second = (run(factory, tmp_path, [cell]).outputs[0] for _ in range(2))
    (shown,) = first
    assert isinstance(shown, Display)
    assert "text/html" not in shown.data
    assert isinstance(shown.data[mime], dict)
    assert isinstance(second[0], Display)
    assert second[0].data[mime] == shown.data[mime]


def test_widgets_tell_their_last_state(factory: KernelFactory, tmp_path: Path) -> None:
    """A progress bar would stay at its beginning, and a widget at its first value."""
    cells = [
        "from tqdm.notebook import tqdm\nfor _ in tqdm(range(3), desc='d'): pass",
        "import ipywidgets as w\nfrom IPython.display import display\n"
        "s = w.IntSlider(1, description='n'); o = w.Output(); display(w.VBox([s, o]))\n"
        "with o: print('printed')",
        "s.value = 7",
    ]
    bar, box, _ = run(factory, tmp_path, cells).outputs
    (progress,) = [o.data[WIDGET] for o in bar if isinstance(o, Display)]
    left, middle, right = progress["children"]
    assert left["state"]["value"].endswith("100%")
    assert middle["state"]["value"] == 3
    assert "3/3" in right["state"]["value"]
    (shown,) = [o.data[WIDGET] for o in box if isinstance(o, Display)]
    slider, output = shown["children"]
    assert slider["state"] == {"description": "n", "value": 7, "min": 0, "max": 100}
    assert [each["text"] for each in output["state"]["outputs"]] == ["printed\n"]

"""Where libraries are documented: an address for each name that code uses.

The forms of the addresses are those of the projects' own sites. Sites that list their addresses in
inventories cannot be asked, since nothing is fetched when a site is built; so the forms stand here.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

FIELDS = ("name", "object", "module", "last")
"""What may stand in braces in an address: the whole name, the class or function that it belongs to,
the module of that, and the last part of the module's name."""

BUILTINS = "builtins"

_MEMBERS = frozenset({"method", "attribute"})
_TORCH = "https://docs.pytorch.org/docs/stable"
_NUMPY = "https://numpy.org/doc/stable/reference"
_MATPLOTLIB = "https://matplotlib.org/stable/api"
_SCIPY = "https://docs.scipy.org/doc/scipy/reference"
_PYTHON = "https://docs.python.org/3/library"
_PYTHON_IN = {"ko": "https://docs.python.org/ko/3/library"}

_NUMBERS = r"(?:b?float\d+|double|half|u?int\d*|long|short|bool_?|complex\w*|uint\w*)"

Rule = tuple[str, str]

_RULES: Mapping[str, Sequence[Rule]] = {
    "torch": (
        (rf"torch\.(?:{_NUMBERS}|bfloat16|cfloat)", f"{_TORCH}/tensor_attributes.html#torch.dtype"),
        (r"torch\.(?:device|dtype|layout)\b.*", f"{_TORCH}/tensor_attributes.html#{{object}}"),
        (r"torch\.Tensor", f"{_TORCH}/tensors.html#torch.Tensor"),
        (r"torch\.Size\b.*", f"{_TORCH}/size.html#torch.Size"),
        (r"torch\.[fi]info\b.*", f"{_TORCH}/type_info.html#{{object}}"),
        (r"torch\.(?:Tensor|optim\.Optimizer)\..+", f"{_TORCH}/generated/{{name}}.html"),
        (
            r"torch\.nn\.(?P<last>(?:Uninitialized)?(?:Parameter|Buffer))",
            f"{_TORCH}/generated/torch.nn.parameter.{{last}}.html",
        ),
        (r"torch\.utils\.data\..+", f"{_TORCH}/data.html#{{name}}"),
        (r"torch\.nn\.init\..+", f"{_TORCH}/nn.init.html#{{name}}"),
        (r"torch\.distributions\..+", f"{_TORCH}/distributions.html"),
        (r"torch\.(?:amp\..+|autocast\b.*)", f"{_TORCH}/amp.html#{{name}}"),
        (r"torch\.autograd\.Function\b.*", f"{_TORCH}/autograd.html#torch.autograd.Function"),
        (
            r"torch\.(?P<last>backends|distributed|hub|multiprocessing|onnx|profiler|random|special"
            r"|testing)\..+",
            f"{_TORCH}/{{last}}.html#{{name}}",
        ),
        (r"torch\.utils\.(?P<last>\w+)\..+", f"{_TORCH}/{{last}}.html"),
        (r"torch\.version\..+", ""),
        ("", f"{_TORCH}/generated/{{object}}.html#{{name}}"),
    ),
    "torchvision": (("", "https://docs.pytorch.org/vision/stable/generated/{object}.html#{name}"),),
    "numpy": (
        (r"numpy\.random\.(?:default_rng|Generator)", f"{_NUMPY}/random/generator.html#{{name}}"),
        (r"numpy\.random\.RandomState", f"{_NUMPY}/random/legacy.html#{{name}}"),
        (
            r"numpy\.random\.(?:BitGenerator|MT19937|PCG64\w*|Philox|SFC64|SeedSequence)\b.*",
            f"{_NUMPY}/random/bit_generators/index.html",
        ),
        (r"numpy\.random\..+", f"{_NUMPY}/random/generated/{{name}}.html"),
        (
            rf"numpy\.(?:{_NUMBERS}|generic|number|integer|floating|str_|bytes_|object_|void)",
            f"{_NUMPY}/arrays.scalars.html#{{name}}",
        ),
        (r"numpy\.(?:pi|e|inf|nan|newaxis|euler_gamma)", f"{_NUMPY}/constants.html#{{name}}"),
        (r"numpy\.polynomial\..+", f"{_NUMPY}/routines.polynomials.html"),
        ("", f"{_NUMPY}/generated/{{name}}.html"),
    ),
    "pandas": (("", "https://pandas.pydata.org/docs/reference/api/{name}.html"),),
    "matplotlib": (
        (
            r"matplotlib\.(?:pyplot\.)?(?P<last>rcParams|rcParamsDefault|rc|rc_context|use)",
            f"{_MATPLOTLIB}/matplotlib_configuration_api.html#matplotlib.{{last}}",
        ),
        (
            r"matplotlib\.(?:pyplot\..+|(?:axes\.Axes|figure\.(?:Figure|SubFigure))\b.*)",
            f"{_MATPLOTLIB}/_as_gen/{{name}}.html",
        ),
        (r"matplotlib\.artist\..+", f"{_MATPLOTLIB}/artist_api.html"),
        (r"matplotlib\.axis\..+", f"{_MATPLOTLIB}/axis_api.html"),
        (r"matplotlib\.(?P<last>\w+)\..+", f"{_MATPLOTLIB}/{{last}}_api.html#{{name}}"),
    ),
    "sklearn": (("", "https://scikit-learn.org/stable/modules/generated/{object}.html#{name}"),),
    "scipy": (("", f"{_SCIPY}/generated/{{name}}.html"),),
    "PIL": (("", "https://pillow.readthedocs.io/en/stable/reference/{last}.html#{name}"),),
    "packaging": (("", "https://packaging.pypa.io/en/stable/{last}.html#{name}"),),
    "IPython": (
        (
            r"IPython\.display\..+",
            "https://ipython.readthedocs.io/en/stable/api/generated/IPython.display.html#{name}",
        ),
    ),
    BUILTINS: (
        (
            r"builtins\.(?P<last>\w*(?:Error|Exception|Exit|Interrupt|Iteration|Warning)\b.*)",
            f"{_PYTHON}/exceptions.html#{{last}}",
        ),
        (
            r"builtins\.(?P<last>(?:dict|list|tuple|set|frozenset|str|bytes|bytearray|memoryview"
            r"|range)(?:\..+)?|(?:int|float|bool|complex)\..+)",
            f"{_PYTHON}/stdtypes.html#{{last}}",
        ),
        (r"builtins\.(?P<last>\w+)", f"{_PYTHON}/functions.html#{{last}}"),
    ),
    "asyncio": (
        (r"asyncio\.(?:run|Runner)\b.*", f"{_PYTHON}/asyncio-runner.html#{{name}}"),
        (r"asyncio\.\w*Queue\b.*", f"{_PYTHON}/asyncio-queue.html#{{name}}"),
        (
            r"asyncio\.(?:Lock|Event|Condition|\w*Semaphore|Barrier)\b.*",
            f"{_PYTHON}/asyncio-sync.html#{{name}}",
        ),
        (
            r"asyncio\.(?:sleep|gather|wait|wait_for|timeout|shield|as_completed|\w*[tT]ask\w*)\b.*",
            f"{_PYTHON}/asyncio-task.html#{{name}}",
        ),
        ("", f"{_PYTHON}/asyncio.html"),
    ),
}
"""For each package the forms of its addresses; the first whose pattern matches the whole name wins,
an empty pattern matches all."""

_OWN_PAGES = frozenset(
    f"{package}.{module}"
    for package, modules in {
        "collections": "abc",
        "concurrent": "futures",
        "email": "charset errors header message mime parser policy utils",
        "html": "entities parser",
        "http": "client cookiejar cookies server",
        "importlib": "metadata resources",
        "logging": "config handlers",
        "multiprocessing": "shared_memory",
        "os": "path",
        "unittest": "mock",
        "urllib": "error parse request robotparser",
        "xml": "dom sax",
        "xml.etree": "ElementTree",
    }.items()
    for module in modules.split()
)
"""Modules of the standard library that have a page beside that of their package."""


def package(name: str) -> str:
    """The package that a documented name belongs to."""
    return name.partition(".")[0]


def shown(name: str) -> str:
    """A documented name as people write it: without ``builtins``."""
    return name.removeprefix(f"{BUILTINS}.")


@dataclass(frozen=True, slots=True)
class Documentation:
    """The addresses that a site links names to.

    Args:
        language: Language of the site; documentation is linked to in it where it is complete.
        own: The site's own forms, by package or longer beginning of a name; an empty one means that
            there is nothing to link to.
    """

    language: str = ""
    own: Mapping[str, str] = field(default_factory=dict)

    def address(self, name: str, kind: str) -> str:
        """Where a name is documented, or an empty string if nobody knows.

        Args:
            name: The documented name, as :class:`haebom.model.Use` has it.
            kind: What it is, likewise.
        """
        beginnings = [b for b in self.own if name == b or name.startswith(f"{b}.")]
        if beginnings:
            return _filled(self.own[max(beginnings, key=len)], name, kind)
        for pattern, form in _RULES.get(package(name), ()):
            match = re.fullmatch(pattern or ".*", name)
            if match and (pattern or kind != "data"):
                return self._localised(_filled(form, name, kind, match.groupdict()))
        return self._localised(_standard(name, kind))

    def _localised(self, address: str) -> str:
        return address.replace(_PYTHON, _PYTHON_IN.get(self.language, _PYTHON), 1)


def _filled(form: str, name: str, kind: str, more: Mapping[str, str] | None = None) -> str:
    owner = name.rpartition(".")[0] if kind in _MEMBERS else name
    module = owner.rpartition(".")[0]
    fields = {"name": name, "object": owner, "module": module, "last": module.rpartition(".")[2]}
    address = form.format(**{**fields, **(more or {})})
    return address.replace(f"/{name}.html#{name}", f"/{name}.html")  # a page of its own


def _standard(name: str, kind: str) -> str:
    """The standard library has a page for each module."""
    if package(name) not in sys.stdlib_module_names:
        return ""
    parts = name.split(".")
    paths = (".".join(parts[:count]) for count in (3, 2))
    page = next((path for path in paths if path in _OWN_PAGES), parts[0])
    return f"{_PYTHON}/{page.lower()}.html#{name}"

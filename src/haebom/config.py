"""The options of a site, validated by one schema."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Literal, Self

from annotated_types import Gt
from pydantic import AfterValidator, BaseModel, BeforeValidator, ByteSize, ConfigDict, Field

from haebom import usual
from haebom.apidocs import FIELDS
from haebom.model import Code


class Contain(StrEnum):
    """How strictly posts are contained, the laxest first."""

    OFF = "off"
    AUTO = "auto"
    REQUIRED = "required"


class Outputs(StrEnum):
    """How far pages are trusted, the laxest first."""

    TRUSTED = "trusted"
    SANITISED = "sanitised"


Seconds = Annotated[float, Gt(0)]


def _form(address: str) -> str:
    try:
        address.format(**dict.fromkeys(FIELDS, ""))
    except (KeyError, IndexError, ValueError):
        fields = ", ".join(f"{{{name}}}" for name in FIELDS)
        raise ValueError(f"in braces there may stand {fields}") from None
    if address and not address.startswith(("https://", "http://")):
        raise ValueError("an address begins with https://")
    return address


class ExecuteConfig(BaseModel):
    """How posts are run unless they say otherwise."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    timeout: Seconds = Field(60.0, description="Seconds that one cell may take.")
    post_timeout: Seconds = Field(600.0, description="Seconds that all cells of a post may take.")
    cache: bool = Field(True, description="Whether stored runs may be reused.")
    warnings: Literal["list", "error"] = Field(
        "list",
        description="Whether deprecation and future warnings are only listed, or are findings.",
    )


class LimitsConfig(BaseModel):
    """How much one post may use; sizes may be written as 8GiB."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: ByteSize = Field(ByteSize(1_000_000), description="Text that one cell may print.")
    data: ByteSize = Field(
        ByteSize(32_000_000), description="Tables and figures that one cell may display."
    )
    memory: ByteSize = Field(
        ByteSize(8 << 30), description="Memory that a post's processes may use together."
    )
    processes: int = Field(
        128, gt=1, description="Processes that a post may have at once, its kernel included."
    )
    disk: ByteSize = Field(
        ByteSize(4 << 30), description="What the files in a post's scratch folders may take up."
    )


class MatrixEntry(BaseModel):
    """An environment that ``haebom matrix`` tries posts in."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field("", description="What it is called; default: its requirements.")
    requirements: tuple[str, ...] = Field(
        (), description="Packages that differ, as pip takes them: numpy==2.3.5."
    )
    python: str = Field(
        "", description="Version of another interpreter on the machine: 3.12, or * for each."
    )

    @property
    def title(self) -> str:
        """What it is called."""
        python = (f"Python {self.python}",) if self.python else ()
        return self.name or ", ".join((*python, *self.requirements))


class CommentsConfig(BaseModel):
    """The discussions behind the comments, as giscus.app names them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    repo: str = Field(description="The repository: owner/name.")
    repo_id: str = Field(description="Its id.")
    category: str = Field(description="Category of the discussions.")
    category_id: str = Field(description="Its id.")


def _off(value: object) -> object:
    """YAML takes a plain ``off`` for false."""
    return Contain.OFF if value is False else value


_DEMANDS = {"HAEBOM_CONTAIN": "contain", "HAEBOM_OUTPUTS": "outputs"}
"""Environment variables that can make an option stricter, with the option's name."""


class SiteConfig(BaseModel):
    """The plugin's options in mkdocs.yml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    posts_dir: str = Field(usual.POSTS, description="Folder of the posts, beside mkdocs.yml.")
    include: tuple[str, ...] = Field(
        (), description="Pages of docs_dir whose code runs too, as glob patterns."
    )
    store: str = Field(usual.STORE, description="Folder for stored runs and other working files.")
    jobs: int = Field(
        0, ge=0, description="How many posts run at once; 0 means as many as there are cores."
    )
    execute: ExecuteConfig = Field(
        default_factory=ExecuteConfig, description="How posts are run unless they say otherwise."
    )
    limits: LimitsConfig = Field(
        default_factory=LimitsConfig, description="How much one post may use."
    )
    preload: tuple[str, ...] = Field(
        usual.PRELOAD,
        description="Modules that are imported once for all posts; only those whose package some"
        " post imports.",
    )
    pythonpath: tuple[str, ...] = Field(
        (), description="Folders with modules that posts share, beside mkdocs.yml."
    )
    contain: Annotated[Contain, BeforeValidator(_off)] = Field(
        Contain(usual.CONTAIN),
        description="Whether posts are kept from files, network and processes of the machine: as"
        " far as it has the means (auto), fully or else not run (required), or not (off).",
    )
    outputs: Outputs = Field(
        Outputs.TRUSTED,
        description="Whether texts and outputs come on pages as they are (trusted), or without"
        " scripts and whatever else acts (sanitised).",
    )
    network: bool | None = Field(
        None,
        description="Whether contained posts that need the network get it; default: only under"
        " 'contain: auto'.",
    )
    readable: tuple[str, ...] = Field(
        (), description="Folders outside of the project that contained posts can read."
    )
    env: dict[str, str] = Field(
        default_factory=dict, description="Environment variables that posts get to see."
    )
    matrix: tuple[MatrixEntry, ...] = Field(
        (), description="Environments that 'haebom matrix' tries posts in."
    )
    warn_only: tuple[Code, ...] = Field(
        (), description="Codes of findings that do not stop the build."
    )
    published: str = Field(
        "",
        pattern=r"^(?:[\w.-]+/[\w.-]+@[\w./-]+)?$",
        description="GitHub repository and branch that hold the built site, as owner/name@branch;"
        " Colab and Binder open the posts' notebooks from there.",
    )
    api_docs: dict[str, Annotated[str, AfterValidator(_form)]] = Field(
        default_factory=dict,
        description="Where packages are documented, for links from code: by package or longer"
        " beginning of a name an address with {name}, {object}, {module} and {last}, or nothing.",
    )
    feeds: bool = Field(True, description="Whether feed.xml and feed.json are written.")
    math: bool = Field(True, description="Whether formulas are typeset while the site is built.")
    cards: bool = Field(
        True, description="Whether each page gets a picture that is shown with links to it."
    )
    comments: CommentsConfig | None = Field(
        None, description="Where comments on posts are kept; empty: there are none."
    )
    language: Literal["ko", "en", ""] = Field(
        "", description="Language of haebom's own words on pages; empty: the theme's language."
    )

    def under(self, environment: Mapping[str, str]) -> Self:
        """The options as the environment demands them.

        A workflow that checks what strangers have sent can so rely on an option, whatever their
        configuration says: a variable makes it stricter, never laxer.

        Args:
            environment: Environment variables, ``HAEBOM_CONTAIN`` and ``HAEBOM_OUTPUTS``
                among them.

        Raises:
            ValueError: A variable has a value that the option does not know.
        """
        demanded = {}
        for variable, name in _DEMANDS.items():
            own: StrEnum = getattr(self, name)
            order = list(type(own))
            try:
                value = type(own)(environment.get(variable) or order[0])
            except ValueError:
                raise ValueError(f"{variable} is none of: {', '.join(order)}.") from None
            demanded[name] = max(own, value, key=order.index)
        return self.model_copy(update=demanded)

"""The nouns of haebom: frozen values that every other room passes on.

A *source* file becomes a *post*; a post holds *cells*; running its cells gives a *run* with
*outputs*; whatever is wrong on the way is a *finding*.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

JSON = Any
"""A value that came out of, or can go into, a JSON document."""


class Format(StrEnum):
    """How a post is written."""

    MARKDOWN = "markdown"
    NOTEBOOK = "notebook"
    SCRIPT = "script"


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a source file.

    Args:
        path: POSIX path, relative to the project's root where the file lies below it.
        line: Line of the file, from 1.
        cell: Number of the notebook cell, from 1, or None where the source has no cells.
        cell_line: Line within that cell, from 1.
        column: Column of that line, from 1, or None where the whole line is meant.
    """

    path: str
    line: int = 1
    cell: int | None = None
    cell_line: int | None = None
    column: int | None = None

    def down(self, lines: int) -> Location:
        """The place some lines further down in the same cell or file."""
        cell_line = None if self.cell_line is None else self.cell_line + lines
        return Location(self.path, self.line + lines, self.cell, cell_line)

    def __str__(self) -> str:
        where = f"{self.path}:{self.line}"
        column = "" if self.column is None else f", column {self.column}"
        if self.cell is not None:
            return f"{where} (cell {self.cell}, line {self.cell_line}{column})"
        return where if self.column is None else f"{where}:{self.column}"


class Code(StrEnum):
    """The closed list of finding codes."""

    PARSE = "parse"
    META = "meta"
    OPTION = "option"
    NEAR_MISS = "near-miss"
    SYNTAX = "syntax"
    CELL_ERROR = "cell-error"
    UNEXPECTED_PASS = "unexpected-pass"
    OUTPUT_DRIFT = "output-drift"
    WARNING = "warning"
    NOT_REPRODUCIBLE = "not-reproducible"
    TIMEOUT = "timeout"
    LIMIT = "limit"
    KERNEL = "kernel"
    DUPLICATE = "duplicate"
    BROKEN_LINK = "broken-link"
    MISSING_ASSET = "missing-asset"
    MISSING_DATA = "missing-data"
    LEAK = "leak"
    MISSING_ALT = "missing-alt"
    MISSING_GLYPH = "missing-glyph"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, and where.

    Args:
        code: Which kind of thing.
        at: The line of the true source that has to change.
        message: One sentence that says what is wrong.
        hint: What to do about it, or an empty string.
        detail: Longer text, for instance a traceback, or an empty string.
    """

    code: Code
    at: Location
    message: str
    hint: str = ""
    detail: str = ""


class Mode(StrEnum):
    """What happens to a cell."""

    RUN = "run"
    NO_RUN = "no-run"
    IGNORE = "ignore"


class Show(StrEnum):
    """How a part of a cell appears on the page."""

    SHOWN = "shown"
    FOLDED = "folded"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class CellOptions:
    """What an author asked for, from flags, ``#|`` lines and notebook tags alike.

    Args:
        mode: Run, only compile, or leave alone.
        code: How the code is shown.
        output: How the outputs are shown.
        raises: None if the cell must not raise, ``""`` if it must raise anything, else the name
            of the exception that it must raise.
        timeout: Seconds that the cell may take, or None for the post's limit.
        label: Anchor of the output, or an empty string.
        fig_alt: Alternative text of the cell's images, or an empty string.
        fig_cap: Caption of the cell's images, or an empty string.
        predict: A question that the reader answers before the outputs are shown, or an empty
            string.
        search: Whether the outputs are part of the search text.
        check: Whether the outputs are compared with the recorded ones.
        tolerance: Relative difference of numbers that is no difference, or None for the default.
        varies: Regular expression of text that may differ, or an empty string.
        needs: What must be there for the cell to run; see :mod:`haebom.needs`.
        public: Whether the outputs may hold what looks private.
    """

    mode: Mode = Mode.RUN
    code: Show = Show.SHOWN
    output: Show = Show.SHOWN
    raises: str | None = None
    timeout: float | None = None
    label: str = ""
    fig_alt: str = ""
    fig_cap: str = ""
    predict: str = ""
    search: bool = False
    check: bool = True
    tolerance: float | None = None
    varies: str = ""
    needs: tuple[str, ...] = ()
    public: bool = False


@dataclass(frozen=True, slots=True)
class Stream:
    """Text that was written to standard output or standard error."""

    name: Literal["stdout", "stderr"]
    text: str
    kind: Literal["stream"] = "stream"


@dataclass(frozen=True, slots=True)
class Display:
    """A displayed value: a MIME bundle.

    Args:
        data: MIME type to content; text as text, binary as base64 text, JSON types as values.
        metadata: The bundle's metadata.
        is_result: Whether it is the value of the cell's last expression.
    """

    data: Mapping[str, JSON]
    metadata: Mapping[str, JSON] = field(default_factory=dict)
    is_result: bool = False
    kind: Literal["display"] = "display"


@dataclass(frozen=True, slots=True)
class Error:
    """An exception that reached the cell's end."""

    name: str
    message: str
    traceback: tuple[str, ...] = ()
    kind: Literal["error"] = "error"


Output = Stream | Display | Error


@dataclass(frozen=True, slots=True)
class Recorded:
    """What an author's file says that a cell prints.

    Args:
        outputs: The outputs as they stand in the file.
        at: Where they stand: the first line of the text in a fence, or the notebook cell.
        is_text: Whether it is a fence with everything that was printed as one text, written by a
            person, in which ``...`` stands for anything.
    """

    outputs: tuple[Output, ...]
    at: Location
    is_text: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A piece of code of a post.

    Args:
        index: Position among all code fences of the post's Markdown, from 0. Fences that are left
            alone count, so that the page can be matched with the post fence by fence.
        language: The fence's language as written.
        source: The text as written, option lines included.
        code: What runs and what is shown: the text without its leading option lines.
        at: First line of the text in the true source.
        digest: Hash of the text of the fence on the page, by which the page finds the cell again.
        options: What the author asked for.
        recorded: The recorded output, or None.
        lines: First and last line of the fence in the post's body, from 1, its recorded output
            included.
    """

    index: int
    language: str
    source: str
    code: str
    at: Location
    digest: str = ""
    options: CellOptions = CellOptions()
    recorded: Recorded | None = None
    lines: tuple[int, int] = (0, 0)

    @property
    def runs(self) -> bool:
        """Whether the kernel gets to see this cell."""
        return self.options.mode is Mode.RUN and bool(self.code.strip())

    @property
    def anchor(self) -> str:
        """Anchor of the code on the page."""
        return f"cell-{self.index + 1}"

    def line(self, number: int) -> Location:
        """Place of a line of the code, from 1."""
        return self.at.down(self.source.count("\n") - self.code.count("\n") + number - 1)


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression in prose, whose value the page shows.

    Args:
        index: Position among the post's expressions, from 0; numbers may be missing.
        text: What is written, without the word that says it is one.
        code: The Python expression in it.
        conversion: ``r``, ``s`` or ``a`` as in an f-string, or an empty string.
        spec: Its format specification, or an empty string.
        after: How many of the post's code fences stand above it.
        at: Where it stands.
        place: Line and column of its first backtick in the post's body, from 1.
        key: Key of the front matter that holds it, or an empty string.
    """

    index: int
    text: str
    code: str
    conversion: str = ""
    spec: str = ""
    after: int = 0
    at: Location = Location("")
    place: tuple[int, int] = (0, 0)
    key: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A relative link or image of a post.

    Args:
        target: The path as written, without fragment and query, percent-decoding done.
        is_image: Whether it is an image.
        at: Line where it is written.
    """

    target: str
    is_image: bool
    at: Location


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that a notebook carries inside itself.

    Args:
        name: File name that the post's Markdown refers to.
        content: Its bytes, as base64 text.
    """

    name: str
    content: str


@dataclass(frozen=True, slots=True)
class Source:
    """A file that claims to be a post or an executable page.

    Args:
        path: POSIX path, relative to the project's root.
        uri: POSIX path of the page in the staged tree, always ending in ``.md``.
        format: How it is written.
        bundle: POSIX path of the folder whose files belong to the post, or an empty string.
        is_post: Whether it is a blog post, or an ordinary page that takes part.
        slug: The last part of the post's address.
        date: ISO date from the file name, or an empty string.
    """

    path: str
    uri: str
    format: Format
    bundle: str = ""
    is_post: bool = True
    slug: str = ""
    date: str = ""


@dataclass(frozen=True, slots=True)
class Execution:
    """How a post asks to be run.

    Args:
        kernel: Name of the Jupyter kernel.
        timeout: Seconds that one cell may take.
        post_timeout: Seconds that all cells may take.
        cache: Whether a stored run may stand for this one.
        fresh: Whether it needs a kernel in which nothing has been imported yet.
        repeat: How often the post is run, to see whether it comes out the same each time.
        strict_warnings: Whether a deprecation or future warning is a finding.
        needs: What must be there for the post to run; see :mod:`haebom.needs`.
    """

    kernel: str = "python3"
    timeout: float = 60.0
    post_timeout: float = 600.0
    cache: bool = True
    fresh: bool = False
    repeat: int = 1
    strict_warnings: bool = False
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Post:
    """A parsed source file.

    Args:
        source: Where it came from.
        meta: Front matter that the host gets to see, in the author's order.
        body: The post's Markdown without front matter; for notebooks and scripts, made from them.
        cells: Its code fences in order.
        expressions: The expressions in its prose, in order.
        links: Its relative links and images.
        data: Files and folders that its working directory needs, relative to the project's root.
        depends: Further files and folders that its result depends on.
        execution: How it asks to be run.
        attachments: Files that it carries inside itself.
        places: Where the keys of its front matter stand.
        findings: What is wrong with how it is written.
    """

    source: Source
    meta: Mapping[str, JSON]
    body: str
    cells: tuple[Cell, ...] = ()
    expressions: tuple[Expression, ...] = ()
    links: tuple[Link, ...] = ()
    data: tuple[str, ...] = ()
    depends: tuple[str, ...] = ()
    execution: Execution = Execution()
    attachments: tuple[Attachment, ...] = ()
    places: Mapping[str, Location] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    def at(self, key: str) -> Location:
        """Where a key of the front matter stands; the file's first line if it does not."""
        return self.places.get(key, Location(self.path))

    @property
    def path(self) -> str:
        """POSIX path of the true source."""
        return self.source.path

    @property
    def date(self) -> datetime.date:
        """Day of its first publication; the earliest day of all for a page without one."""
        date = self.meta.get("date")
        created = date.get("created") if isinstance(date, dict) else date
        if isinstance(created, datetime.datetime):
            return created.date()
        return created if isinstance(created, datetime.date) else datetime.date.min

    @property
    def runnable(self) -> tuple[Cell, ...]:
        """The cells that the kernel gets to see, in order."""
        return tuple(cell for cell in self.cells if cell.runs)

    @property
    def runs(self) -> bool:
        """Whether there is anything for a kernel to do."""
        return bool(self.runnable or self.expressions)

    @property
    def steps(self) -> tuple[Cell | Expression, ...]:
        """The cells that run and the expressions, in the order in which they are worked out."""
        cells = [((cell.index, 1), cell) for cell in self.runnable]
        expressions = [((each.after, 0), each) for each in self.expressions]
        ordered: list[tuple[tuple[int, int], Cell | Expression]] = [*expressions, *cells]
        return tuple(step for _, step in sorted(ordered, key=lambda pair: pair[0]))


class State(StrEnum):
    """How a cell ended."""

    OK = "ok"
    ERROR = "error"
    TIMEOUT = "timeout"
    LIMIT = "limit"
    DIED = "died"
    SKIPPED = "skipped"
    UNMET = "unmet"


@dataclass(frozen=True, slots=True)
class Use:
    """A name of a library in the code of a cell, as it was when the cell ran.

    Args:
        name: The documented name, with the module: ``torch.nn.Linear``, ``builtins.print``.
        kind: ``class``, ``exception``, ``function``, ``method``, ``attribute`` or ``data``.
        line: Line of the code, from 1.
        column: Its first character, from 0.
        length: Its number of characters; 0 where nobody can tell where it stands.
    """

    name: str
    kind: str
    line: int
    column: int
    length: int


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A run on another machine, which came with the post; see :mod:`haebom.frozen`.

    Args:
        ended: When, as an ISO time in UTC with seconds.
        device: Name of the accelerator that it had, or an empty string.
    """

    ended: str
    device: str = ""


@dataclass(frozen=True, slots=True)
class CellRun:
    """What one cell did.

    Args:
        index: The cell's index in its post.
        state: How it ended.
        outputs: What it put out, normalised.
        seconds: Wall time.
        reason: For a cell that was stopped, why, as a sentence; for one that is unmet, what is
            missing.
        uses: The names of libraries in its code, in their order.
        elsewhere: The run that the outputs are from, if not this one. A cell that is unmet all the
            same has changed since that run.
    """

    index: int
    state: State
    outputs: tuple[Output, ...] = ()
    seconds: float = 0.0
    reason: str = ""
    uses: tuple[Use, ...] = ()
    elsewhere: Elsewhere | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """What an expression in prose came to.

    Args:
        index: The expression's index in its post.
        state: How it ended.
        text: The value as text, normalised.
        error: The exception, if it raised one.
        reason: For one that was stopped, why, as a sentence.
    """

    index: int
    state: State
    text: str = ""
    error: Error | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """A deprecation or future warning that the code of a cell set off, shown or not.

    Args:
        cell: Index of the cell.
        line: Line of its code, from 1.
        category: Name of the warning's class.
        message: Its text, normalised.
    """

    cell: int
    line: int
    category: str
    message: str


class InputKind(StrEnum):
    """Kinds of inputs, by what their names mean."""

    DATA = "data"  # a file, by its path in the post's working directory
    FILE = "file"  # a file of the project, by its path
    FOLDER = "folder"  # names in a folder of the project; '.' is the working directory
    DISTRIBUTION = "package"
    INTERPRETER = "interpreter"
    VARIABLE = "variable"
    DEVICE = "device"
    NEED = "need"  # in the words of haebom.need


@dataclass(frozen=True, slots=True)
class Input:
    """Something that a run depended on.

    Args:
        kind: An :class:`InputKind`.
        name: Which one.
        value: Its version or content hash at the time of the run.
    """

    kind: str
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Run:
    """What a post did.

    Args:
        recipe: Hash of everything that the author wrote and that decides what happens.
        cells: One entry for each cell that the kernel got to see, in order.
        values: One entry for each expression that was worked out, in order.
        inputs: What else the result depends on.
        seconds: Wall time of the whole post, kernel included.
        stable: Whether no input changed while it ran.
        reused: Whether it came out of the store.
        reason: Why the kernel could not even be started, or an empty string.
        ended: When, as an ISO time in UTC with seconds.
        notices: What will break in it one day.
        device: Name of the accelerator that it had, or an empty string.
        frozen: Whether all of it was run elsewhere and came with the post; see
            :mod:`haebom.frozen`.
    """

    recipe: str
    cells: tuple[CellRun, ...] = ()
    values: tuple[Value, ...] = ()
    inputs: tuple[Input, ...] = ()
    seconds: float = 0.0
    stable: bool = True
    reused: bool = False
    reason: str = ""
    ended: str = ""
    notices: tuple[Notice, ...] = ()
    device: str = ""
    frozen: bool = False

    def cell(self, index: int) -> CellRun | None:
        """The run of the cell with that index, or None if it has none."""
        return next((cell for cell in self.cells if cell.index == index), None)

    def value(self, index: int) -> Value | None:
        """What the expression with that index came to, or None if nobody knows."""
        return next((value for value in self.values if value.index == index), None)


class Cause(StrEnum):
    """Why something is not the same each time, probably."""

    GENERATOR = "generator"  # a random generator that nobody has seeded
    SETS = "sets"  # the order of a set, or of hashes
    LISTING = "listing"  # the order in which a folder lists its files
    THREADS = "threads"  # sums of several threads
    RACE = "race"  # whoever is first
    TIME = "time"
    UUID = "uuid"
    ADDRESS = "address"  # where something lies in memory, or the number of a process
    NETWORK = "network"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Varying:
    """A step of a post that does not come out the same each time.

    Args:
        step: Its position among the post's steps, from 0.
        what: Where it differs, as a clause.
        cause: Why, probably.
        by: The cell that is to blame, by its position among those that run, and the line of its
            code, from 1; None if nobody can tell.
    """

    step: int
    what: str
    cause: Cause
    by: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Repetition:
    """What running a post several times has shown.

    Args:
        runs: How many times it ran.
        varying: The steps that differ; none if the post is reproducible.
        ended: When, as an ISO time in UTC with seconds.
    """

    runs: int
    varying: tuple[Varying, ...] = ()
    ended: str = ""


@dataclass(frozen=True, slots=True)
class CellChange:
    """A cell that puts out something else than before.

    Args:
        at: Where it stands now.
        what: How the outputs differ, as a clause.
        diff: The same as lines, or an empty string.
        before: What it put out.
        after: What it puts out.
    """

    at: Location
    what: str
    diff: str
    before: tuple[Output, ...]
    after: tuple[Output, ...]


@dataclass(frozen=True, slots=True)
class PostChange:
    """A post that ran anew.

    Args:
        path: The post.
        seconds: How long it ran.
        seconds_before: How long it ran before; None for a new post.
        cells: The cells that put out something else.
        new_cells: How many cells were not there before.
    """

    path: str
    seconds: float
    seconds_before: float | None = None
    cells: tuple[CellChange, ...] = ()
    new_cells: int = 0


class Outcome(StrEnum):
    """How a post does in another environment."""

    SAME = "same"
    DIFFERS = "differs"
    FAILS = "fails"


@dataclass(frozen=True, slots=True)
class Trial:
    """A post in one environment of the matrix.

    Args:
        path: The post.
        outcome: How it did.
        note: What differs or fails first, as a sentence with its line, or an empty string.
        recipe: The recipe of what was tried: another one means that the post has changed since.
    """

    path: str
    outcome: Outcome
    note: str = ""
    recipe: str = ""


@dataclass(frozen=True, slots=True)
class Environment:
    """A set of packages that posts were tried with.

    Args:
        name: As the configuration calls it.
        versions: Packages that were asked for, each with the version that was installed.
        python: Version of the interpreter.
        ended: When the trials ended, as an ISO time in UTC with seconds.
        trials: The posts.
    """

    name: str
    versions: tuple[tuple[str, str], ...]
    python: str
    ended: str
    trials: tuple[Trial, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """A post, what it did, and everything that is wrong with it.

    Args:
        post: The post.
        run: What it did, or None if it has nothing to run.
        findings: What is wrong with it.
        repetition: What repeating this run has shown, if it was repeated.
    """

    post: Post
    run: Run | None
    findings: tuple[Finding, ...] = ()
    repetition: Repetition | None = None


@dataclass(frozen=True, slots=True)
class Commit:
    """The last change of a file that git knows.

    Args:
        name: The commit's hash.
        day: When, as an ISO date; empty where the history at hand does not reach back so far.
    """

    name: str
    day: str = ""


def digest(*parts: str) -> str:
    """A short content hash of texts: 128 bits of BLAKE2b as hexadecimal digits."""
    whole = hashlib.blake2b(digest_size=16)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        whole.update(len(data).to_bytes(8, "big") + data)
    return whole.hexdigest()

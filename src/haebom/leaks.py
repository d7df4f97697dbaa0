"""What an output gives away about its author: secrets, accounts, addresses.

Things are known by their shape, or by their value on this machine. Nothing that is found is ever
repeated: a finding says what kind of thing it is, and where.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module

from haebom.model import JSON, Checked, Code, Display, Error, Finding, Location, Output, Stream

_HOME = re.compile(
    r"(?:(?<![\w./~-])/(?:home|Users)/|(?<![A-Za-z])[A-Za-z]:\\{1,2}Users\\{1,2})"
    r"(?P<name>[\w.-]+)"
)
_ADDRESS = re.compile(
    r"(?<![\w.%+/:-])(?P<name>[A-Za-z0-9][\w.%+-]+)@(?P<host>(?:[a-z0-9-]{2,}\.)+"
    r"(?:com|net|org|edu|gov|info|biz|[a-z]{2}))(?![\w(\[.-]*[(\[]|[\w@/])"
)
_EXAMPLES = re.compile(
    r"(?:.*\.)?(?:example\.(?:com|net|org|edu)|noreply\.github\.com)|.*\.(?:test|invalid|local)"
)
_NOBODY = frozenset(
    {"user", "username", "me", "you", "name", "yourname", "someone", "student", "shared", "public"}
    | {"admin", "root", "guest", "default", "test", "app", "work", "noreply", "no-reply", "git"}
    | {"jovyan", "runner", "ubuntu", "debian", "vscode", "codespace", "circleci", "travis", "colab"}
    | {"jupyter", "vagrant", "docker", "ec2-user", "azureuser", "haebom", "hostname", "localhost"}
)
"""Names of accounts and machines that are everybody's."""

_DATA = re.compile(r"data:[\w/+.-]+;base64,[A-Za-z0-9+/=\s]+")
_TOKENS = {
    "Hugging Face token": re.compile(r"hf_[A-Za-z0-9]{30,}"),
    "Google API key": re.compile(r"AIza[\w-]{35}"),
    "Google access token": re.compile(r"ya29\.[\w-]{30,}"),
    "Anthropic key": re.compile(r"sk-ant-[\w-]{30,}"),
    "GitHub token": re.compile(r"github_pat_\w{50,}"),
}
"""Tokens that have become usual after the library's last release; they begin with their name, which
is found at once."""

_DETECTORS = (
    *("aws.AWSKeyDetector", "azure_storage_key.AzureStorageKeyDetector"),
    *("basic_auth.BasicAuthDetector", "discord.DiscordBotTokenDetector"),
    *("github_token.GitHubTokenDetector", "gitlab_token.GitLabTokenDetector"),
    *("jwt.JwtTokenDetector", "mailchimp.MailchimpDetector", "npm.NpmDetector"),
    *("openai.OpenAIDetector", "private_key.PrivateKeyDetector", "pypi_token.PypiTokenDetector"),
    *("sendgrid.SendGridDetector", "slack.SlackDetector", "square_oauth.SquareOAuthDetector"),
    *(
        "stripe.StripeDetector",
        "telegram_token.TelegramBotTokenDetector",
        "twilio.TwilioKeyDetector",
    ),
)
"""Detectors of detect-secrets that know a secret by its form. Those that go by entropy or by words
nearby take hashes and tensors for secrets."""

_PLACEHOLDER = re.compile(
    r"example|x{6}|0{8}|1234567|abcdefg|<|\*{3}|\.\.\.|:(?:pass|passwd|password|secret|token)@",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Leak:
    """Something that was given away.

    Args:
        kind: What it is, as a noun with its article.
        text: The thing itself, for hiding it; it is not to be told.
        is_secret: Whether somebody could use it.
    """

    kind: str
    text: str
    is_secret: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What is this machine's own.

    Args:
        secrets: Names of environment variables with values that look secret.
        users: Names of the account.
        hosts: Names of the machine.
    """

    secrets: tuple[tuple[str, str], ...] = ()
    users: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()


def texts(outputs: Iterable[Output]) -> Iterator[str]:
    """Everything in outputs that can be read."""
    for output in outputs:
        match output:
            case Stream(text=text):
                yield text
            case Display(data=data):
                for value in data.values():
                    yield from _readable(value)
            case Error():
                yield "\n".join((output.message, *output.traceback))


def _readable(value: JSON) -> Iterator[str]:
    if isinstance(value, str):
        text = _DATA.sub("", value)
        if " " in text or "\n" in text[:100] or len(text) < 4096:  # else a picture as base64
            yield text
    elif isinstance(value, dict):
        for each in value.values():
            yield from _readable(each)
    elif isinstance(value, list):
        for each in value:
            yield from _readable(each)


def by_shape(text: str, written: str = "") -> Iterator[Leak]:
    """What anybody can see to be private.

    Args:
        text: Text of an output.
        written: What the author has written; an address that stands there is meant to be seen.
    """
    # most texts have neither word in them, and these patterns take their time
    for match in _HOME.finditer(text) if "/home/" in text or "Users" in text else ():
        name = match["name"].strip(".").lower()
        if name and name not in _NOBODY:
            yield Leak("the path of a home folder", match["name"])
    for match in _ADDRESS.finditer(text) if "@" in text else ():
        is_example = _EXAMPLES.fullmatch(match["host"]) or match["name"].lower() in _NOBODY
        if not is_example and match[0] not in written:
            yield Leak("an e-mail address", match[0])
    for kind, pattern, is_one in _detectors():
        for match in pattern.finditer(text):
            if is_one(match[0]) and not _PLACEHOLDER.search(match[0]):
                yield Leak(f"a secret ({kind})", match[0], is_secret=True)


@cache
def _detectors() -> tuple[tuple[str, re.Pattern[str], Callable[[str], bool]], ...]:
    """Kinds of secrets, with their patterns and what is to be true of a match besides.

    The library's own search gives back only what stands in a pattern's parentheses.
    """
    found = [(kind, pattern, bool) for kind, pattern in _TOKENS.items()]
    for name in _DETECTORS:
        module, _, detector = name.partition(".")
        made = getattr(import_module(f"detect_secrets.plugins.{module}"), detector)()
        is_one = getattr(made, "is_formally_valid", bool)
        found += [(str(made.secret_type), pattern, is_one) for pattern in made.denylist]
    return tuple(found)


def get_ready() -> None:
    """Load what knows the shapes of secrets, which takes long."""
    _detectors()


def by_value(text: str, known: Known, written: str = "") -> Iterator[Leak]:
    """What is private on this machine.

    Args:
        text: Text of an output.
        known: What that is.
        written: What the author has written; a name that stands there is meant to be seen.
    """
    for name, value in known.secrets:
        if value in text:
            yield Leak(f"the value of the environment variable {name}", value, is_secret=True)
    names = {"the name of an account": known.users, "the name of a machine": known.hosts}
    for kind, words in names.items():
        for word in words:
            if word.lower() in _NOBODY or word in written:
                continue
            if re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text):
                yield Leak(kind, word)


def look_through(checked: Checked, known: Known, seen: bool = False) -> Checked:
    """Say what a post's outputs give away, and hide it from whatever else was found.

    Args:
        checked: The post with its run.
        known: What is private on this machine.
        seen: Whether the run's outputs have been looked through before.
    """
    post, run = checked.post, checked.run
    findings, all_leaks = [], []
    for cell in post.cells:
        if cell.options.public:
            continue
        result = run.cell(cell.index) if run and not seen else None
        own = _unique(result.outputs if result else (), known, post.body)
        recorded = cell.recorded.outputs if cell.recorded else ()
        kinds = {leak.kind for leak in own}
        stored = [k for k in _unique(recorded, known, post.body) if k.kind not in kinds]
        findings += [_finding("output", leak, cell.at) for leak in own]
        if cell.recorded:
            findings += [_finding("recorded output", leak, cell.recorded.at) for leak in stored]
        all_leaks += [*own, *stored]
    for expression in post.expressions:
        value = run.value(expression.index) if run and not seen else None
        own = _unique((Stream("stdout", value.text),) if value else (), known, post.body)
        findings += [_finding("value", leak, expression.at) for leak in own]
        all_leaks += own
    if not findings:
        return checked
    others = [
        replace(
            each, message=_hidden(each.message, all_leaks), detail=_hidden(each.detail, all_leaks)
        )
        for each in checked.findings
    ]
    together = sorted([*others, *findings], key=lambda each: (each.at.line, each.at.cell_line or 0))
    return replace(checked, findings=tuple(together))


def _unique(outputs: Iterable[Output], known: Known, written: str) -> list[Leak]:
    """The leaks of a cell; of each kind, one is told."""
    found: dict[str, Leak] = {}
    for text in texts(outputs):
        for leak in (*by_value(text, known, written), *by_shape(text, written)):
            found.setdefault(leak.kind, leak)
    return list(found.values())


def _finding(where: str, leak: Leak, at: Location) -> Finding:
    act = "A secret that is real has to be replaced, too. " if leak.is_secret else ""
    return Finding(
        Code.LEAK,
        at,
        f"The {where} holds what looks like {leak.kind}.",
        f"Do not put it out. {act}If it may be public, write '#| public: true' in the cell.",
    )


def _hidden(text: str, leaks: Iterable[Leak]) -> str:
    for leak in leaks:
        text = text.replace(leak.text, "…")
    return text

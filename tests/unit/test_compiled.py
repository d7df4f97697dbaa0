"""Templates that are compiled ahead."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.theme import Theme

from haebom.config import SiteConfig
from haebom.hosts.mkdocs.compiled import Compiled, VisibleTemplates
from haebom.hosts.mkdocs.theme import configure


@pytest.fixture
def theme(tmp_path: Path) -> Theme:
    """A theme with a page that extends another and includes a third, and one that is broken."""
    templates = {
        "main.html": "{% extends 'base.html' %}{% block a %}main{% endblock %}",
        "base.html": '{% block a %}{% endblock %} {% include "partials/part.html" %}',
        "partials/part.html": "{{ 1 + 1 }}",
        "404.html": "{% include 'missing.html' %}{{ x | no_such_filter }}",
    }
    for name, text in templates.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    theme = Theme(custom_dir=str(tmp_path), static_templates=["404.html"])
    theme.dirs = [str(tmp_path)]
    return theme


def rendered(
    theme: Theme, compiled: Compiled, monkeypatch: pytest.MonkeyPatch
) -> tuple[str, list[str]]:
    """The page, and the templates that were compiled for it."""
    names: list[str] = []
    compile_ = Environment.compile

    def counted(self: Environment, source: str, name: str | None = None, *rest: object) -> object:
        names.append(str(name))
        return compile_(self, source, name, *rest)  # type: ignore[call-overload]

    environment = theme.get_env()
    environment.bytecode_cache = compiled
    with monkeypatch.context() as patch:
        patch.setattr(Environment, "compile", counted)
        return environment.get_template("main.html").render(), names


def test_pages_take_what_is_compiled(theme: Theme, monkeypatch: pytest.MonkeyPatch) -> None:
    """MkDocs would compile everything once more; or a broken template would end the build."""
    compiled = Compiled()
    compiled.compile(theme)
    assert rendered(theme, compiled, monkeypatch) == ("main 2", [])


@pytest.mark.filterwarnings("ignore:user_configs is never used")
def test_templates_of_a_blog(tmp_path: Path) -> None:
    """What Material's blog adds to templates once it knows its pages would be missed, and pages be
    made of templates that are compiled after all posts have run."""
    config = MkDocsConfig()
    theme = {"name": "material", "language": "ko"}
    config.load_dict({"site_name": "x", "docs_dir": str(tmp_path), "theme": theme, "plugins": []})
    assert config.validate()[0] == []
    compiled = Compiled()
    configure(config, SiteConfig(), compiled)
    compiled.compile(config.theme)
    environment = config.theme.get_env()
    assert environment.bytecode_cache is compiled
    environment.filters["date"] = lambda _day: "a day"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Environment, "compile", lambda _self, _source, name, *_: pytest.fail(name))
        for name in ("blog.html", "blog-post.html", "partials/post.html", "partials/language.html"):
            environment.get_template(name)
        for language in ("ko", "en"):
            environment.get_template(f"partials/languages/{language}.html")


def test_changed_templates_are_compiled_anew(theme: Theme, monkeypatch: pytest.MonkeyPatch) -> None:
    """A preview would go on to show what a template was when it started."""
    compiled = Compiled()
    compiled.compile(theme)
    (Path(theme.dirs[0]) / "base.html").write_text("{% block a %}{% endblock %}!")
    assert rendered(theme, compiled, monkeypatch) == ("main!", ["base.html"])


def test_other_languages_are_compiled_anew(theme: Theme, monkeypatch: pytest.MonkeyPatch) -> None:
    """Templates would not get what an extension of Jinja makes of them."""
    compiled = Compiled()
    compiled.compile(theme)
    get_env = theme.get_env

    def with_extension() -> Environment:
        environment = get_env()
        environment.add_extension("jinja2.ext.do")
        return environment

    monkeypatch.setattr(theme, "get_env", with_extension)
    assert rendered(theme, compiled, monkeypatch)[1] == [
        "main.html",
        "base.html",
        "partials/part.html",
    ]


def test_files_of_a_theme(tmp_path: Path) -> None:
    """A site would lack files of its theme, because they were not listed."""
    for name in ("assets/a.css", "assets/.hidden/b.css", ".icons/c.svg", ".top.css", "d/e/f.js"):
        path = tmp_path / "own" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    config = MkDocsConfig()
    theme = {"name": "material", "custom_dir": str(tmp_path / "own")}
    config.load_dict({"site_name": "x", "theme": theme, "plugins": []})
    assert config.validate()[0] == []

    def listed(environment: Environment) -> list[str]:
        files = Files([])
        files.add_files_from_theme(environment, config)
        return [file.src_uri for file in files]

    environment = config.theme.get_env()
    everything = listed(environment)
    assert isinstance(environment.loader, FileSystemLoader)
    environment.loader = VisibleTemplates(environment.loader.searchpath)
    assert listed(environment) == everything
    assert {"assets/a.css", "d/e/f.js"} <= set(everything)
    assert not any("/." in f"/{name}" for name in everything)

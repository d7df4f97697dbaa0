"""Posts that run several times in real kernels, each time under other circumstances."""

from __future__ import annotations

import pytest

from haebom.model import Cause
from haebom.pipeline import Workshop, check, find, load
from helpers import Project, Silent, plain_site

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("repeat")]

POSTS = {
    "sets": ("print({'a', 'b', 'c', 'd', 'e', 'f'})", Cause.SETS),
    "generator": ("import numpy as np\nprint(np.random.default_rng().random())", Cause.GENERATOR),
    "listing": ("import pathlib\nprint([*map(str, pathlib.Path().iterdir())])", Cause.LISTING),
    "walk": ("import os\nprint([e.name for e in os.scandir()], os.listdir())", Cause.LISTING),
    "uuid": ("import uuid\nprint(uuid.uuid4())", Cause.UUID),
    "time": ("import time\nprint(time.time_ns())", Cause.TIME),
    "seeded": ("import random, numpy as np\nprint(random.random(), np.random.rand(2))", None),
    "sorted": ("print(sorted({'a', 'b', 'c'}), sorted(__import__('os').listdir()))", None),
    "address": ("print(object())", None),
}  # fmt: skip


@pytest.mark.parametrize("head", ["", "execute: {fresh: true}\n"], ids=["preloaded", "fresh"])
def test_what_does_not_stay_the_same(project: Project, head: str) -> None:
    """What is random would pass for reproducible on one kind of kernel, or the reverse."""
    for name, (code, _) in POSTS.items():
        text = f"---\n{head}date: 2026-01-01\n---\n# 글\n\n```python\n{code}\n```\n"
        project.write(f"posts/{name}/index.md", text)
        for number in range(6):
            project.write(f"posts/{name}/{number}.txt", "")
    site = plain_site(project.root, jobs=2)
    posts = load(site, find(site)[1])
    if head:
        posts = tuple(post for post in posts if post.source.slug in ("sets", "walk", "sorted"))
    with Workshop(site) as workshop:
        found = {
            item.post.source.slug: [varying.cause for varying in item.repetition.varying]
            for item in check(site, posts, workshop, Silent(), times=3)
            if item.repetition is not None
        }
    expected = {name: [cause] if cause else [] for name, (_, cause) in POSTS.items()}
    assert found == {name: expected[name] for name in found}
    assert len(found) == len(posts)

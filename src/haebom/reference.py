"""What a site knows of the words in its posts, in code and in prose."""

from __future__ import annotations

from dataclasses import dataclass, field

from haebom.apidocs import Documentation
from haebom.glossary import Glossary


@dataclass(frozen=True, slots=True)
class Reference:
    """Where names are documented, and what terms mean."""

    documentation: Documentation = field(default_factory=Documentation)
    glossary: Glossary = field(default_factory=Glossary)

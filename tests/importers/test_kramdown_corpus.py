"""Kramdown's own test documents read after conversion as kramdown shows them."""

from __future__ import annotations

from pathlib import Path

import pytest
from corpus import KNOWN, agrees, documents

from haebom.importers.convert import Converter


@pytest.fixture(scope="module")
def folder(fixtures: Path) -> Path:
    """Where the documents are."""
    folder = fixtures / "gettalong+kramdown" / "test" / "testcases"
    if not folder.is_dir():
        pytest.skip("kramdown's documents are not in the corpus")
    return folder


def test_documents_agree(folder: Path, converter: Converter) -> None:
    """A document that a blog would use reads otherwise, and nobody has said why."""
    used = [document for document in documents(folder) if not document.is_other]
    different = {document.name for document in used if not agrees(document, converter)}
    assert different == set(KNOWN)
    assert len(used) - len(different) >= 143

"""The digest in a browser: its own policy lets its style act, it fits a phone, and it can be read without eyes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.export.browser import open_browser
from tests.watching.conftest import Look

pytestmark = pytest.mark.slow


@pytest.fixture
def page(services: Any, look: Look, tmp_path: Path) -> Iterator[Any]:
    """The digest of the third day."""
    for services.day in (1, 3):
        look()
    for context in open_browser(tmp_path / "profile"):
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda message, said=said: said.append(message.text))
        page.goto((tmp_path / "living" / "digest.html").as_uri())
        yield page
        assert said == []


def test_the_digest_is_accessible_fits_a_phone_and_keeps_its_policy(page: Any) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    assert page.locator("h2").all_inner_texts()[:2] == ["Retracted or corrected", "2 new studies"]
    for scheme, width in (("light", 1280), ("dark", 1280), ("light", 390)):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 780})
        found = axe.Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate("getComputedStyle(document.querySelector('.notices')).backgroundColor") != "rgba(0, 0, 0, 0)"

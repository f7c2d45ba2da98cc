"""A headless Chromium for tests; skips where there is none."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.patience import patient

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

_FLAGS = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
          "--disable-component-update", "--disable-sync"]  # fmt: skip


def open_browser(profile: Path) -> Iterator[sync_api.BrowserContext]:
    """The system's Chromium with an empty profile; it reaches this machine only."""
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        pytest.skip("Chromium is not installed (Debian and Ubuntu: apt-get install chromium)")
    flags = [*_FLAGS, "--no-sandbox"] if os.getuid() == 0 else _FLAGS
    sync_api.expect.set_options(timeout=patient(5) * 1000)
    with sync_api.sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile, executable_path=program, args=flags, headless=True
        )
        context.set_default_timeout(patient(5) * 1000)
        yield context
        context.close()

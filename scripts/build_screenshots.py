"""Take the screenshots in docs/images again: ``python scripts/build_screenshots.py [--out FOLDER]``.

Walks through what docs/your-papers.md tells, on the sample papers, in the system's Chromium: mining, the report, the
curation app with two curators and an adjudicator, the table in a database. Look at the pictures before you keep them.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
IMAGES: Final = ROOT / "docs" / "images"
COATMINE: Final = [sys.executable, "-m", "pipeline.cli"]
DESKTOP: Final = {"width": 1280, "height": 800}
PHONE: Final = {"width": 390, "height": 780}
_FLAGS: Final = ("--disable-gpu", "--disable-background-networking", "--disable-component-update", "--hide-scrollbars")
_COLOURS: Final = 256


def main(arguments: list[str] | None = None) -> None:
    """Mine, look, check, agree: a picture at each step."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=IMAGES)
    out = parser.parse_args(arguments).out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, browser(Path(folder)) as chromium:
        run = Path(folder) / "results"
        _coatmine("extract", "corpus/sample", "--out", run)
        _coatmine("evaluate", "--gold", "gold/sample", "--predictions", run, "--show")
        report(chromium, run, out)
        curation(chromium, run, out)
        digest(chromium, Path(folder), out)


def _coatmine(*arguments: str | Path) -> None:
    subprocess.run([*COATMINE, *map(str, arguments)], check=True, cwd=ROOT, capture_output=True)  # noqa: S603


@contextmanager
def browser(folder: Path) -> Iterator[Any]:
    """The system's Chromium.

    Raises:
        SystemExit: there is none.
    """
    from playwright.sync_api import sync_playwright

    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        raise SystemExit("Chromium is not installed (Debian and Ubuntu: apt-get install chromium)")
    flags = [*_FLAGS, "--no-sandbox"] if os.getuid() == 0 else list(_FLAGS)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=flags, env={"HOME": str(folder)})
        yield chromium
        chromium.close()


def report(chromium: Any, run: Path, out: Path) -> None:
    """report.html: a value with its evidence, the patterns, the scores, on a phone, in the dark."""
    page = chromium.new_page(viewport=DESKTOP)
    page.goto((run / "report.html").as_uri())
    page.locator("td[data-field=cores] .value").nth(1).click()
    save(page, out / "report.png")
    page.keyboard.press("Escape")
    for part, height in (("patterns", 960), ("scores", 480)):
        page.set_viewport_size({**DESKTOP, "height": height})
        page.evaluate(f"document.getElementById('{part}').scrollIntoView()")
        save(page, out / f"report-{part}.png", height=height)
    page.close()
    page = chromium.new_page(viewport=PHONE)
    page.goto((run / "report.html").as_uri())
    page.locator("tbody tr").nth(1).scroll_into_view_if_needed()
    page.locator("tbody tr").nth(1).locator("td[data-field=cores] .value").click()
    save(page, out / "report-phone.png", height=PHONE["height"])
    page.close()


def curation(chromium: Any, run: Path, out: Path) -> None:
    """The app: the queue, a record, the pass at its end, two curators' agreement, an adjudicator's view."""
    with app(chromium, run, "ana") as page:
        page.get_by_role("link", name=re.compile("M-CuS@DOX")).click()
        page.wait_for_selector(".page.drawn")
        finish(page, reject=1)
        page.locator("#queue").click()
        page.wait_for_load_state()
        save(page, out / "review-queue.png", height=620)
        page.get_by_role("link", name="Study 52").click()
        page.wait_for_selector(".page.drawn")
        for key in "jaajj":
            page.keyboard.press(key)
        page.wait_for_timeout(1500)  # pictures of pages, and the app's answers
        save(page, out / "review.png")
        page.evaluate("document.querySelector('.gap').scrollIntoView()")
        page.wait_for_timeout(200)
        save(page, out / "review-missing.png")
    with app(chromium, run, "ben") as page:
        page.get_by_role("link", name=re.compile("M-CuS@DOX")).click()
        page.wait_for_selector(".page.drawn")
        finish(page, reject=2)
    with app(chromium, run, "cy", "--adjudicate") as page:
        page.get_by_role("link", name="Agreement").click()
        page.wait_for_load_state()
        save(page, out / "review-agreement.png", height=620)


def digest(chromium: Any, folder: Path, out: Path) -> None:
    """The digest of the third day that docs/watch.md walks through, from services on loopback."""
    sys.path.insert(0, str(ROOT / "scripts"))
    from loopback_services import LoopbackServices

    services = LoopbackServices()
    (folder / "demo.toml").write_text(services.config(), encoding="utf-8")
    try:
        for day in (1, 2, 3):
            services.day = day
            command = ("watch", "10.5555/invented.100", "--out", folder / "demo")
            _coatmine("--config", folder / "demo.toml", *command)
    finally:
        services.close()
    page = chromium.new_page(viewport={**DESKTOP, "height": 1150})
    page.goto((folder / "demo" / "digest.html").as_uri())
    save(page, out / "digest.png", height=1150)
    page.close()


def finish(page: Any, *, reject: int) -> None:
    """Finish the record that is open: reject one value, accept the others, explain what is empty, add nothing."""
    for number in range(page.locator(".stop.value").count()):
        page.locator(".stop.value").nth(number).focus()
        page.keyboard.press("r" if number == reject else "a")
        page.wait_for_timeout(150)
    while page.locator(".gap:not(.explained)").count():
        page.locator(".gap:not(.explained)").first.focus()
        page.keyboard.press("1")
        page.wait_for_timeout(300)
    if page.locator("#none").count():
        page.keyboard.press("x")
    page.get_by_text("Finished.").wait_for()


@contextmanager
def app(chromium: Any, run: Path, curator: str, *options: str) -> Iterator[Any]:
    """A page of the curation app as ``coatmine review`` serves it."""
    command = [*COATMINE, "review", str(run), "--curator", curator, *options]
    served = subprocess.Popen(  # noqa: S603  (our own command)
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"}
    )
    assert served.stdout is not None  # noqa: S101  (it is a pipe)
    try:
        line = served.stdout.readline()
        address = re.search(r"http://\S+", line)
        if address is None:
            raise SystemExit(f"`coatmine review` printed no address: {line}")
        page = chromium.new_page(viewport=DESKTOP)
        page.goto(address[0])
        page.wait_for_url(lambda url: url.endswith("/"))
        yield page
        page.close()
    finally:
        served.terminate()
        served.wait()


def save(page: Any, path: Path, *, height: int = DESKTOP["height"]) -> None:
    """What the page shows down to a height, in few colours, so that the picture stays small."""
    from PIL import Image

    width = page.viewport_size["width"]
    page.screenshot(path=path, clip={"x": 0, "y": 0, "width": width, "height": height}, animations="disabled")
    with Image.open(path) as picture:
        picture.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    print(path.name)  # noqa: T201


if __name__ == "__main__":
    main()

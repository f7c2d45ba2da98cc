"""The curation app as a curator uses it, in a headless Chromium: by mouse, and by keyboard alone."""

from __future__ import annotations

import io
import socket
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from threading import Thread

import pytest

from pipeline.folder import RunFolder
from pipeline.review.desk import Desk

from ..export.browser import open_browser, sync_api
from ..export.conftest import review, source_paper, write_run

uvicorn = pytest.importorskip("uvicorn", reason="uvicorn is not installed: the extra `review`")
pytest.importorskip("fastapi", reason="fastapi is not installed: the extra `review`")


pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sync_api.BrowserContext]:
    yield from open_browser(tmp_path_factory.mktemp("profile"))


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    """A run whose first paper is a PDF that is there, so that its page can be drawn."""
    path = tmp_path / "review.pdf"
    path.write_bytes(blank_pdf())
    paper, mentions, (record,) = review()
    key = "sha256:" + sha256(path.read_bytes()).hexdigest()
    paper.document = paper.document.model_copy(update={"id": key, "source": str(path)})
    paper.name = str(path)
    mentions = [mention.model_copy(update={"document_id": key}) for mention in mentions]
    mine = (paper, mentions, [record.model_copy(update={"document_id": key})])
    return write_run(tmp_path / "run", [mine, source_paper()])


def blank_pdf() -> bytes:
    import pypdfium2

    pdf, data = pypdfium2.PdfDocument.new(), io.BytesIO()
    pdf.new_page(600, 800)
    pdf.save(data)
    return data.getvalue()


@pytest.fixture
def address(run: RunFolder) -> Iterator[str]:
    from pipeline.review.server import make_app

    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    host = f"127.0.0.1:{listener.getsockname()[1]}"
    server = uvicorn.Server(uvicorn.Config(make_app(Desk(run, "ada"), "secret", host), log_level="error"))
    thread = Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield f"http://{host}/secret/"
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def page(browser: sync_api.BrowserContext, address: str) -> Iterator[sync_api.Page]:
    page = browser.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(address)
    yield page
    page.close()
    assert [complaint for complaint in complaints if "404" not in complaint] == []


@pytest.fixture
def record(page: sync_api.Page) -> sync_api.Page:
    page.get_by_role("link", name="Study 7").click()
    page.wait_for_load_state()
    return page


def log(run: RunFolder) -> list[tuple[str, str, str | None]]:
    return [(d.action, d.field, d.name) for d in Desk(run, "ada").log()]


def settled(page: sync_api.Page, run: RunFolder, count: int) -> None:
    """Wait until the log has so many lines."""
    for _ in range(100):
        if len(log(run)) >= count:
            return
        page.wait_for_timeout(30)
    raise AssertionError(f"{log(run)}: not {count} decisions")


def test_a_record_is_curated_by_keyboard_alone(record: sync_api.Page, run: RunFolder) -> None:
    record.keyboard.press("j")
    sync_api.expect(record.locator(".value:focus .name b")).to_have_text("MCF-7")
    record.keyboard.press("a")
    settled(record, run, 1)
    sync_api.expect(record.locator(".value:focus .name b")).to_have_text("hollow gold nanoparticles")
    record.keyboard.press("c")
    record.keyboard.type("HAuNS")
    record.keyboard.press("Enter")
    settled(record, run, 2)
    sync_api.expect(record.locator(".value.correct .name b")).to_have_text("HAuNS")
    record.keyboard.press("r")
    settled(record, run, 3)
    record.keyboard.press("u")
    settled(record, run, 4)
    record.keyboard.press("/")
    record.keyboard.type("treated")
    record.keyboard.press("Enter")
    sync_api.expect(record.locator("#found button")).to_have_count(1)
    record.keyboard.press("Enter")
    record.locator("#adding select").press("m")
    record.locator("#adding select").select_option("modalities")
    record.keyboard.press("Enter")
    record.locator("#adding").get_by_role("button", name="Add").press("Enter")
    settled(record, run, 5)
    assert log(run) == [
        ("accept", "membranes", None),
        ("correct", "cores", "HAuNS"),
        ("reject", "drugs", None),
        ("undo", "drugs", None),
        ("add", "modalities", "treated"),
    ]


def test_a_value_lights_its_boxes_on_the_page(record: sync_api.Page) -> None:
    record.locator(".value .name b", has_text="MCF-7").click()
    assert record.locator(".lights rect").count() == 2, "one in the text, one in the table"
    image = record.locator(".page image")
    sync_api.expect(image).to_have_attribute("href", image.get_attribute("data-href") or "")
    size = image.evaluate(
        "async each => { const i = new Image(); i.src = each.href.baseVal; await i.decode(); return i.width }"
    )
    assert size > 500


def test_a_name_is_added_by_selecting_it_on_the_page(record: sync_api.Page, run: RunFolder) -> None:
    record.locator(".pages").evaluate(
        """pages => { const text = [...pages.querySelectorAll('text')].find(t => t.textContent.includes('Mice'));
        const range = document.createRange(); range.setStart(text.firstChild, 0); range.setEnd(text.firstChild, 4);
        getSelection().removeAllRanges(); getSelection().addRange(range) }"""
    )
    record.keyboard.press("s")
    sync_api.expect(record.locator("#adding [name=name]")).to_have_value("Mice")
    record.locator("#adding select").select_option("animal_models")
    record.locator("#adding").get_by_role("button", name="Add").click()
    settled(record, run, 1)
    (decision,) = Desk(run, "ada").log()
    paper, _, _ = review()
    assert paper.text[decision.start : decision.end] == "Mice"
    sync_api.expect(record.locator(".value.add .name b")).to_have_text("Mice")


def test_the_mouse_selects_words_laid_over_the_picture(record: sync_api.Page) -> None:
    box = record.locator(".text text").nth(1).bounding_box()
    assert box is not None
    record.mouse.move(box["x"] + 2, box["y"] + box["height"] / 2)
    record.mouse.down()
    record.mouse.move(box["x"] + box["width"] - 2, box["y"] + box["height"] / 2, steps=5)
    record.mouse.up()
    assert "with breast cancer" in record.locator("#adding [name=name]").input_value()


def test_empty_fields_are_told_apart(record: sync_api.Page, run: RunFolder) -> None:
    record.get_by_role("button", name="modalities: not found").click()
    settled(record, run, 1)
    sync_api.expect(record.get_by_role("button", name="modalities: not found")).to_have_attribute(
        "aria-pressed", "true"
    )
    assert log(run) == [("empty", "modalities", None)]


def test_a_refusal_is_shown(record: sync_api.Page, run: RunFolder) -> None:
    record.keyboard.press("s")
    sync_api.expect(record.locator("#message")).to_contain_text("Select the name on the page first")
    assert log(run) == []


def test_the_queue_leads_through_and_writes_what_is_finished(page: sync_api.Page, run: RunFolder) -> None:
    assert page.locator("tbody th a").all_inner_texts() == ["Study 7, CM@Au", "Study self"]
    page.get_by_role("button", name="Write what is finished").click()
    sync_api.expect(page.locator("h1")).to_have_text("Written")
    assert (run.path / "curated" / "gold.csv").is_file()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_accessibility(page: sync_api.Page, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    page.emulate_media(color_scheme=scheme)
    for link in (None, "Agreement", "Queue", "Study 7"):
        if link:
            page.get_by_role("link", name=link).first.click()
            page.wait_for_load_state()
        # what is printed on the page is laid over its picture unseen, for selecting
        result = axe.Axe().run(page, context={"exclude": [".text"]})
        assert result.violations_count == 0, (link, result.generate_report())


def test_without_its_file_a_page_shows_its_text(page: sync_api.Page) -> None:
    page.get_by_role("link", name="Study self").click()
    sync_api.expect(page.locator(".page.bare")).to_have_count(1)
    page.locator(".value .name b").click()
    assert page.locator(".lights rect").count() == 1

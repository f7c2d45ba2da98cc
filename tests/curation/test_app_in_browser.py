"""The curation app as a curator uses it, in a headless Chromium: by mouse, and by keyboard alone."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from threading import Thread

import pytest

from pipeline.curation.session import Session
from pipeline.folder import RunFolder
from tests.patience import patient

from ..export.browser import open_browser, sync_api
from ..export.conftest import review, source_paper, write_run
from .conftest import blank_pdf, finish

uvicorn = pytest.importorskip("uvicorn", reason="uvicorn is not installed: the extra `review`")
pytest.importorskip("fastapi", reason="fastapi is not installed: the extra `review`")
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sync_api.BrowserContext]:
    yield from open_browser(tmp_path_factory.mktemp("profile"))


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    """A run whose first paper is a PDF that is there, and in it a drug that no value claims."""
    path = tmp_path / "review.pdf"
    path.write_bytes(blank_pdf())
    paper, mentions, (record,) = review()
    key = "sha256:" + sha256(path.read_bytes()).hexdigest()
    paper.document = paper.document.model_copy(update={"id": key, "source": str(path)})
    paper.name = str(path)
    mentions = [mention.model_copy(update={"document_id": key}) for mention in mentions]
    mine = (paper, mentions, [record.model_copy(update={"document_id": key, "drugs": ()})])
    return write_run(tmp_path / "run", [mine, source_paper()])


@pytest.fixture
def serving() -> Iterator[Callable[[Session], str]]:
    """Serves a session; the address that lets a browser in."""
    from pipeline.curation.server import make_app

    servers = []

    def serve(session: Session) -> str:
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        host = f"127.0.0.1:{listener.getsockname()[1]}"
        server = uvicorn.Server(uvicorn.Config(make_app(session, "secret", host), log_level="error"))
        thread = Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        servers.append((server, thread))
        return f"http://{host}/enter/secret"

    yield serve
    for server, thread in servers:
        server.should_exit = True
        thread.join(patient(10))


@pytest.fixture
def page(
    browser: sync_api.BrowserContext, run: RunFolder, serving: Callable[[Session], str]
) -> Iterator[sync_api.Page]:
    page = browser.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(serving(Session(run, "ada")))
    page.wait_for_url(lambda url: url.endswith("/"))
    yield page
    page.close()
    assert complaints == []


@pytest.fixture
def record(page: sync_api.Page) -> sync_api.Page:
    page.keyboard.press("n")
    page.wait_for_selector(".text text", state="attached")
    return page


def log(run: RunFolder) -> list[tuple[str, str, str | None]]:
    return [(d.action, d.field, d.name) for d in Session(run, "ada").log.all()]


def settled(page: sync_api.Page, run: RunFolder, count: int) -> None:
    """Wait until the log has so many lines and the page shows it."""
    for _ in range(100):
        if len(log(run)) >= count:
            page.wait_for_timeout(100)
            return
        page.wait_for_timeout(30)
    raise AssertionError(f"{log(run)}: not {count} decisions")


def test_a_record_is_finished_by_keyboard_alone(record: sync_api.Page, run: RunFolder) -> None:
    press, focused = record.keyboard.press, record.locator(".stop:focus .name b")
    press("j")
    sync_api.expect(focused).to_have_text("MCF-7")
    press("a")
    settled(record, run, 1)
    sync_api.expect(focused).to_have_text("hollow gold nanoparticles")
    press("c")
    record.keyboard.type("HAuNS")
    press("Enter")
    settled(record, run, 2)
    sync_api.expect(record.locator(".value.correct .name b")).to_have_text("HAuNS")
    press("r")  # the size
    settled(record, run, 3)
    press("u")
    settled(record, run, 4)
    press("k")
    press("a")
    settled(record, run, 5)
    press("a")  # the disease
    settled(record, run, 6)
    press("1")  # the drugs
    settled(record, run, 7)
    press("1")
    settled(record, run, 8)
    press("2")
    settled(record, run, 9)
    sync_api.expect(focused).to_have_text("doxorubicin")
    press("r")
    settled(record, run, 10)
    sync_api.expect(record.locator(".state")).to_contain_text("Finished.")
    assert [(action, field) for action, field, _ in log(run)] == [
        ("accept", "membranes"),
        ("correct", "cores"),
        ("reject", "sizes"),
        ("undo", "sizes"),
        ("accept", "sizes"),
        ("accept", "diseases"),
        ("empty", "drugs"),
        ("empty", "animal_models"),
        ("empty", "modalities"),
        ("reject", "drugs"),
    ]
    press("n")
    sync_api.expect(record.locator("h1")).to_have_text("Own study")


@pytest.mark.parametrize("key", ["a", "1"])
def test_a_key_decides_nothing_before_a_value_is_chosen(record: sync_api.Page, run: RunFolder, key: str) -> None:
    record.keyboard.press(key)
    sync_api.expect(record.locator(".stop:focus .name b")).to_have_text("MCF-7")
    sync_api.expect(record.locator("#message")).to_contain_text("Nothing was chosen")
    assert log(run) == []


def test_accepting_stops_at_the_end_of_a_record_and_adds_nothing(record: sync_api.Page, run: RunFolder) -> None:
    study = record.locator("h1").inner_text()
    record.keyboard.press("j")
    for number in range(14):
        record.keyboard.press("a")
        settled(record, run, min(number + 1, 4))
    record.wait_for_timeout(300)
    assert {action for action, _, _ in log(run)} == {"accept"}
    assert len(log(run)) == 4, "the four values of the record, each once"
    assert record.locator("h1").inner_text() == study


def test_adding_an_offered_name_has_its_own_key(record: sync_api.Page, run: RunFolder) -> None:
    name = record.locator(".unclaimed").first
    name.focus()
    record.keyboard.press("a")
    record.wait_for_timeout(300)
    assert log(run) == []
    name.focus()
    record.keyboard.press("d")
    settled(record, run, 1)
    assert log(run) == [("add", "drugs", "doxorubicin")]
    assert "earlier run" not in record.locator("main").inner_text()


def test_a_record_about_something_else_is_rejected_by_one_key(record: sync_api.Page, run: RunFolder) -> None:
    record.keyboard.press("o")
    sync_api.expect(record.locator(".state")).to_contain_text("Finished.")
    record.keyboard.press("u")
    sync_api.expect(record.locator(".state")).not_to_contain_text("Finished.")


def test_a_correction_opens_in_view(record: sync_api.Page) -> None:
    record.set_viewport_size({"width": 800, "height": 400})
    for _ in range(4):
        record.keyboard.press("j")
    record.keyboard.press("c")
    form = record.locator(".correcting[open]")
    sync_api.expect(form).to_be_in_viewport(ratio=0.9)


def test_nobody_waits_for_the_app(record: sync_api.Page, run: RunFolder) -> None:
    record.keyboard.press("j")
    for key in "aac":
        record.keyboard.press(key)
    record.keyboard.type("116 nm")  # while the answers come
    settled(record, run, 2)
    record.wait_for_timeout(300)
    record.keyboard.press("Enter")
    settled(record, run, 3)
    assert log(run)[2] == ("correct", "sizes", "116 nm")
    assert [field for _, field, _ in log(run)] == ["membranes", "cores", "sizes"]


def test_a_name_is_found_and_added_by_keyboard_alone(record: sync_api.Page, run: RunFolder) -> None:
    record.keyboard.press("/")
    record.keyboard.type("treated")
    record.keyboard.press("Enter")
    sync_api.expect(record.locator("#found button")).to_have_count(1)
    record.keyboard.press("Enter")
    sync_api.expect(record.locator("#adding [name=name]")).to_have_value("treated")
    record.keyboard.type("mod")
    record.keyboard.press("Enter")
    record.locator("#adding").get_by_role("button", name="Add").press("Enter")
    settled(record, run, 1)
    assert log(run) == [("add", "modalities", "treated")]
    sync_api.expect(record.locator(".stop.add:focus .name b")).to_have_text("treated")


def test_a_value_lights_its_boxes_on_the_page(record: sync_api.Page) -> None:
    record.locator(".value", has_text="MCF-7").first.locator(".name").click()
    assert record.locator(".lights rect").count() == 2, "one in the text, one in the table"
    sync_api.expect(record.locator(".page.drawn")).to_have_count(1, timeout=patient(15) * 1000)
    light, words = record.locator(".lights rect").first, record.locator(".text text").first
    inside, line = light.bounding_box(), words.bounding_box()
    assert inside is not None
    assert line is not None
    assert line["x"] < inside["x"]
    assert inside["x"] + inside["width"] < line["x"] + line["width"] + 2


def test_the_other_keys(record: sync_api.Page, run: RunFolder) -> None:
    press = record.keyboard.press
    press("s")
    sync_api.expect(record.locator("#message")).to_contain_text("Select the name on the page first")
    record.evaluate("getSelection().selectAllChildren(document.querySelector('.text text'))")
    press("s")
    sync_api.expect(record.locator("#adding")).to_be_visible()
    press("Escape")
    sync_api.expect(record.locator("#adding")).to_be_hidden()
    press("j")
    press("c")
    sync_api.expect(record.locator(".correcting[open]")).to_have_count(1)
    press("Escape")
    sync_api.expect(record.locator(".correcting[open]")).to_have_count(0)
    press("x")
    settled(record, run, 1)
    sync_api.expect(record.locator(".unclaimed")).to_have_count(0)
    press("u")
    settled(record, run, 2)
    sync_api.expect(record.locator(".unclaimed")).to_have_count(1)
    press("q")
    sync_api.expect(record.locator("h1")).to_have_text("Records to check")


def test_a_value_over_two_pages_lights_all_of_its_boxes(
    browser: sync_api.BrowserContext, tmp_path: Path, serving: Callable[[Session], str]
) -> None:
    paper, mentions, (record,) = review()
    first, second, *others = paper.document.lines
    lines = (first, *(line.model_copy(update={"page": 2}) for line in (second, *others)))
    pages = (*paper.document.pages, paper.document.pages[0].model_copy(update={"number": 2}))
    paper.document = paper.document.model_copy(update={"lines": lines, "pages": pages})
    over = paper.mention("MODALITY", "[7].\nMice with")
    value = {"text": over.text, "name": "over", "score": 0.9, "channel": "text", "evidence": (over.id,)}
    record = record.model_validate({**record.model_dump(), "modalities": (value,), "missing": {}})
    page = browser.new_page()
    page.goto(serving(Session(write_run(tmp_path / "run", [(paper, [*mentions, over], [record])]), "ada")))
    page.wait_for_url(lambda url: url.endswith("/"))
    page.keyboard.press("n")
    page.wait_for_selector(".lights rect", state="attached")
    page.locator(".value", has_text="over").last.focus()
    assert [page.locator(f".page[data-page='{number}'] .lights rect").count() for number in (1, 2)] == [1, 1]
    page.close()


def test_the_mouse_selects_the_very_characters_that_are_printed(record: sync_api.Page, run: RunFolder) -> None:
    record.locator(".page").scroll_into_view_if_needed()
    line = record.locator(".text text").nth(1)
    ends = line.evaluate(
        """text => { const at = i => { const p = text.getStartPositionOfChar(i).matrixTransform(text.getScreenCTM());
        return [p.x, p.y - 3] }; return [at(10), at(23)] }"""
    )
    record.mouse.move(*ends[0])
    record.mouse.down()
    record.mouse.move(*ends[1], steps=5)
    record.mouse.up()
    sync_api.expect(record.locator("#adding")).to_be_hidden()
    sync_api.expect(record.locator("#offer")).to_have_text("Add “breast cancer” (s)")
    record.keyboard.press("s")
    sync_api.expect(record.locator("#adding [name=name]")).to_have_value("breast cancer")
    record.locator("#adding select").select_option("animal_models")
    record.locator("#adding").get_by_role("button", name="Add").click()
    settled(record, run, 1)
    (decision,) = Session(run, "ada").log.all()
    paper, _, _ = review()
    assert paper.text[decision.start : decision.end] == "breast cancer"


def test_a_refusal_is_shown(record: sync_api.Page, run: RunFolder) -> None:
    record.keyboard.press("s")
    sync_api.expect(record.locator("#message.bad")).to_contain_text("Select the name on the page first")
    assert log(run) == []


def test_without_its_file_a_page_shows_its_text(page: sync_api.Page) -> None:
    page.get_by_role("link", name="Own study").click()
    sync_api.expect(page.locator(".notice")).to_contain_text("source.pdf is not there any more")
    page.locator(".value .name b").first.click()
    assert page.locator(".lights rect").count() == 1
    assert page.locator(".text text").first.evaluate("each => getComputedStyle(each).fill") == "rgb(24, 34, 46)"


def test_two_curators_and_an_adjudicator(
    browser: sync_api.BrowserContext, run: RunFolder, serving: Callable[[Session], str]
) -> None:
    ada, bob = Session(run, "ada"), Session(run, "bob")
    key = ada.queue()[0].record.id
    bob.reject(key, "diseases", "mesh:D001943")
    finish(ada, key)
    finish(bob, key)
    page = browser.new_page()
    page.goto(serving(Session(run, "eve", adjudicate=True)))
    sync_api.expect(page.locator("h1")).to_have_text("Records in dispute")
    assert page.locator("tbody tr").first.inner_text().endswith("1 in dispute")
    page.get_by_role("link", name="Agreement").click()
    sync_api.expect(page.locator("main")).to_contain_text("Cohen's kappa")
    sync_api.expect(page.locator("main")).to_contain_text("Gwet's AC1")
    page.get_by_role("link", name="Study 7").click()
    value = page.locator(".value", has_text="mesh:D001943")
    sync_api.expect(value.locator(".other")).to_have_count(2)
    assert page.locator(".stop").count() == 1, "what they agree on is not asked again"
    value.get_by_role("button", name="Reject").click()
    sync_api.expect(page.locator(".value.reject")).to_have_count(1)
    page.get_by_role("link", name="Queue", exact=True).click()
    page.get_by_role("button", name="Write what is settled").click()
    sync_api.expect(page.locator("main")).to_contain_text("1 settled study")
    assert (run.path / "curated" / "gold.csv").is_file()
    page.close()


@pytest.mark.parametrize("width", [360, 1400])
def test_nothing_runs_over_the_edge(record: sync_api.Page, width: int) -> None:
    record.set_viewport_size({"width": width, "height": 800})
    for link in (None, "Agreement", "Queue"):
        if link:
            with record.expect_navigation():
                record.get_by_role("link", name=link).first.click()
        assert record.evaluate("document.documentElement.scrollWidth <= innerWidth"), link


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_accessibility(page: sync_api.Page, run: RunFolder, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    session = Session(run, "ada")
    session.reject(session.queue()[0].record.id, "sizes", "117 nm")
    page.emulate_media(color_scheme=scheme)
    for link in (None, "Agreement", "Queue", "Study 7"):
        if link:
            with page.expect_navigation():
                page.get_by_role("link", name=link).first.click()
        # what is printed on the page is laid over its picture unseen, for selecting
        result = axe.Axe().run(page, context={"exclude": [".text"]})
        assert result.violations_count == 0, (link, result.generate_report())


def test_a_paper_without_pages_is_read_by_its_own_blocks(
    browser: sync_api.BrowserContext, tmp_path: Path, serving: Callable[[Session], str]
) -> None:
    paper, mentions, records = review()
    paper.document = paper.document.model_copy(update={"pages": (), "lines": (), "media_type": "text/markdown"})
    bare = [mention.model_copy(update={"boxes": ()}) for mention in mentions]
    run = write_run(tmp_path / "run", [(paper, bare, records)])
    page = browser.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(serving(Session(run, "ada")))
    page.wait_for_url(lambda url: url.endswith("/"))
    page.goto(page.url + f"record/{records[0].id}")
    assert page.locator(".block td, .block th").count() == len(paper.document.tables[0].cells)
    page.locator(".stop[data-stop]").first.focus()
    lit = page.evaluate("[...CSS.highlights.get('lit')].map(String)")
    first = min((m for m in bare if m.id in records[0].membranes[0].evidence), key=lambda m: m.start)
    assert first.text in lit
    # a selection in the paper has the offsets of what is selected
    page.evaluate("""() => {
      const run = [...document.querySelectorAll('.run')].find((each) => each.textContent.includes('gold'));
      const at = run.textContent.indexOf('gold'); const range = document.createRange();
      range.setStart(run.firstChild, at); range.setEnd(run.firstChild, at + 4);
      getSelection().removeAllRanges(); getSelection().addRange(range); }""")
    page.keyboard.press("s")
    start = int(page.locator("#adding [name=start]").input_value())
    assert paper.text[start : start + 4] == "gold"
    page.close()
    assert complaints == []

"""The report as its reader sees it, in a headless Chromium: mouse, keyboard, phone, accessibility."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from pipeline.export import write_report
from pipeline.folder import RunFolder

from .browser import open_browser, sync_api
from .conftest import contradicting_review, overlapping_review, review, source_paper, write_run

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sync_api.BrowserContext]:
    for context in open_browser(tmp_path_factory.mktemp("profile")):
        context.set_offline(True)
        yield context


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_report(write_run(tmp_path_factory.mktemp("run"), [review(), source_paper()]))


@pytest.fixture
def page(browser: sync_api.BrowserContext, report: Path) -> Iterator[sync_api.Page]:
    page = browser.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(report.as_uri())
    yield page
    page.close()
    assert complaints == []


def shown(page: sync_api.Page) -> list[str]:
    return page.locator("#table tbody tr:visible .key").all_inner_texts()


def test_search_narrows_the_records(page: sync_api.Page) -> None:
    assert shown(page) == ["7", "self"]
    for query, found in (
        ("mcf7", ["7"]),
        ("MCF-7 doxorubicin", ["7"]),
        ("chebi:28748", ["7"]),
        ("10.1234/source", ["self"]),
        ("gold", ["7"]),
        ("nothing like it", []),
    ):
        page.locator("#search").fill(query)
        assert shown(page) == found, query
    assert page.locator("#nothing").is_visible()
    page.get_by_role("button", name="Clear").click()
    sync_api.expect(page.locator("#count")).to_have_text("2 of 2 records")


def test_a_column_and_a_channel_narrow_the_search(page: sync_api.Page) -> None:
    page.locator("#search").fill("erythrocyte")
    page.locator("#where").select_option("drugs")
    assert shown(page) == []
    page.locator("#where").select_option("membranes")
    assert shown(page) == ["self"]
    page.get_by_role("button", name="Clear").click()
    page.locator("#channel").select_option("table")
    assert shown(page) == ["7"]
    assert page.locator("td .value:visible").all_inner_texts() == ["MCF-7"]


def test_columns_sort_both_ways_with_blanks_last(page: sync_api.Page) -> None:
    head = page.get_by_role("columnheader", name="Membranes")
    for order, keys in (("ascending", ["self", "7"]), ("descending", ["7", "self"])):
        head.get_by_role("button").click()
        assert head.get_attribute("aria-sort") == order
        assert shown(page) == keys
    for _ in range(2):
        page.get_by_role("columnheader", name="Drugs").get_by_role("button").click()
        assert shown(page) == ["7", "self"]


def test_a_value_opens_its_evidence_by_keyboard(page: sync_api.Page) -> None:
    value = page.locator("td[data-field=drugs] .value")
    value.focus()
    page.keyboard.press("Enter")
    panel = page.locator("#panel")
    assert panel.locator("mark").all_inner_texts() == ["Doxorubicin"]
    assert panel.get_by_role("link").get_attribute("href") == "https://bioregistry.io/chebi:28748"
    assert "stated in text" in panel.inner_text()
    page.keyboard.press("ArrowRight")
    assert panel.locator("h2").inner_text() == "117 nm"
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Escape")
    assert panel.is_hidden()
    assert value.evaluate("each => each === document.activeElement"), "focus returns to the value"


def test_an_old_browser_that_cannot_unpack_sentences_is_told(browser: sync_api.BrowserContext, report: Path) -> None:
    page = browser.new_page()
    page.add_init_script("delete window.DecompressionStream")
    page.goto(report.as_uri())
    page.locator("td[data-field=drugs] .value").click()
    page.locator("#panel-list li").wait_for()
    assert page.locator("#panel h2").inner_text() == "doxorubicin"
    assert "cannot unpack" in page.locator("#panel-list").inner_text()
    page.close()


def test_a_pattern_leads_to_its_records(page: sync_api.Page) -> None:
    page.get_by_role("button", name="1 record with MCF-7 and gold").click()
    assert shown(page) == ["7"]


def test_a_difference_between_table_and_text_is_shown(browser: sync_api.BrowserContext, tmp_path: Path) -> None:
    page = browser.new_page()
    page.goto(write_report(write_run(tmp_path, [contradicting_review(), source_paper()])).as_uri())
    assert page.locator("td:has(.differ) .value").all_inner_texts() == ["PLGA table", "hollow gold nanoparticles text"]
    page.get_by_label("only where table and text differ").check()
    assert shown(page) == ["7"]
    page.locator("td .value", has_text="PLGA").click()
    assert page.locator("#panel h2").inner_text() == "PLGA"
    page.close()


def test_a_thousand_records_stay_quick(browser: sync_api.BrowserContext, tmp_path: Path) -> None:
    """Measured at some 1 s and 0.2 s on a slow machine; the bounds leave room for one that is busy, too."""
    paper, mentions, (record,) = review()
    many = [record.model_copy(update={"id": f"r{n}", "formulation": f"CM@{n}"}) for n in range(1000)]
    page = browser.new_page()
    page.goto(write_report(write_run(tmp_path, [(paper, mentions, many)])).as_uri())
    assert page.evaluate("performance.getEntriesByType('navigation')[0].domComplete") < 8000
    spent = page.evaluate(
        """() => {
          const search = document.getElementById("search"), begun = performance.now();
          search.value = "CM@777";
          search.dispatchEvent(new Event("input", { bubbles: true }));
          document.body.offsetHeight;
          return performance.now() - begun;
        }"""
    )
    assert page.locator("#count").inner_text() == "1 of 1000 records"
    assert spent < 2000
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1400])
def test_accessibility(page: sync_api.Page, scheme: str, width: int) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    page.locator("td[data-field=membranes] .value").first.click()
    result = axe.Axe().run(page)
    assert result.violations_count == 0, result.generate_report()


def test_nothing_runs_over_the_edge_of_a_phone(page: sync_api.Page) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_pictures_show_the_place_with_its_boxes(browser: sync_api.BrowserContext, tmp_path: Path) -> None:
    path = tmp_path / "review.pdf"
    path.write_bytes(blank_pdf())
    paper, mentions, (record,) = review()
    key = "sha256:" + sha256(path.read_bytes()).hexdigest()
    paper.document = paper.document.model_copy(update={"id": key, "source": str(path)})
    paper.name = str(path)
    mentions = [mention.model_copy(update={"document_id": key}) for mention in mentions]
    run = write_run(tmp_path / "run", [(paper, mentions, [record.model_copy(update={"document_id": key})])])
    page = browser.new_page()
    page.goto(write_report(run).as_uri())
    page.locator("td[data-field=drugs] .value").click()
    image, box = page.locator("#panel image"), page.locator("#panel rect")
    assert (
        image.evaluate(
            "async each => { const i = new Image(); i.src = each.href.baseVal; await i.decode(); return i.width }"
        )
        > 100
    )
    around, inside = image.bounding_box(), box.bounding_box()
    assert around is not None
    assert inside is not None
    assert around["x"] <= inside["x"]
    assert inside["x"] + inside["width"] <= around["x"] + around["width"]
    page.close()


def blank_pdf() -> bytes:
    """A page as large as the made-up papers'."""
    import pypdfium2

    pdf, data = pypdfium2.PdfDocument.new(), io.BytesIO()
    pdf.new_page(600, 800)
    pdf.save(data)
    return data.getvalue()


def test_text_of_a_paper_does_nothing(browser: sync_api.BrowserContext, tmp_path: Path) -> None:
    evil = "<img src=x onerror=document.title='owned'></script><script>document.title='owned'</script>"
    paper, mentions, (record,) = review()
    drug = record.drugs[0].model_copy(update={"name": evil, "curie": "javascript:alert(1)", "caution": evil})
    study = record.study.model_copy(update={"title": evil, "doi": "javascript:alert(1)"})
    hostile = record.model_copy(update={"drugs": (drug,), "study": study, "formulation": evil})
    run: RunFolder = write_run(tmp_path, [(paper, mentions, [hostile])])
    page = browser.new_page()
    page.goto(write_report(run).as_uri())
    page.locator("td[data-field=drugs] .value").click()
    assert page.locator("#panel h2").inner_text() == evil
    assert all(
        link.startswith(("https://", "#"))
        for link in page.locator("a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    )
    assert "owned" not in page.title()
    assert page.locator("img").count() == 0
    page.close()


def test_a_paper_without_pages_is_shown_by_its_own_blocks(browser: sync_api.BrowserContext, tmp_path: Path) -> None:
    paper, mentions, records = review()
    paper.document = paper.document.model_copy(update={"pages": (), "lines": (), "media_type": "text/markdown"})
    bare = [mention.model_copy(update={"boxes": ()}) for mention in mentions]
    report = write_report(write_run(tmp_path / "run", [(paper, bare, records)]))
    page = browser.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(report.as_uri())
    for value in page.locator(".value").all():
        value.click()
        shown = page.locator("#panel .rendering")
        assert shown.count() > 0
        quoted = page.locator("#panel blockquote mark").all_inner_texts()
        assert [text.strip() for text in page.locator("#panel .rendering mark").all_inner_texts()] == quoted
    assert page.locator("#panel .crop").count() == 0
    page.close()
    assert complaints == []


@pytest.fixture(scope="module")
def doubtful(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report in which the second paper's one value is in doubt."""
    paper, mentions, (record,) = source_paper()
    value = record.membranes[0].model_copy(update={"score": 0.58})
    doubted = record.model_copy(update={"membranes": (value,)})
    return write_report(write_run(tmp_path_factory.mktemp("run"), [review(), (paper, mentions, [doubted])]))


def test_doubt_filters_sorts_and_is_told(browser: sync_api.BrowserContext, doubtful: Path) -> None:
    page = browser.new_page()
    page.goto(doubtful.as_uri())
    page.locator("#below").select_option("0.7")
    assert shown(page) == ["self"]
    page.get_by_role("button", name="Clear").click()
    sync_api.expect(page.locator("#count")).to_have_text("2 of 2 records")
    page.locator("#order").select_option("doubt")
    assert shown(page) == ["self", "7"]
    page.get_by_role("button", name="erythrocyte").click()
    assert page.locator("#panel-score").inner_text() == "Score 0.58", "the value's, not its mention's"
    page.close()


def test_the_rows_in_sight_can_be_downloaded(page: sync_api.Page, tmp_path: Path) -> None:
    page.locator("#search").fill("MCF-7")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download these rows").click()
    download.value.save_as(tmp_path / "rows.csv")
    with (tmp_path / "rows.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["study"], row["drugs"], row["drugs_ids"]) == ("7", "doxorubicin", "chebi:28748")
    assert row["doi"] == "https://doi.org/10.1234/seven"


@pytest.mark.parametrize("width", [900, 1440])
def test_headings_stay_in_sight_with_the_panel_open(page: sync_api.Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 500})
    page.evaluate(
        "const body = table.tBodies[0]; for (let i = 0; i < 20; i++) body.append(body.rows[0].cloneNode(true))"
    )
    page.locator(".value").first.click()
    page.evaluate("document.querySelector('.scroll:has(> #table)').scrollTop = 1500")
    page.locator(".scroll:has(> #table)").scroll_into_view_if_needed()
    heading = page.locator("#table thead th").first.bounding_box()
    frame = page.locator(".scroll:has(> #table)").bounding_box()
    assert heading is not None
    assert frame is not None
    assert abs(heading["y"] - frame["y"]) < 3


@pytest.mark.parametrize("width", [390, 1100, 1440])
def test_a_value_stays_in_sight_when_its_evidence_opens(page: sync_api.Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 700})
    page.evaluate(
        "const body = table.tBodies[0]; for (let i = 0; i < 30; i++) body.append(body.rows[0].cloneNode(true))"
    )
    value = page.locator("#table [data-field=diseases] .value").nth(25)
    value.scroll_into_view_if_needed()
    value.click()
    place, panel = value.bounding_box(), page.locator("#panel").bounding_box()
    assert place is not None
    assert panel is not None
    assert 0 <= place["y"] <= 700 - place["height"]
    assert place["x"] + place["width"] <= panel["x"] or place["y"] + place["height"] <= panel["y"], (
        "not behind the panel"
    )


def test_a_study_in_two_papers_is_one_row_and_its_papers_are_a_click_away(
    browser: sync_api.BrowserContext, tmp_path: Path
) -> None:
    report = write_report(write_run(tmp_path / "run", [review(), source_paper(), overlapping_review()]))
    page = browser.new_page()
    page.goto(report.as_uri())
    assert shown(page) == ["self", "7; 31"]
    page.get_by_role("button", name="2 papers tell of it").click()
    assert shown(page) == ["self", "7; 31", "7", "31"]
    page.get_by_role("columnheader", name="Study").get_by_role("button").click()
    assert shown(page) == ["7; 31", "7", "31", "self"], "they stay with their study"
    page.locator("#search").fill("erythrocyte")
    assert shown(page) == ["self"]
    page.get_by_role("button", name="Clear").click()
    sync_api.expect(page.locator("#count")).to_have_text("2 of 2 rows")
    assert shown(page) == ["self", "7; 31"]
    with page.expect_download() as loading:
        page.get_by_role("button", name="Download these rows").click()
    chosen = list(csv.DictReader(io.StringIO(Path(loading.value.path()).read_text(encoding="utf-8-sig"))))
    assert [row["study"] for row in chosen] == ["self", "7; 31"]
    page.close()

"""Papers are acquired from services that behave."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from hashlib import md5, sha256
from pathlib import Path

import pytest

from pipeline.acquisition import AcquisitionSettings, Paper, Services, acquire
from pipeline.errors import StoreError, UsageError
from tests.acquisition.internet import JATS, PDF, answer, answer_json, file, location

DOI = "10.1021/acs.nanolett.1c00231"
STEM = "10.1021_acs.nanolett.1c00231"


def rows(folder: Path) -> list[Paper]:
    return [Paper.model_validate_json(line) for line in (folder / "manifest.jsonl").read_bytes().splitlines()]


def test_jats_comes_before_pdf_and_the_manifest_says_all_of_it(internet, tmp_path):
    internet.crossref(DOI)
    path = internet.europe_pmc(DOI)
    internet.unpaywall(DOI, location(f"{internet.url}/paper.pdf"))
    internet.pages["/paper.pdf"] = file(PDF)

    report = acquire([f"https://doi.org/{DOI.upper()}"], tmp_path, internet.settings())

    (paper,) = report.papers
    assert rows(tmp_path) == [paper]
    assert (tmp_path / f"{STEM}.xml").read_bytes() == JATS
    assert paper.retrieved is not None
    assert paper.model_dump(exclude={"retrieved", "url"}) == {
        "doi": DOI,
        "status": "acquired",
        "file": f"{STEM}.xml",
        "media_type": "application/xml",
        "size": len(JATS),
        "sha256": sha256(JATS).hexdigest(),
        "licence": "CC-BY-4.0",  # as the file states it, with the version that Europe PMC leaves out
        "version": None,
        "source": "Europe PMC",
        "title": "A coated particle",
        "journal": "J. Coats",
        "year": 2021,
        "reason": None,
    }
    assert paper.url == internet.url + path
    assert report.new == 1
    assert not report.missing
    assert "1 of 1 papers" in report.as_text()


def test_every_request_says_who_asks(internet, tmp_path):
    internet.open_pdf(DOI)
    acquire([DOI], tmp_path, internet.settings())
    assert len(internet.seen) > 4
    for seen in internet.seen:
        assert seen.headers["User-Agent"].startswith("coatmine/")
        assert "mailto:reader@lab.example" in seen.headers["User-Agent"]
    assert internet.requests("/idconv/")[0].query["email"] == ["reader@lab.example"]
    assert internet.requests("/idconv/")[0].query["tool"] == ["coatmine"]
    assert internet.requests(f"/unpaywall/{DOI}")[0].query["email"] == ["reader@lab.example"]


def test_pmc_gives_the_latest_version_and_its_checksum_holds(internet, tmp_path):
    internet.crossref(DOI)
    address = f"s3://pmc-oa-opendata/PMC77.2/PMC77.2.pdf?md5={md5(PDF).hexdigest()}"
    internet.pmc(DOI, pdf_url=address, is_manuscript=True)
    internet.pages["/pmc/PMC77.2/PMC77.2.pdf"] = file(PDF)

    (paper,) = acquire([DOI], tmp_path, internet.settings()).papers

    assert (paper.file, paper.media_type) == (f"{STEM}.pdf", "application/pdf")
    assert (paper.source, paper.licence, paper.version) == ("PMC", "CC-BY-NC", "acceptedVersion")


def test_a_file_with_another_checksum_than_stated_is_refused(internet, tmp_path):
    internet.crossref(DOI)
    internet.pmc(DOI, pdf_url=f"s3://pmc-oa-opendata/PMC77.2/PMC77.2.pdf?md5={md5(b'other').hexdigest()}")
    internet.pages["/pmc/PMC77.2/PMC77.2.pdf"] = file(PDF)
    (paper,) = acquire([DOI], tmp_path, internet.settings()).papers
    assert paper.status == "refused"
    assert "checksum" in paper.reason
    assert list(tmp_path.glob("10*")) == []


def test_a_paper_that_europe_pmc_holds_but_not_openly_is_not_taken_from_it(internet, tmp_path):
    internet.crossref(DOI)
    path = internet.europe_pmc(DOI, isOpenAccess="N")
    (paper,) = acquire([DOI], tmp_path, internet.settings()).papers
    assert paper.status == "not_open"
    assert internet.requests(path) == []


def test_another_paper_that_a_search_finds_is_not_taken(internet, tmp_path):
    internet.crossref(DOI)
    path = internet.europe_pmc("10.1021/acs.nanolett.1c0023")
    (paper,) = acquire([DOI], tmp_path, internet.settings()).papers
    assert paper.status == "not_open"
    assert internet.requests(path) == []


def test_unpaywalls_places_are_tried_best_first_and_pages_closed_to_programs_never(internet, tmp_path):
    internet.crossref(DOI)
    closed = location("https://pmc.ncbi.nlm.nih.gov/articles/PMC77/pdf/main.pdf")
    internet.unpaywall(DOI, closed, location(None), location(f"{internet.url}/gone.pdf"), location(f"{internet.url}/b"))
    internet.pages["/b"] = file(PDF)
    (paper,) = acquire([DOI], tmp_path, internet.settings()).papers
    assert paper.url == f"{internet.url}/b"
    assert (paper.licence, paper.version) == ("CC-BY", "acceptedVersion")
    assert [seen.path for seen in internet.seen[-2:]] == ["/gone.pdf", "/b"]


def test_the_askers_email_address_is_not_in_what_is_kept(internet, tmp_path):
    internet.crossref(DOI)
    internet.pages[f"/unpaywall/{DOI}"] = answer(422)
    (paper,) = acquire([DOI], tmp_path, internet.settings()).papers
    assert "422" in paper.reason
    assert b"lab.example" not in (tmp_path / "manifest.jsonl").read_bytes()


def test_without_an_email_address_unpaywall_is_not_asked(internet, tmp_path):
    internet.open_pdf(DOI)
    (paper,) = acquire([DOI], tmp_path, internet.settings(email=None)).papers
    assert paper.status == "not_open"
    assert "--email" in paper.reason
    assert internet.requests(f"/unpaywall/{DOI}") == []


@pytest.mark.parametrize(
    ("url", "start", "status"),
    [
        ("http://creativecommons.org/licenses/by/4.0/", "2021-05-01T00:00:00Z", "acquired"),
        ("http://creativecommons.org/licenses/by/4.0/", "2921-05-01T00:00:00Z", "not_open"),
        ("https://www.publisher.example/tdm", "2021-05-01T00:00:00Z", "not_open"),
    ],
)
def test_a_publishers_link_counts_only_under_an_open_licence_in_force(internet, tmp_path, url, start, status):
    link = {"URL": f"{internet.url}/pdf", "content-type": "application/pdf", "content-version": "vor"}
    internet.crossref(DOI, license=[{"URL": url, "start": {"date-time": start}}], link=[link])
    internet.pages["/pdf"] = file(PDF)
    (paper,) = acquire([DOI], tmp_path, internet.settings()).papers
    assert paper.status == status
    assert bool(internet.requests("/pdf")) == (status == "acquired")


def test_a_second_run_asks_for_nothing_that_is_here_and_again_for_what_was_not(internet, tmp_path):
    internet.open_pdf(DOI)
    acquire([DOI, "10.9999/closed"], tmp_path, internet.settings())
    manifest = rows(tmp_path)
    internet.seen.clear()

    report = acquire([DOI, "10.9999/closed"], tmp_path, internet.settings())

    assert report.new == 0
    assert [paper.status for paper in report.papers] == ["acquired", "not_open"]
    assert not internet.requests(f"/crossref/works/{DOI}")
    assert not internet.requests("/paper.pdf")
    assert internet.requests("/crossref/works/10.9999/closed")
    assert rows(tmp_path) == manifest


def test_a_file_that_was_altered_is_brought_anew(internet, tmp_path):
    internet.open_pdf(DOI)
    acquire([DOI], tmp_path, internet.settings())
    (tmp_path / f"{STEM}.pdf").write_bytes(b"%PDF-1.7 altered %%EOF")
    assert acquire([DOI], tmp_path, internet.settings()).new == 1
    assert (tmp_path / f"{STEM}.pdf").read_bytes() == PDF


def test_the_report_says_of_each_paper_that_is_missing_why(internet, tmp_path):
    internet.pages["/europepmc/search"] = answer_json({"resultList": {"result": []}})
    internet.crossref("10.9999/known")
    report = acquire(["10.9999/unknown", "10.9999/known"], tmp_path, internet.settings())
    text = report.as_text()
    assert "0 of 2 papers" in text
    assert "not_open: 10.9999/unknown: Crossref: does not know this DOI" in text
    assert "not_open: 10.9999/known: Europe PMC: has no open copy" in text
    assert json.loads(json.dumps(report.as_dict()))["papers"][1]["title"] == "A coated particle"


def test_progress_is_told_after_each_paper(internet, tmp_path):
    internet.open_pdf(DOI)
    told = []
    acquire([DOI, "10.9999/b"], tmp_path, internet.settings(), lambda *args: told.append(args))
    assert {paper.doi for paper, _, _ in told} == {DOI, "10.9999/b"}
    assert [(done, total) for _, done, total in told] == [(1, 2), (2, 2)]


def test_a_service_that_talks_nonsense_costs_its_own_part_only(internet, tmp_path):
    internet.open_pdf(DOI)
    internet.pages["/europepmc/search"] = answer(200, b"<html>maintenance</html>")
    internet.pages[f"/crossref/works/{DOI}"] = answer_json({"message": {"title": "not a list"}})
    (paper,) = acquire([DOI], tmp_path, internet.settings()).papers
    assert (paper.status, paper.title) == ("acquired", None)


def test_a_service_that_does_not_answer_leaves_the_paper_open_for_another_try(internet, tmp_path):
    internet.crossref(DOI)
    internet.pages[f"/unpaywall/{DOI}"] = answer(500)
    (paper,) = acquire([DOI], tmp_path, internet.settings(attempts=2)).papers
    assert paper.status == "failed"
    assert "500" in paper.reason
    assert len(internet.requests(f"/unpaywall/{DOI}")) == 2


def test_it_works_where_a_loop_is_running_as_in_a_notebook(internet, tmp_path):
    internet.open_pdf(DOI)

    async def cell():
        return acquire([DOI], tmp_path, internet.settings())

    assert asyncio.run(cell()).new == 1


def test_a_run_that_stops_midway_loses_no_paper_that_had_come(internet, tmp_path):
    dois = ["10.9999/a", "10.9999/b"]
    for doi in dois:
        internet.open_pdf(doi)

    def stop(paper, done, total):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        acquire(dois, tmp_path, internet.settings(at_once=1), stop)
    internet.seen.clear()
    assert acquire(dois, tmp_path, internet.settings()).new == 1
    assert len(internet.requests("/paper.pdf")) == 1


def test_rows_of_earlier_runs_stay_and_a_torn_line_is_dropped(internet, tmp_path):
    internet.open_pdf(DOI)
    acquire(["10.9999/old"], tmp_path, internet.settings())
    with (tmp_path / "manifest.jsonl").open("ab") as stream:
        stream.write(b'{"doi":"10.9999/torn","sta')

    def killed(*_):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        acquire([DOI], tmp_path, internet.settings(), killed)
    assert {paper.doi for paper in rows(tmp_path)} == {DOI, "10.9999/old"}
    acquire([DOI], tmp_path, internet.settings())
    assert [paper.doi for paper in rows(tmp_path)] == [DOI, "10.9999/old"]


def test_a_manifest_of_something_else_is_left_alone(tmp_path):
    (tmp_path / "manifest.jsonl").write_text('{"name": "mine"}\n')
    with pytest.raises(UsageError, match="line 1"):
        acquire([DOI], tmp_path)
    assert (tmp_path / "manifest.jsonl").read_text() == '{"name": "mine"}\n'


@pytest.mark.parametrize(
    ("stated", "name"),
    [
        (
            b'<license xlink:href="http://creativecommons.org/licenses/by-nc/3.0/"><p>Free.</p></license>',
            "CC-BY-NC-3.0",
        ),
        (b"<license><p>Under <b>https://creativecommons.org/licenses/by/2.0</b>.</p></license>", "CC-BY-2.0"),
        (b"<license><p>All rights reserved.</p></license>", "CC-BY"),  # what Europe PMC says
        (b'<ext-link xlink:href="http://creativecommons.org/licenses/by-nc/3.0/"/>', "CC-BY"),  # not about this paper
    ],
)
def test_the_licence_that_a_file_states_goes_before_what_a_service_says(internet, tmp_path, stated, name):
    internet.crossref(DOI)
    article = b'<article xmlns:xlink="http://www.w3.org/1999/xlink"><front>' + stated + b"</front><body/></article>"
    internet.europe_pmc(DOI, article)
    (paper,) = acquire([DOI], tmp_path, internet.settings()).papers
    assert paper.licence == name


def test_a_full_disk_is_said_in_words(internet, tmp_path, monkeypatch):
    internet.open_pdf(DOI)
    with Path("/dev/full").open("wb") as full:
        monkeypatch.setattr("pipeline.acquisition.partial.Partial.open", lambda *_: full)
        with pytest.raises(StoreError, match="No space left"):
            acquire([DOI], tmp_path, internet.settings())


def test_two_runs_do_not_write_into_one_folder(internet, tmp_path):
    from pipeline.folder import RunFolder

    with RunFolder(tmp_path).locked(), pytest.raises(UsageError, match="another run"):
        acquire([DOI], tmp_path, internet.settings())


def test_the_real_services_are_asked_over_tls():
    assert all(address.startswith("https://") for address in Services().model_dump().values())


def test_nothing_to_acquire_is_an_error(tmp_path):
    with pytest.raises(UsageError, match="no DOI"):
        acquire([], tmp_path)


def test_importing_loads_no_http_library_and_its_absence_is_said_in_words(tmp_path):
    code = """
import sys
from pathlib import Path
import pipeline.acquisition
assert not {"httpx", "anyio"} & set(sys.modules)
sys.modules["httpx"] = None
try:
    pipeline.acquisition.acquire(["10.1021/x"], Path("out"))
except pipeline.errors.UsageError as error:
    assert "coatmine[acquire]" in str(error)
else:
    raise AssertionError("no error")
"""
    root = Path(__file__).resolve().parents[2]
    subprocess.run([sys.executable, "-c", code], check=True, cwd=tmp_path, env={"PYTHONPATH": str(root)})


def test_settings_come_from_texts_and_a_wrong_one_is_named():
    given = ["interval=2", "services.crossref=http://127.0.0.1:9", "private_hosts=127.0.0.1:9,127.0.0.1:10"]
    settings = AcquisitionSettings.given(given, "me@lab.example")
    assert (settings.email, settings.interval) == ("me@lab.example", 2)
    assert settings.services == Services(crossref="http://127.0.0.1:9")
    assert settings.private_hosts == ("127.0.0.1:9", "127.0.0.1:10")
    for wrong, named in (("nonesuch=1", "nonesuch"), ("interval=fast", "interval"), ("services.x=http://a", "x")):
        with pytest.raises(UsageError, match=rf"{named}.*services\.NAME as NAME=VALUE"):
            AcquisitionSettings.given([wrong])
    with pytest.raises(UsageError, match="--email nobody: not an address"):
        AcquisitionSettings.given([], "nobody")

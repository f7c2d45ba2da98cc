"""The curation app by its addresses: who is let in, and what an answer may do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.curation.session import Session
from pipeline.folder import RunFolder
from pipeline.notices import Notice, write_notices
from pipeline.records import mention_id

from ..export.conftest import Found, contradicting_review, review, write_run
from .conftest import Clock, finish

pytest.importorskip("fastapi", reason="fastapi is not installed: the extra `review`")
pytest.importorskip("uvicorn", reason="uvicorn is not installed: the extra `review`")
from fastapi.testclient import TestClient

from pipeline.curation.curation_state import doubt
from pipeline.curation.server import make_app

HOST = "127.0.0.1:8765"
OWN = {"origin": f"http://{HOST}", "sec-fetch-site": "same-origin"}
TOKEN = "a-secret"
ACCEPT = {"field": "drugs", "key": "chebi:28748"}


def stranger_of(session: Session) -> TestClient:
    return TestClient(make_app(session, TOKEN, HOST), base_url=f"http://{HOST}", raise_server_exceptions=False)


def client_of(session: Session) -> TestClient:
    client = stranger_of(session)
    assert client.get(f"/enter/{TOKEN}").status_code == 200
    return client


@pytest.fixture
def client(session: Session) -> TestClient:
    return client_of(session)


def test_the_token_lets_in_and_nothing_else_does(session: Session, key: str) -> None:
    client = stranger_of(session)
    for path in ("/", f"/record/{key}", "/static/curation.js", "/agreement", "/enter/", "/enter/wrong", "/enter/%ff"):
        answer = client.get(path)
        assert answer.status_code == 403, path
        assert "address that coatmine printed" in answer.text
    assert client.post(f"/record/{key}/accept", data=ACCEPT, headers=OWN).status_code == 403
    entered = client.get(f"/enter/{TOKEN}")
    cookie = entered.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert TOKEN not in cookie
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("path", ["/docs", "/openapi.json", "/redoc", "/nowhere"])
def test_the_framework_shows_nothing_of_its_own(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({**OWN, "host": "evil.example"}, 421),
        ({**OWN, "host": "127.0.0.1:1"}, 421),
        ({**OWN, "host": "localhost:8765"}, 421),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "http://127.0.0.1:1"}, 403),
        ({"origin": "null"}, 403),
        ({}, 403),
        ({**OWN, "sec-fetch-site": "cross-site"}, 403),
        ({**OWN, "sec-fetch-site": "same-site"}, 403),
        (OWN, 303),
    ],
)
def test_a_foreign_host_or_origin_is_refused(
    client: TestClient, key: str, run: RunFolder, headers: dict[str, str], status: int
) -> None:
    answer = client.post(f"/record/{key}/accept", data=ACCEPT, headers=headers, follow_redirects=False)
    assert answer.status_code == status
    assert (run.path / "decisions.jsonl").exists() == (status == 303)


def test_reading_changes_nothing(client: TestClient, key: str, run: RunFolder) -> None:
    for path in ("/", "/agreement", f"/record/{key}", f"/record/{key}/find?q=gold"):
        assert client.get(path).status_code == 200
    assert client.get(f"/record/{key}/accept").status_code == 405
    assert client.get("/curated").status_code == 405
    assert not (run.path / "decisions.jsonl").exists()
    assert not (run.path / "curated").exists()


def test_every_answer_has_a_strict_policy(client: TestClient, key: str) -> None:
    answers = [client.get(path) for path in ("/", f"/record/{key}", "/static/curation.js", "/nowhere", "/enter/wrong")]
    answers.append(client.post(f"/record/{key}/accept", data={}, headers=OWN))
    for answer in answers:
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"


def test_an_answer_to_a_fault_is_guarded_too(
    session: Session, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "queue", lambda: 1 / 0)
    answer = client.get("/")
    assert answer.status_code == 500
    assert "content-security-policy" in answer.headers
    assert "ZeroDivision" not in answer.text


@pytest.mark.parametrize(
    "path",
    ["/static/../server.py", "/static/%2e%2e/server.py", "/static/..%2fserver.py", "/static/server.py",
     "/record/../../x", "/record/nothing", "/record/nothing/picture/1", "/../../etc/passwd", "/decisions.jsonl"],
)  # fmt: skip
def test_no_other_file_is_served(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_form_without_end_is_cut_off(client: TestClient, key: str) -> None:
    assert client.post(f"/record/{key}/accept", content=b"x" * 1_000_000, headers=OWN).status_code == 413


@pytest.mark.parametrize(
    ("action", "form", "status"),
    [
        ("accept", {}, 409),
        ("accept", {"field": "colour", "key": "x"}, 409),
        ("explain", {"field": "modalities", "reason": "because"}, 409),
        ("add", {"field": "drugs", "start": "-1", "end": "9" * 30}, 409),
        ("destroy", {}, 404),
        ("accept", {**ACCEPT, "curator": "eve", "document_id": "x", "at": "2000-01-01"}, 303),
    ],
)
def test_a_form_says_only_what_it_may(
    client: TestClient, key: str, run: RunFolder, action: str, form: dict[str, str], status: int
) -> None:
    answer = client.post(f"/record/{key}/{action}", data=form, headers=OWN, follow_redirects=False)
    assert answer.status_code == status
    if status == 303:
        log = (run.path / "decisions.jsonl").read_text()
        assert '"curator":"ada"' in log
        assert "2000-01-01" not in log


def test_the_script_gets_the_fields_and_a_browser_without_one_the_page(client: TestClient, key: str) -> None:
    fragment = client.post(f"/record/{key}/accept", data=ACCEPT, headers={**OWN, "x-fragment": "1"})
    assert 'data-stated="accepted"' in fragment.text
    assert "<html" not in fragment.text
    page = client.post(f"/record/{key}/undo", headers=OWN)
    assert str(page.url).endswith(f"/record/{key}")
    assert "<html" in page.text


def test_text_of_a_paper_does_nothing(tmp_path: Path, found: Found, clock: Clock) -> None:
    evil = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\"'><b>"
    paper, mentions, (record,) = found
    drug = record.drugs[0].model_copy(update={"name": evil, "curie": "javascript:alert(1)", "caution": evil})
    study = record.study.model_copy(update={"title": evil, "doi": "javascript:alert(1)", "key": evil})
    hostile = record.model_copy(update={"drugs": (drug,), "study": study, "formulation": evil})
    text = paper.document.text.replace("Mice with", "<b>&</b>'")
    paper.document = paper.document.model_copy(update={"text": text})
    mentions = [m.model_copy(update={"name": evil}) if m.label == "DISEASE" else m for m in mentions]
    run = write_run(tmp_path / "hostile", [(paper, mentions, [hostile])])
    session = Session(run, evil, now=clock)
    client = client_of(session)
    session.correct(record.id, "drugs", "javascript:alert(1)", evil, "-")
    start = text.index("<b>&")
    session.add(record.id, "modalities", evil, "-", start, start + 4)
    paths = ["/", f"/record/{record.id}", f"/record/{record.id}/find?q=<b>", f"/record/{record.id}/lines/1"]
    for path in [*paths, "/agreement"]:
        answer = client.get(path).text
        assert "<script>alert" not in answer
        assert "<img" not in answer
        assert "<b>&</b>" not in answer
        assert 'href="javascript' not in answer
    assert "<script>alert" not in client.post("/curated", headers=OWN).text


def test_words_are_found_over_line_ends(client: TestClient, key: str, found: Found) -> None:
    text = found[0].text
    answer = client.get(f"/record/{key}/find", params={"q": "[7].  MICE with"}).text
    start = text.index("[7].\nMice with")
    assert f'data-start="{start}" data-end="{start + 14}"' in answer
    assert "Nowhere" in client.get(f"/record/{key}/find", params={"q": "zebra"}).text
    assert client.get(f"/record/{key}/find", params={"q": " "}).status_code == 200


def test_a_paper_that_is_gone_is_told(client: TestClient, key: str) -> None:
    assert "review.pdf is not there any more, or has changed" in client.get(f"/record/{key}").text
    assert client.get(f"/record/{key}/picture/1").status_code == 404


def test_a_value_lights_every_place_of_its_evidence(client: TestClient, key: str, found: Found) -> None:
    page = client.get(f"/record/{key}").text
    places = page.split('data-stop="membranes cellosaurus:CVCL_0031" data-places="')[1].split('"')[0]
    assert places.count("&#34;boxes&#34;: [[1, ") == 2, "one in the text, one in the table"
    assert mention_id(found[0].document.id, "CELL_LINE", 0, 1) not in page


def test_a_difference_between_table_and_text_is_told_and_raises_doubt(tmp_path: Path, clock: Clock) -> None:
    plain, contradicting = (
        Session(write_run(tmp_path / str(n), [found]), "ada", now=clock)
        for n, found in enumerate((review(), contradicting_review()))
    )
    (item,) = contradicting.queue()
    page = client_of(contradicting).get(f"/record/{item.record.id}").text
    assert page.count("Table and text do not say the same.") == 1
    assert item.doubt > plain.queue()[0].doubt + 0.5, "its own, and that of one more value"


def test_a_passage_is_shown_once_with_all_its_marks(tmp_path: Path, found: Found, clock: Clock) -> None:
    paper, mentions, (record,) = found
    both = tuple(m.id for m in mentions if m.label in {"DRUG", "CORE"})
    record = record.model_copy(update={"drugs": (record.drugs[0].model_copy(update={"evidence": both}),)})
    client = client_of(Session(write_run(tmp_path / "both", [(paper, mentions, [record])]), "ada", now=clock))
    value = client.get(f"/record/{record.id}").text.split('data-stop="drugs chebi:28748"')[1].split("</li>")[0]
    assert value.count("<blockquote>") == 1
    assert value.count("<mark>") == 2
    assert "<mark>Doxorubicin</mark> was loaded into <mark>hollow gold nanoparticles</mark> coated" in value


def test_an_adjudicator_sees_what_others_decided(session_of: Callable[..., Session], key: str, found: Found) -> None:
    bob, cyd = session_of("bob"), session_of("cyd")
    bob.reject(key, "drugs", "chebi:28748")
    start = found[0].text.index("Mice")
    bob.add(key, "animal_models", "mice", "-", start, start + 4)
    finish(bob, key)
    finish(cyd, key)
    blind = client_of(session_of("ada")).get(f"/record/{key}").text
    assert "bob" not in blind, "curators decide blind"
    open_ = client_of(session_of("eve", adjudicate=True)).get(f"/record/{key}").text
    assert "bob: reject" in open_
    assert "cyd: accept" in open_
    assert "Added by others" in open_


def test_a_new_run_is_shown_without_a_restart(client: TestClient, key: str, run: RunFolder, found: Found) -> None:
    paper, mentions, (record,) = found
    write_run(run.path, [(paper, mentions, [record.model_copy(update={"formulation": "another name"})])])
    assert "another name" in client.get("/").text


def test_a_retracted_study_says_so_to_its_curator(client: TestClient, key: str, run: RunFolder) -> None:
    assert "Retracted" not in client.get(f"/record/{key}").text
    notice = Notice(doi="https://doi.org/10.1234/SEVEN", kind="retraction", date="2025-03", source="<b>Crossref</b>")
    write_notices(run.path, [notice])
    page = client.get(f"/record/{key}").text
    assert "Retracted 2025-03 (&lt;b&gt;Crossref&lt;/b&gt;)" in page


def test_what_a_second_opinion_doubts_comes_up_first_and_alone_on_request(run: RunFolder) -> None:
    records = list(run.records())
    at = min(range(len(records)), key=lambda index: doubt(records[index]))  # the last in the queue as it is
    field, value = next(records[at].items())
    doubted = value.model_copy(update={"doubts": ("small_1b: reagent",)})
    same = [doubted if each is value else each for each in records[at].values(field)]
    before = doubt(records[at])
    records[at] = records[at].model_copy(update={field: tuple(same)})
    (run.path / "records.jsonl").write_text("".join(f"{record.model_dump_json()}\n" for record in records))
    session = Session(run, "ada")
    client = client_of(session)
    assert session.item(records[at].id).doubt == pytest.approx(before + 1)
    everything, only = client.get("/").text, client.get("/?show=opposed").text
    assert "1 doubted by a second opinion" in everything
    assert f"/record/{records[at].id}" in only
    assert not any(f"/record/{record.id}" in only for record in records if record is not records[at])
    assert "Second opinion, small_1b: reagent" in client.get(f"/record/{records[at].id}").text
    assert client.get("/?show=nonsense").status_code == 422


def test_an_adjudicator_is_told_why_there_is_nothing_to_settle(session_of: Callable[..., Session]) -> None:
    ada, bob, eve = session_of("ada"), session_of("bob"), session_of("eve", adjudicate=True)
    key = ada.queue()[0].record.id
    finish(ada, key)
    assert "No record has been finished by two curators yet" in client_of(eve).get("/").text
    finish(bob, key)
    shown = client_of(session_of("eve", adjudicate=True)).get("/").text
    assert "two curators finished 1 record and decided every value alike" in shown
    assert "<progress" not in shown

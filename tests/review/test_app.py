"""The curation app by its addresses: who is let in, and what an answer may do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.folder import RunFolder
from pipeline.review.desk import Desk

from ..export.conftest import Found, write_run
from .conftest import Clock

pytest.importorskip("fastapi", reason="fastapi is not installed: the extra `review`")
from fastapi.testclient import TestClient

from pipeline.review.server import make_app

HOST = "127.0.0.1:8765"
TOKEN = "a-secret"


def client_of(desk: Desk) -> TestClient:
    return TestClient(make_app(desk, TOKEN, HOST), base_url=f"http://{HOST}/{TOKEN}/", raise_server_exceptions=False)


@pytest.fixture
def client(desk_of: Callable[..., Desk]) -> TestClient:
    return client_of(desk_of())


@pytest.fixture
def key(found: Found) -> str:
    return found[2][0].id


def test_the_token_is_needed(client: TestClient, key: str) -> None:
    assert client.get(f"http://{HOST}/{TOKEN}/").status_code == 200
    for path in ("", "wrong/", f"wrong/record/{key}", "wrong/static/review.js", "docs", "openapi.json"):
        assert client.get(f"http://{HOST}/{path}").status_code == 404, path


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"host": "evil.example"}, 421),
        ({"host": "127.0.0.1:1"}, 421),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"origin": f"http://{HOST}", "sec-fetch-site": "same-origin"}, 200),
    ],
)
def test_a_foreign_host_or_origin_is_refused(
    client: TestClient, key: str, run: RunFolder, headers: dict[str, str], status: int
) -> None:
    form = {"action": "accept", "field": "drugs", "key": "chebi:28748"}
    assert client.post(f"record/{key}/decide", data=form, headers=headers).status_code == status
    assert (run.path / "decisions.jsonl").exists() == (status == 200)


def test_every_answer_has_a_strict_policy(client: TestClient, key: str) -> None:
    for path in ("", f"record/{key}", "agreement", "static/review.js", "nowhere"):
        headers = client.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "path",
    ["static/../server.py", "static/%2e%2e/server.py", "static/..%2fserver.py", "static/server.py", "record/../../x",
     "record/nothing", "record/nothing/page/1", "../../etc/passwd"],
)  # fmt: skip
def test_no_other_file_is_served(client: TestClient, path: str) -> None:
    assert client.get(f"http://{HOST}/{TOKEN}/{path}").status_code == 404


def test_a_form_without_end_is_cut_off(client: TestClient, key: str) -> None:
    assert client.post(f"record/{key}/decide", content=b"x" * 1_000_000).status_code == 413


@pytest.mark.parametrize(
    "form",
    [{}, {"action": "undo", "undoes": "x", "field": "drugs"}, {"action": "accept", "field": "drugs", "key": "none"},
     {"action": "accept", "field": "drugs", "key": "chebi:28748", "curator": "eve", "document_id": "x"}],
)  # fmt: skip
def test_a_form_says_only_what_it_may(client: TestClient, key: str, run: RunFolder, form: dict[str, str]) -> None:
    answer = client.post(f"record/{key}/decide", data=form)
    if answer.status_code == 200:
        assert '"curator":"ada"' in (run.path / "decisions.jsonl").read_text()
    else:
        assert answer.status_code == 409


def test_text_of_a_paper_does_nothing(tmp_path: Path, found: Found, clock: Clock) -> None:
    evil = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\"'><b>"
    paper, mentions, (record,) = found
    drug = record.drugs[0].model_copy(update={"name": evil, "curie": "javascript:alert(1)", "caution": evil})
    study = record.study.model_copy(update={"title": evil, "doi": "javascript:alert(1)", "key": evil})
    hostile = record.model_copy(update={"drugs": (drug,), "study": study, "formulation": evil})
    run = write_run(tmp_path / "hostile", [(paper, mentions, [hostile])])
    desk = Desk(run, evil, now=clock)
    client = client_of(desk)
    desk.decide(record.id, action="correct", field="drugs", key="javascript:alert(1)", name=evil, curie=evil)
    for path in ("", f"record/{record.id}", f"record/{record.id}/find?q=<script>", "agreement"):
        text = client.get(path).text
        assert "<script>alert" not in text
        assert "<img" not in text
        assert 'href="javascript' not in text
    assert "<script>alert" not in client.post("curated").text


def test_words_are_found_in_the_document(client: TestClient, key: str, found: Found) -> None:
    answer = client.get(f"record/{key}/find", params={"q": "breast CANCER"}).text
    start = found[0].text.index("breast cancer")
    assert f'data-start="{start}" data-end="{start + 13}"' in answer
    assert "Nowhere" in client.get(f"record/{key}/find", params={"q": "zebra"}).text
    assert client.get(f"record/{key}/find", params={"q": " "}).status_code == 200


def test_an_adjudicator_sees_what_others_decided(desk_of: Callable[..., Desk], key: str) -> None:
    desk_of("bob").decide(key, action="reject", field="drugs", key="chebi:28748")
    assert "bob: reject" not in client_of(desk_of("ada")).get(f"record/{key}").text, "curators judge blind"
    assert "bob: reject" in client_of(desk_of("eve", adjudicate=True)).get(f"record/{key}").text

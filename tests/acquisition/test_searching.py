"""Papers are found by query and around a review, and notices about them, from services that behave and that do not."""

from __future__ import annotations

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from pipeline.acquisition import around_review, notices, search
from pipeline.errors import UnreachedError, UsageError
from tests.acquisition.internet import Internet, Page, answer, answer_json

REVIEW = "10.5555/review"


def hit(doi: str | None, number: int = 1, **more: Any) -> dict[str, Any]:
    return {"id": str(number), "source": "MED", "doi": doi, "title": f"On {doi}", **more}


def found(hits: list[dict[str, Any]], following: str | None = None) -> dict[str, Any]:
    return {"hitCount": len(hits), "nextCursorMark": following, "resultList": {"result": hits}}


def asked(answers: Callable[[dict[str, str]], dict[str, Any]]) -> Page:
    """A page whose answer depends on what is asked."""

    def page(request: BaseHTTPRequestHandler) -> None:
        given = {name: values[0] for name, values in parse_qs(urlsplit(request.path).query).items()}
        answer_json(answers(given))(request)

    return page


def searching(internet: Internet, answers: dict[str, list[dict[str, Any]]]) -> None:
    """Let Europe PMC find these for queries that hold these words."""

    def one(given: dict[str, str]) -> dict[str, Any]:
        return found(next((hits for words, hits in answers.items() if words in given["query"]), []), "*")

    internet.pages["/europepmc/search"] = asked(one)


def test_a_query_is_answered_page_by_page_and_each_paper_stands_once(internet):
    pages = {
        "*": found([hit("10.5555/A", 1), hit("10.5555/b", 2)], "two"),
        "two": found([hit("10.5555/a", 1), hit(None, 3), hit("not a doi", 4)], "three"),
        "three": found([], "three"),
    }
    internet.pages["/europepmc/search"] = asked(lambda given: pages[given["cursorMark"]])
    done = search('coats AND "particles"', internet.settings(page=2))
    assert [(paper.doi, paper.identifier) for paper in done.papers] == [
        ("10.5555/a", "MED:1"),
        ("10.5555/b", "MED:2"),
        ("", "MED:3"),
        ("", "MED:4"),
    ]
    first, *_ = internet.requests("/europepmc/search")
    assert (first.query["query"], first.query["pageSize"]) == (['coats AND "particles"'], ["2"])


def test_a_cursor_that_stays_ends_the_search(internet):
    internet.pages["/europepmc/search"] = answer_json(found([hit("10.5555/a")], "*"))
    assert len(search("coats", internet.settings()).papers) == 1
    assert len(internet.seen) == 1


def test_a_search_that_never_ends_is_refused(internet):
    count = iter(range(10_000))
    internet.pages["/europepmc/search"] = asked(lambda _: found([hit(f"10.5555/{next(count)}")] * 5, str(next(count))))
    with pytest.raises(UsageError, match="finds more than 30 papers; narrow it"):
        search("coats", internet.settings(most_found=30))
    assert len(internet.seen) == 7


def test_a_query_that_is_not_understood_is_told(internet):
    internet.pages["/europepmc/search"] = answer_json({"errCode": 404, "errMsg": "No valid query"})
    with pytest.raises(UsageError, match=r"does not take the query 'A\(': No valid query"):
        search("A(", internet.settings())


@pytest.mark.parametrize("page", [answer(500), answer(404), answer(200, b"<html>"), answer_json([]), answer(403)])
def test_a_search_without_an_answer_is_no_empty_one(internet, page):
    internet.pages["/europepmc/search"] = page
    with pytest.raises(UnreachedError, match="Europe PMC could not be asked"):
        search("coats", internet.settings(attempts=2))


def test_notices_that_a_query_finds_are_told_from_papers(internet):
    kinds = {"pubTypeList": {"pubType": ["Retraction of Publication"]}}
    searching(internet, {"coats": [hit("10.5555/a"), hit("10.5555/notice", 2, **kinds)]})
    assert [paper.is_notice for paper in search("coats", internet.settings()).papers] == [False, True]


def test_around_a_review_stand_what_it_cites_and_who_cites_it(internet):
    references = [{"key": "1", "DOI": "10.5555/ONE", "article-title": "One"}, {"key": "2"}, {"DOI": "10.5555/two"}]
    internet.crossref(REVIEW, reference=references)
    searching(
        internet,
        {
            "DOI:": [hit("10.5555/other", 7), hit(REVIEW, 42)],
            "REFFED_BY:42_MED": [hit("10.5555/two", 2), hit("10.5555/three", 3)],
            "CITES:42_MED": [hit("10.5555/four", 4), hit("10.5555/one", 1)],
        },
    )
    done = around_review(f"https://doi.org/{REVIEW.upper()}", internet.settings())
    assert [(paper.doi, paper.relation, paper.title) for paper in done.papers] == [
        (REVIEW, "review", "A coated particle"),
        ("10.5555/one", "reference", "One"),
        ("10.5555/two", "reference", "On 10.5555/two"),
        ("10.5555/three", "reference", "On 10.5555/three"),
        ("10.5555/four", "citing", "On 10.5555/four"),
    ]
    assert not done.unanswered


def test_one_service_that_is_away_leaves_what_the_other_knows(internet):
    internet.crossref(REVIEW, reference=[{"DOI": "10.5555/one"}])
    internet.pages["/europepmc/search"] = answer(503)
    done = around_review(REVIEW, internet.settings(attempts=1))
    assert [paper.doi for paper in done.papers] == [REVIEW, "10.5555/one"]
    assert [each.partition(":")[0] for each in done.unanswered] == ["Europe PMC"]


def test_a_review_that_nobody_knows_or_could_be_asked_for_is_told(internet):
    searching(internet, {})
    with pytest.raises(UsageError, match="neither Crossref nor Europe PMC knows this DOI"):
        around_review(REVIEW, internet.settings())
    for path in ("/europepmc/search", f"/crossref/works/{REVIEW}"):
        internet.pages[path] = answer(500)
    with pytest.raises(UnreachedError, match=r"no service could be asked: Crossref: .*; Europe PMC: "):
        around_review(REVIEW, internet.settings(attempts=1))


def update(doi: str | None, kind: str, **more: Any) -> dict[str, Any]:
    return {"DOI": doi, "type": kind, "updated": {"date-parts": [[2025, 3, 9]]}, **more}


def works(internet: Internet, *items: dict[str, Any]) -> None:
    internet.pages["/crossref/works"] = answer_json({"status": "ok", "message": {"items": list(items)}})


def told(internet: Internet, *dois: str) -> list[tuple[str, str, str | None, str | None, str]]:
    done = notices(dois, internet.settings())
    return [(each.doi, each.kind, each.notice, each.date, each.source) for each in done.notices]


def test_crossref_tells_of_retractions_on_the_paper_and_on_the_notice(internet):
    searching(internet, {})
    works(
        internet,
        {
            "DOI": "10.5555/A",
            "updated-by": [
                update("10.5555/N", "retraction", source="publisher"),
                update("10.5555/n", "retraction", source="retraction-watch", updated={"date-parts": [[2025, 3]]}),
                update("10.5555/v2", "new_version"),
                update(None, "Expression of Concern", updated={"date-parts": [[None]]}, source=None),
            ],
        },
        {"DOI": "10.5555/m", "update-to": [update("10.5555/B", "erratum"), update("10.5555/elsewhere", "erratum")]},
    )
    assert told(internet, "10.5555/a", "10.5555/b", "10.5555/m") == [
        ("10.5555/a", "retraction", "10.5555/n", "2025-03-09", "Crossref"),
        ("10.5555/a", "retraction", "10.5555/n", "2025-03", "Retraction Watch"),
        ("10.5555/a", "concern", None, None, "Crossref"),
        ("10.5555/b", "correction", "10.5555/m", "2025-03-09", "Crossref"),
    ]
    (request,) = internet.requests("/crossref/works")
    assert request.query["filter"] == ["doi:10.5555/a,doi:10.5555/b,doi:10.5555/m"]
    assert request.query["mailto"] == ["reader@lab.example"]


def test_europe_pmc_tells_of_them_by_links_and_by_the_type_of_publication(internet):
    works(internet)
    links = [
        {"type": "Retraction in", "source": "MED", "id": "9"},
        {"type": "Erratum in"},
        {"type": "Comment in", "source": "MED", "id": "8"},
        {"type": "Retraction of", "source": "MED", "id": "7"},
    ]
    types = {"pubTypeList": {"pubType": "Retracted Publication"}}  # a list of one, as JSON made from XML has it
    searching(
        internet,
        {
            "DOI:": [
                hit("10.5555/A", 1, commentCorrectionList={"commentCorrection": links}, **types),
                hit("10.5555/b", 2, **types),
                hit("10.5555/c", 3, commentCorrectionList={"commentCorrection": links[0]}),
            ]
        },
    )
    address = "https://europepmc.org/article/MED/9"
    assert told(internet, "10.5555/a", "10.5555/b") == [
        ("10.5555/a", "retraction", address, None, "Europe PMC"),
        ("10.5555/a", "correction", None, None, "Europe PMC"),
        ("10.5555/b", "retraction", None, None, "Europe PMC"),
    ]
    assert internet.requests("/europepmc/search")[0].query["query"] == ['DOI:"10.5555/a" OR DOI:"10.5555/b"']


def test_notices_are_asked_for_in_batches_and_a_service_that_is_away_ends_it(internet):
    dois = [f"10.5555/{number:02}" for number in range(45)]
    works(internet)
    searching(internet, {})
    done = notices(dois, internet.settings())
    assert done.asked == set(dois)
    assert len(internet.requests("/crossref/works")) == 3
    internet.seen.clear()
    internet.first("/crossref/works", answer_json({"message": {"items": []}}), answer(500))
    done = notices(dois, internet.settings(attempts=1))
    assert done.asked == set(dois[:20])
    assert [each.partition(":")[0] for each in done.unanswered] == ["Crossref"]
    assert len(internet.requests("/crossref/works")) == 2, "the third batch waits for the next time"


def test_a_doi_with_a_comma_costs_no_other_one_its_answer(internet):
    searching(internet, {})
    works(internet, {"DOI": "10.5555/b", "updated-by": [update("10.5555/n", "removal")]})
    assert [notice[:2] for notice in told(internet, "10.5555/a,1", "10.5555/b")] == [("10.5555/b", "retraction")]
    assert internet.requests("/crossref/works")[0].query["filter"] == ["doi:10.5555/b"]


@pytest.mark.parametrize("body", [{"message": {"items": [{"updated-by": "x"}]}}, {"message": []}, "half"])
def test_an_answer_in_another_form_is_told_and_costs_no_more(internet, body):
    searching(internet, {})
    internet.pages["/crossref/works"] = answer(200, json.dumps(body).encode(), "application/json")
    done = notices(["10.5555/a"], internet.settings())
    assert done.unanswered == [f"Crossref: {internet.url}/crossref/works answers in an unknown form"]
    assert not done.asked

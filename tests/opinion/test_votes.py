"""What a second opinion holds against values: other parts, other studies, one of two statements; and what it weighs."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from pipeline import calibration, cli, run
from pipeline.curation.curation_state import doubt, opposed
from pipeline.errors import UsageError
from pipeline.export.spreadsheet import COLUMNS
from pipeline.folder import RunFolder
from pipeline.opinion import OpinionCounts, OpinionWeights, weights_of, with_opinions
from pipeline.opinion.asking import Given
from pipeline.opinion.listening import alternatives_of
from pipeline.opinion.prompt import ModelAnswer
from pipeline.settings import LanguageModel, Settings
from tests.opinion.server import ModelAnswer as Answering
from tests.opinion.server import lines_of, serving

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("in_process")]  # each mines a paper once or more

PAPER = """Cell membrane-coated nanoparticles for drug delivery

Abstract

PLGA nanoparticles loaded with doxorubicin were coated with the membrane of 4T1 cells. The coated particles were 120 nm
in diameter and slowed the growth of breast cancer in female BALB/c mice.
"""
REVIEW = """# Coated particles, a review

Two studies are shown in Table 1. Li et al. coated PLGA nanoparticles loaded with doxorubicin with the membrane of 4T1
cells [1]. The coated particles were 118 nm in diameter [1]. Wu et al. coated silica nanoparticles loaded with
cisplatin with the membrane of HeLa cells [2].

Table 1. Membrane-coated nanoparticles.

| Reference | Membrane | Core | Drug | Size |
| --- | --- | --- | --- | --- |
| [1] | 4T1 | PLGA | doxorubicin | 104 nm |
| [2] | HeLa | silica | cisplatin | 90 nm |

# References

1. Li A. First paper. J. Coats 2019, 1, 1-9. doi:10.5555/one
2. Wu B. Second paper. J. Coats 2020, 2, 1-9. doi:10.5555/two
"""


def answering(values=(), others=(), right=()) -> Answering:
    """Answers with these statements, each of field, value, quote and, of others, part and study."""

    def answer(chat, body):
        lines = lines_of(body)

        def stated(field, value, quote, part=None, study=None):
            number = next((n for n, text in lines.items() if quote in text), 1)
            made = {"field": field, "value": value, "sentence": number, "quote": quote}
            return made | {k: v for k, v in {"part": part, "study": study}.items() if v is not None}

        told = {"values": values, "others": others, "right": right}
        chat.write(json.dumps({key: [stated(*each) for each in some] for key, some in told.items()}))

    return answer


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    path = tmp_path / "paper.txt"
    path.write_text(PAPER)
    return path


@pytest.fixture
def review(tmp_path: Path) -> Path:
    path = tmp_path / "review.md"
    path.write_text(REVIEW)
    return path


def mined(path: Path, out: Path, answer: Answering | None = None, **others: object) -> RunFolder:
    if answer is None:
        run.extract([path], out, Settings(jobs=0))
        return RunFolder(out)
    with serving(answer) as server:
        llm = LanguageModel.model_validate(
            {"address": server.address, "name": "small:1b", "backoff": 0.01, "seconds": 20, "attempts": 2, **others}
        )
        run.extract([path], out, Settings(llm=llm, jobs=0))
    return RunFolder(out)


def value_of(folder: RunFolder, field: str, name: str, study: str = "self", channel: str = "text"):
    record = next(record for record in folder.records() if record.study.key == study)
    return next(v for v in record.values(field) if v.name == name and v.channel == channel)


def opinion_of(folder: RunFolder) -> dict:
    return json.loads((folder.path / "opinions.jsonl").read_text().splitlines()[0])


def test_another_part_lowers_what_prose_says_and_leaves_a_doubt(paper, tmp_path):
    plain = mined(paper, tmp_path / "plain")
    votes = [("drugs", "doxorubicin", "loaded with doxorubicin", "comparator")]
    asked = mined(paper, tmp_path / "out", answering(others=votes))
    before, after = (value_of(each, "drugs", "doxorubicin") for each in (plain, asked))
    odds = [s / (1 - s) for s in (before.score, after.score)]
    assert odds[1] == pytest.approx(odds[0] / 2, rel=0.02)  # by default one imagined case: a likelihood ratio of two
    assert after.doubts == ("small_1b: comparator",)
    assert opinion_of(asked)["opposed"] == [
        {"field": "drugs", "name": "doxorubicin", "why": "comparator", "quote": "loaded with doxorubicin"}
    ]


def test_a_part_that_is_not_grounded_is_refused_and_changes_nothing(paper, tmp_path):
    plain = mined(paper, tmp_path / "plain")
    votes = [
        ("drugs", "doxorubicin", "free doxorubicin", "comparator"),
        ("drugs", "cisplatin", "of cisplatin", "reagent"),
    ]
    asked = mined(paper, tmp_path / "out", answering(others=votes))
    assert [list(r.items()) for r in plain.records()] == [list(r.items()) for r in asked.records()]
    assert len(opinion_of(asked)["refused"]) == 2


def test_a_name_that_is_a_value_as_well_is_not_opposed(paper, tmp_path):
    said = ("drugs", "doxorubicin", "loaded with doxorubicin")
    asked = mined(paper, tmp_path / "out", answering([said], [(*said, "comparator")]))
    assert value_of(asked, "drugs", "doxorubicin").doubts == ()
    assert opinion_of(asked)["agreed"] == ["drugs: doxorubicin"]


def test_other_values_named_in_a_field_leave_a_doubt_and_no_lower_score(paper, tmp_path):
    plain = mined(paper, tmp_path / "plain")
    asked = mined(paper, tmp_path / "out", answering([("drugs", "nanoparticles", "nanoparticles loaded")]))
    before, after = (value_of(each, "drugs", "doxorubicin") for each in (plain, asked))
    assert after.score == before.score
    assert after.doubts == ("small_1b: names only nanoparticles",)
    assert value_of(asked, "membranes", "4T1").doubts == ()  # of a field without a word nothing is held against any


def test_of_two_statements_the_one_chosen_is_surer_and_a_table_keeps_its_score(review, tmp_path):
    plain = mined(review, tmp_path / "plain")
    first = next(record for record in plain.records() if record.study.key == "1")
    assert alternatives_of(first)["sizes"] == ["104 nm", "118 nm"]
    chosen = [("sizes", "118 nm", "118 nm in diameter")]
    asked = mined(review, tmp_path / "out", answering(right=chosen))
    table = value_of(asked, "sizes", "104 nm", "1", "table")
    assert table.score == value_of(plain, "sizes", "104 nm", "1", "table").score
    assert table.doubts == ("small_1b: 118 nm is right",)
    assert value_of(asked, "sizes", "118 nm", "1").score > value_of(plain, "sizes", "118 nm", "1").score


def test_where_the_table_is_right_prose_is_lowered_and_stands(review, tmp_path):
    plain = mined(review, tmp_path / "plain")
    asked = mined(review, tmp_path / "out", answering(right=[("sizes", "104 nm", "104 nm")]))
    said = value_of(asked, "sizes", "118 nm", "1")
    assert 0 < said.score < value_of(plain, "sizes", "118 nm", "1").score
    assert said.doubts == ("small_1b: 104 nm is right",)


def test_what_is_none_of_the_alternatives_is_no_choice(review, tmp_path):
    asked = mined(review, tmp_path / "out", answering(right=[("cores", "PLGA", "PLGA")]))
    assert {each["reason"] for each in opinion_of(asked)["refused"]} >= {"it is none of the alternatives"}


def test_only_what_table_and_text_say_differently_is_sent(review, paper, tmp_path):
    told: dict[str, object] = {}
    for path in (review, paper):
        with serving(answering()) as server:
            llm = LanguageModel(address=server.address, name="small:1b")
            run.extract([path], tmp_path / path.stem, Settings(llm=llm, jobs=0))
        for request in server.requests:  # studies are asked about together, in any order
            asked = json.loads(request["messages"][1]["content"])
            told[asked["study"]["reference"]] = asked.get("alternatives")
    assert told == {"1": {"sizes": ["104 nm", "118 nm"]}, "2": None, "self": None}


class Told:
    """An asker that has one answer for each record, without a server."""

    model = LanguageModel(address="http://127.0.0.1:9/v1", name="small:1b")
    counts = weights_of("small:1b")

    def __init__(self, *answers: dict) -> None:
        self.answers = [Given(answer=ModelAnswer.model_validate(each), tokens=1) for each in answers]

    def ask(self, prompts):
        assert len(prompts) == len(self.answers)
        return self.answers


def test_a_value_given_to_another_study_is_doubted_here_and_surer_there(review, tmp_path):
    folder = mined(review, tmp_path / "plain")
    first, second = sorted(folder.records(), key=lambda record: record.study.key)
    value = next(v for v in first.drugs if v.channel == "text")
    unsure = value.model_copy(update={"score": 0.6})
    other = second.model_copy(update={"drugs": (unsure,)})
    vote = {"field": "drugs", "value": "doxorubicin", "sentence": 1, "quote": "loaded with doxorubicin"}
    away = {"values": [], "others": [{**vote, "part": "other_study", "study": "[2]"}]}
    document = folder.document(first.document_id)
    told = with_opinions(document, list(folder.mentions()), [first, other], Told(away, {"values": []}))
    here, there = told.records
    assert next(v for v in here.drugs if v.channel == "text").doubts == ("small_1b: of study 2",)
    assert there.drugs[0].score > unsure.score
    assert told.opinions[1].agreed == ("drugs: doxorubicin",)


def test_doubts_come_up_in_the_queue_the_report_and_the_table(paper, tmp_path):
    plain = mined(paper, tmp_path / "plain")
    asked = mined(
        paper, tmp_path / "out", answering(others=[("drugs", "doxorubicin", "loaded with doxorubicin", "reagent")])
    )
    (before,), (after,) = (list(folder.records()) for folder in (plain, asked))
    assert opposed(after) == {("drugs", value_of(asked, "drugs", "doxorubicin").key)}
    assert doubt(after) >= doubt(before) + 1
    header, row = (asked.path / "records.csv").read_text(encoding="utf-8-sig").splitlines()[:2]
    assert header.split(",")[-1] == COLUMNS[-1] == "doubts"
    assert row.endswith("doxorubicin: small_1b: reagent")
    report = (asked.path / "report.html").read_text(encoding="utf-8")
    assert "Second opinion, small_1b: reagent" in report
    assert 'data-opposed="1"' in report
    assert 'data-opposed="0"' in (plain.path / "report.html").read_text(encoding="utf-8")


# --- what an opinion weighs


def test_the_default_is_neutral_and_follows_the_formula():
    default = weights_of("never:counted")
    assert default.agreement == default.opposition == pytest.approx(math.log(2))
    assert (default.added, default.added_against_rules) == (0.5, pytest.approx(1 / 3))


def test_without_any_case_an_opinion_changes_no_score():
    nothing = OpinionCounts()
    assert nothing.raised(0.7) == nothing.lowered(0.7) == 0.7
    assert nothing.added == 0.5


def test_more_cases_weigh_more_and_a_model_that_is_wrong_weighs_nothing():
    few = OpinionCounts(right=10, named_right=9, wrong=10, named_wrong=2)
    many = OpinionCounts(right=1000, named_right=900, wrong=1000, named_wrong=200)
    wrong = OpinionCounts(right=10, named_right=1, wrong=10, named_wrong=9, opposed_wrong=0, opposed_right=5)
    assert 0 < few.agreement < many.agreement
    assert wrong.agreement == wrong.opposition == 0


@pytest.mark.parametrize("score", [0.0, 0.01, 0.45, 0.9, 0.99, 1.0])
def test_scores_stay_between_their_bounds_and_never_move_the_wrong_way(score):
    counts = weights_of("any")
    assert score <= counts.raised(score) <= max(score, 0.99)
    assert min(score, 0.01) <= counts.lowered(score) <= score


def test_parts_are_never_more_than_their_whole():
    with pytest.raises(ValueError, match="right is 1"):
        OpinionCounts(right=1, named_right=1, opposed_right=1)


def gold_of(folder: Path, *rows: str) -> Path:
    """A gold set of these rows: study, doi, field, text, name, curie, source."""
    folder.mkdir()
    (folder / "gold.toml").write_text('title = "Coats"\nlicense = "MIT"\n')
    (folder / "gold.csv").write_text("\n".join(["study,doi,field,text,name,curie,source", *rows]) + "\n")
    return folder


def test_cases_are_counted_against_gold_and_used_in_the_next_run(review, tmp_path, capsys):
    said = answering([("cores", "PLGA", "PLGA nanoparticles")], [("drugs", "doxorubicin", "doxorubicin", "reagent")])
    asked = mined(review, tmp_path / "out", said)
    rows = ("review/1,,cores,PLGA,PLGA,CHEBI:53493,text", "review/1,,drugs,cisplatin,cisplatin,,text")
    gold = gold_of(tmp_path / "gold", *rows)
    out = tmp_path / "calibration.json"
    args = ["calibrate", str(asked.path), "--gold", str(gold), "--out", str(out)]
    assert cli.app(args, standalone_mode=False) in (None, 0)
    counted = OpinionWeights.model_validate_json(out.read_text()).models["small:1b"]
    assert (counted.right, counted.named_right, counted.wrong, counted.opposed_wrong) == (1, 1, 1, 1)
    assert "small:1b" in capsys.readouterr().out
    calibration.calibrate(asked.path, gold, out)
    assert OpinionWeights.model_validate_json(out.read_text()).models["small:1b"] == counted + counted
    again = mined(review, tmp_path / "again", answering([("cores", "PLGA", "PLGA nanoparticles")]), calibration=out)
    (record,) = [r for r in again.records() if r.study.key == "1"]
    assert record.made_by["llm"].endswith((counted + counted).digest)


def test_a_run_without_opinions_or_gold_on_it_is_wrong_usage(paper, tmp_path):
    plain = mined(paper, tmp_path / "plain")
    with pytest.raises(UsageError, match="no opinions"):
        calibration.calibrate(plain.path, tmp_path / "gold", tmp_path / "c.json")


@pytest.mark.parametrize("content", ["", "[]", '{"models": {"x": {"right": -1}}}', '{"colour": 1}'])
def test_a_file_that_is_no_calibration_is_told_before_any_work(content, paper, tmp_path, capsys):
    path = tmp_path / "calibration.json"
    path.write_text(content)
    options = ["--llm", "http://127.0.0.1:9/v1", "--llm-model", "x", "--llm-calibration", str(path)]
    assert cli.app(["extract", str(paper), "--out", str(tmp_path / "o"), *options], standalone_mode=False) == 2
    assert str(path) in capsys.readouterr().err
    assert not (tmp_path / "o" / "records.jsonl").exists()

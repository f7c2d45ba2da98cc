"""Every corpus format gives the marks that stand in it, on the words they stand on."""

import pytest

from pipeline.errors import UsageError
from pipeline.ner.training.corpus_formats import CorpusMark, flat, read


def names(passage):
    return [(passage.text[m.start : m.end], m.label) for m in passage.marks]


def test_pubtator_offsets_run_on_from_title_to_abstract(tmp_path):
    path = tmp_path / "c.pubtator"
    path.write_text("7|t|Zinc in mice\n7|a|Mice got zinc.\n7\t0\t4\tZinc\tChemical\tX\n7\t13\t17\tMice\tSpecies\tY\n\n")
    (passage,) = read("c", "pubtator", path)
    assert passage.id == "7"
    assert names(passage) == [("Zinc", "Chemical"), ("Mice", "Species")]


def test_brat_leaves_out_discontinuous_marks(tmp_path):
    (tmp_path / "a.txt").write_text("HeLa and Jurkat cells")
    (tmp_path / "a.ann").write_text("T1\tcell_line 0 4\tHeLa\nT2\tcell_line 0 4;16 21\tHeLa cells\nE1\tX:T1\n")
    (passage,) = read("c", "brat", tmp_path)
    assert names(passage) == [("HeLa", "cell_line")]


def test_both_knowtator_formats_are_read(tmp_path):
    (tmp_path / "articles" / "ids").mkdir(parents=True)
    (tmp_path / "articles" / "txt").mkdir()
    (tmp_path / "articles" / "ids" / "train.txt").write_text("1\n")
    (tmp_path / "articles" / "txt" / "1.txt").write_text("mouse neurons and gout")
    one = tmp_path / "concept-annotation" / "CL" / "CL" / "knowtator"
    two = tmp_path / "concept-annotation" / "MONDO" / "M" / "knowtator-2"
    one.mkdir(parents=True)
    two.mkdir(parents=True)
    (one / "1.txt.knowtator.xml").write_text(
        "<annotations><annotation><span start='6' end='13'/></annotation></annotations>"
    )
    (two / "1.xml").write_text("<k><document><annotation><span end='22' start='18'/></annotation></document></k>")
    (passage,) = read("c", "knowtator", tmp_path.parent / f"{tmp_path.name}#train.txt")
    assert sorted(names(passage)) == [("gout", "M"), ("neurons", "CL")]


def test_iob_sentences_become_passages(tmp_path):
    path = tmp_path / "t.tsv"
    path.write_text("acute\tB-Cancer\nleukemia\tI-Cancer\nand\tO\nzinc\tB-Chem\n\nNone\tO\n\n")
    first, second = read("c", "iob", path)
    assert names(first) == [("acute leukemia", "Cancer"), ("zinc", "Chem")]
    assert second.marks == ()


def test_a_missing_corpus_is_named_and_says_what_to_do(tmp_path):
    with pytest.raises(UsageError, match=r"nowhere.*folder that holds the corpora"):
        read("c", "pubtator", tmp_path / "nowhere")


def test_of_overlapping_marks_the_longest_stays():
    marks = [CorpusMark(0, 5, "A"), CorpusMark(0, 12, "B"), CorpusMark(13, 15, "A")]
    assert flat(marks) == (CorpusMark(0, 12, "B"), CorpusMark(13, 15, "A"))

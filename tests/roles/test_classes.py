"""The shipped word classes: each word once, and a class that has the words of another includes it."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import pytest

from pipeline.roles.contexts import shipped_recognition
from pipeline.roles.rules import WordClass, included_classes

KINDS = ("verbs", "ed", "ing", "nouns", "words")
SHARED = 5
"""Words that two classes may share by chance, such as verbs with two senses."""


def own_words(one: WordClass) -> list[str]:
    """The words of a class as its file has them, without those of the classes that it includes."""
    return [word.lower() for kind in KINDS for word in getattr(one, kind)]


def every_word(classes: dict[str, WordClass], name: str) -> set[str]:
    """The words of a class and of those that it includes."""
    return {word for each in included_classes(classes, name) for word in own_words(classes[each])}


def shared_words(
    classes: dict[str, WordClass], more_than: int, *, function_words: str | None = None
) -> list[tuple[str, str, list[str]]]:
    """Pairs of classes that have more words in common than this and do not say so with ``includes``.

    Words of a class that both include do not count, nor do prepositions and the like: those of ``function_words``.
    """
    common = every_word(classes, function_words) if function_words else set()
    every = {name: set(included_classes(classes, name)) for name in classes}
    found = []
    for one, other in combinations(sorted(classes), 2):
        if one in every[other] or other in every[one]:
            continue
        both = every[one] & every[other]
        words = [{word for name in every[each] - both for word in own_words(classes[name])} for each in (one, other)]
        shared = (words[0] & words[1]) - common
        if len(shared) > more_than:
            found.append((one, other, sorted(shared)))
    return found


@pytest.fixture(scope="module")
def classes():
    """The classes of the rules on roles, and those of the contexts."""
    return dict(shipped_recognition().classes)


def test_no_two_classes_share_many_words(classes):
    assert shared_words(classes, SHARED, function_words="function_word") == []


def test_no_word_stands_twice_in_one_list_of_a_class(classes):
    twice = []
    for name, one in classes.items():
        for kind in KINDS:
            twice += [(name, kind, word) for word, times in Counter(getattr(one, kind)).items() if times > 1]
    assert twice == []


def test_a_class_does_not_repeat_the_verbs_nouns_and_words_that_it_includes(classes):
    repeated = []
    for name, one in classes.items():
        for kind in KINDS:
            included = {
                word.lower() for other in included_classes(classes, name)[1:] for word in getattr(classes[other], kind)
            }
            repeated += [(name, kind, word) for word in getattr(one, kind) if word.lower() in included]
    assert repeated == []


def test_shared_words_are_found_unless_a_class_includes_the_other():
    words = tuple("abcdefg")
    apart = {"one": WordClass(note="1", words=words), "other": WordClass(note="2", words=(*words, "h"))}
    assert shared_words(apart, SHARED) == [("one", "other", list(words))]
    joined = {"one": apart["one"], "other": WordClass(note="2", words=("h",), includes=("one",))}
    assert shared_words(joined, SHARED) == []

"""Rules of the field: what turns lexicon hits and patterns into mentions of the eight labels."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pipeline.ner.rules import abbreviated, animals, cells, cores, diseases, drugs, modalities, sizes, user_names
from pipeline.ner.state import MentionCandidate, State

RULES: dict[str, Callable[[str, State], Iterator[MentionCandidate]]] = {
    "cells": cells.find,
    "cores": cores.find,
    "drugs": drugs.find,
    "modalities": modalities.find,
    "diseases": diseases.find,
    "abbreviated": abbreviated.find,
    "animals": animals.find,
    "sizes": sizes.find,
    "own": user_names.find,
}

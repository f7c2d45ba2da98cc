"""Rules of the field: what turns lexicon hits and patterns into mentions of the eight labels."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pipeline.ner.rules import abbreviated, animals, cells, cores, diseases, drugs, modalities, own, sizes
from pipeline.ner.state import Found, State

RULES: dict[str, Callable[[str, State], Iterator[Found]]] = {
    "cells": cells.find,
    "cores": cores.find,
    "drugs": drugs.find,
    "modalities": modalities.find,
    "diseases": diseases.find,
    "abbreviated": abbreviated.find,
    "animals": animals.find,
    "sizes": sizes.find,
    "own": own.find,
}

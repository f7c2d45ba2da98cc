"""Scores in the report: a line for each field, three figures for each channel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

_MATCHING: Final = "normalised"
_CHANNELS: Final = {"table": "Tables", "text": "Text", None: "Tables and text"}
_LAST: Final = ("micro", "macro")


def score_table(scores: Mapping[str, Any]) -> dict[str, Any]:
    """The table of one gold set's scores, from what its scores.json holds."""
    channels = [each for each in scores["scores"] if not each.get("audited")]
    figures = [each["figures"][_MATCHING] for each in channels]
    names = list(dict.fromkeys(name for each in figures for name in each))
    names.sort(key=lambda name: name in _LAST)
    return {
        "gold": scores["gold"],
        "title": scores["title"],
        "channels": [_CHANNELS[each["channel"]] for each in channels],
        "rows": [(name.replace("_", " "), [_figure(each.get(name, {})) for each in figures]) for name in names],
    }


def _figure(figure: Mapping[str, Any]) -> dict[str, str]:
    interval = figure.get("f1_interval")
    return {
        "precision": _number(figure.get("precision")),
        "recall": _number(figure.get("recall")),
        "f1": _number(figure.get("f1")),
        "interval": f"{_number(interval['low'])}–{_number(interval['high'])}" if interval else "",
    }


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"

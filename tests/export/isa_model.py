"""What the ISA model's JSON format (ISA-JSON 1.0) says of the objects that we write, as a JSON Schema."""

from __future__ import annotations

from typing import Any


def _each(rule: dict[str, Any], *names: str) -> dict[str, Any]:
    return dict.fromkeys(names, rule)


ISA_TERM = {
    "type": "object",
    "required": ["annotationValue", "termSource", "termAccession"],
    "properties": {name: {"type": "string"} for name in ("annotationValue", "termSource", "termAccession")},
}
ISA_NAMED = {"type": "object", "required": ["@id", "name"], "properties": {"name": {"type": "string", "minLength": 1}}}
ISA_PROCESS = {
    "type": "object",
    "required": ["@id", "executesProtocol", "inputs", "outputs"],
    "additionalProperties": False,
    "properties": {
        **_each({"type": "string"}, "@id", "name", "performer", "date"),
        "executesProtocol": {"type": "object"},
        **_each({"type": "array"}, "parameterValues", "inputs", "outputs", "comments"),
    },
}
ISA_DATES = _each({"type": "string", "maxLength": 0}, "submissionDate", "publicReleaseDate")
ISA_ASSAY = {
    "type": "object",
    "additionalProperties": False,
    "required": ["filename", "measurementType", "dataFiles", "materials", "processSequence"],
    "properties": {
        **_each({"type": "string"}, "filename", "technologyPlatform"),
        **_each(ISA_TERM, "measurementType", "technologyType"),
        "dataFiles": {"type": "array", "minItems": 1, "items": ISA_NAMED},
        "materials": {"type": "object"},
        "processSequence": {"type": "array", "items": ISA_PROCESS},
        **_each({"type": "array"}, "characteristicCategories", "unitCategories", "comments"),
    },
}
ISA_STUDY = {
    "type": "object",
    "additionalProperties": False,
    "required": ["identifier", "filename", "title", "materials", "protocols", "processSequence", "assays"],
    "properties": {
        **_each({"type": "string"}, "identifier", "filename", "title", "description"),
        **ISA_DATES,
        "protocols": {"type": "array", "minItems": 1, "items": ISA_NAMED},
        "materials": {
            "type": "object",
            "required": ["sources", "samples", "otherMaterials"],
            "properties": _each({"type": "array", "minItems": 1, "items": ISA_NAMED}, "sources", "samples"),
        },
        "processSequence": {"type": "array", "items": ISA_PROCESS},
        "assays": {"type": "array", "items": ISA_ASSAY},
        "characteristicCategories": {
            "type": "array",
            "items": {"required": ["@id", "characteristicType"], "properties": {"characteristicType": ISA_TERM}},
        },
        **_each(
            {"type": "array"},
            "publications",
            "people",
            "studyDesignDescriptors",
            "factors",
            "unitCategories",
            "comments",
        ),
    },
}
ISA_SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["identifier", "title", "ontologySourceReferences", "studies"],
    "properties": {
        **_each({"type": "string"}, "identifier", "title", "description"),
        **ISA_DATES,
        "ontologySourceReferences": {
            "type": "array",
            "items": {
                "additionalProperties": False,
                "properties": _each({"type": "string"}, "name", "file", "version", "description"),
            },
        },
        **_each({"type": "array"}, "publications", "people", "comments"),
        "studies": {"type": "array", "minItems": 1, "items": ISA_STUDY},
    },
}

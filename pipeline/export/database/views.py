"""SQL views for common questions. Every supported database understands them."""

from __future__ import annotations

import re
from typing import Final

_FIELDS: Final = {
    "membranes": "membrane_curies", "cores": "core_curies", "drugs": "drug_curies", "sizes": "",
    "diseases": "disease_curies", "animal_models": "animal_model_curies", "modalities": "modality_curies",
}  # fmt: skip
_JOINED: Final = {
    "sqlite": "group_concat({}, '; ')",
    "postgresql": "string_agg({}, '; ')",
    "duckdb": "string_agg({}, '; ')",
}


def _columns() -> str:
    """For each field a column with its names and one with their identifiers."""
    made = []
    for name, curies in _FIELDS.items():
        made.append(f"JOINED(CASE WHEN told.field = '{name}' THEN told.name END) AS {name}")
        if curies:
            made.append(f"JOINED(CASE WHEN told.field = '{name}' THEN coalesce(told.curie, 'none') END) AS {curies}")
    return ", ".join(made)


def view_sql(name: str, dialect: str) -> str:
    """The SQL of a view in the words of a database: SQLite joins texts under another name."""
    sql = VIEWS[name].replace("COLUMNS", _columns())
    return _JOINS.sub(lambda match: _JOINED[dialect].format(match[1]), sql)


_JOINS: Final = re.compile(r"JOINED\(((?:[^()]|\([^()]*\))*)\)")

VIEWS: Final[dict[str, str]] = {
    # A document's results are those of the newest run that could read it; older ones stay as history.
    "current_extractions": """
        SELECT extraction_id, document_id, run_id, source
        FROM (
            SELECT extraction_id, document_id, run_id, source,
                   row_number() OVER (PARTITION BY document_id ORDER BY run_id DESC, position) AS age
            FROM inputs
            WHERE extraction_id IS NOT NULL
        ) AS ranked
        WHERE age = 1
    """,
    "current_documents": """
        SELECT extractions.document_id, current_extractions.source, extractions.title, extractions.doi,
               extractions.journal, extractions.year, extractions.license, extractions.pages
        FROM current_extractions
        JOIN extractions ON extractions.id = current_extractions.extraction_id
    """,
    "current_records": """
        SELECT records.id, records.key AS record_key, current_extractions.document_id, current_extractions.source,
               studies.key AS study, studies.doi, studies.title, studies.first_author, studies.year,
               studies.journal, records.formulation
        FROM current_extractions
        JOIN records ON records.extraction_id = current_extractions.extraction_id
        JOIN studies ON studies.id = records.study_id
    """,
    "current_values": """
        SELECT current_records.id AS record_id, current_records.record_key, current_records.document_id,
               current_records.source, current_records.study, current_records.doi, current_records.formulation,
               field_values.id AS value_id, field_values.field, field_values.key, field_values.text,
               field_values.name, field_values.curie, identifiers.url, field_values.score, field_values.channel,
               field_values.caution, field_values.size_value, field_values.size_unit, field_values.size_approximate,
               field_values.size_of, field_values.core_form
        FROM current_records
        JOIN field_values ON field_values.record_id = current_records.id
        LEFT JOIN identifiers ON identifiers.curie = field_values.curie
    """,
    # One line per value and mention: the passage to read, and where it stands.
    "value_evidence": """
        SELECT current_values.record_key, current_values.source, current_values.study, current_values.doi,
               current_values.field, current_values.name, current_values.curie, current_values.channel,
               mentions.text AS mention, passages.text AS passage, first_box.page, mentions.start_offset,
               mentions.end_offset, mentions.method
        FROM current_values
        JOIN evidence ON evidence.value_id = current_values.value_id
        JOIN mentions ON mentions.id = evidence.mention_id
        LEFT JOIN passages ON passages.id = mentions.passage_id
        LEFT JOIN boxes AS first_box ON first_box.mention_id = mentions.id AND first_box.position = 0
    """,
    # Which coats were used with which cores for which disease. A field that says nothing leaves a blank, not a gap.
    "coats_cores_diseases": """
        SELECT DISTINCT current_records.source, current_records.study, current_records.doi, current_records.formulation,
               membranes.name AS membrane, membranes.curie AS membrane_curie,
               cores.name AS core, cores.curie AS core_curie,
               diseases.name AS disease, diseases.curie AS disease_curie
        FROM current_records
        LEFT JOIN merged_values AS membranes
               ON membranes.record_id = current_records.id AND membranes.field = 'membranes'
        LEFT JOIN merged_values AS cores ON cores.record_id = current_records.id AND cores.field = 'cores'
        LEFT JOIN merged_values AS diseases ON diseases.record_id = current_records.id AND diseases.field = 'diseases'
    """,
    # What table and text both say stands once here.
    "merged_values": """
        SELECT record_id, record_key, document_id, source, study, doi, formulation, field, key, min(name) AS name,
               min(curie) AS curie, min(url) AS url, max(score) AS score, count(DISTINCT channel) AS channels,
               min(caution) AS caution, min(size_value) AS size_value, min(size_unit) AS size_unit,
               max(CASE WHEN size_approximate THEN 1 ELSE 0 END) AS approximate, min(size_of) AS size_of,
               min(core_form) AS core_form
        FROM current_values
        GROUP BY record_id, record_key, document_id, source, study, doi, formulation, field, key
    """,
    "value_pages": """
        SELECT current_values.record_key, current_values.field, current_values.key, min(boxes.page) AS page
        FROM current_values
        JOIN evidence ON evidence.value_id = current_values.value_id
        JOIN boxes ON boxes.mention_id = evidence.mention_id
        GROUP BY current_values.record_key, current_values.field, current_values.key
    """,
    # A study that several papers tell of, two reviews or a review and its own paper, is one study by its DOI.
    "values_across_papers": """
        SELECT told.doi, told.field, told.key, min(told.name) AS name, min(told.curie) AS curie,
               count(DISTINCT told.document_id) AS papers, min(studied.papers) AS papers_on_study
        FROM (SELECT lower(doi) AS doi, document_id, field, key, name, curie FROM merged_values) AS told
        JOIN (
            SELECT lower(doi) AS doi, count(DISTINCT document_id) AS papers
            FROM current_records
            WHERE doi IS NOT NULL
            GROUP BY lower(doi)
        ) AS studied ON studied.doi = told.doi
        GROUP BY told.doi, told.field, told.key
    """,
    # Of each curator's decisions on the same thing the last one that is not undone.
    "curators_decisions": """
        SELECT id, document_id, record_key, field, value_key, action, name, curie, reason, curator, decided_at,
               start_offset, end_offset, size_value, size_unit, size_approximate, adjudicated
        FROM (
            SELECT decisions.*, CASE WHEN curator LIKE '% (adjudicator)' THEN 1 ELSE 0 END
                   AS adjudicated,
                   row_number() OVER (
                       PARTITION BY record_key, field, value_key, curator ORDER BY decided_at DESC, id DESC
                   ) AS age
            FROM decisions
            WHERE action <> 'undo' AND NOT EXISTS (SELECT 1 FROM decisions AS later WHERE later.undoes = decisions.id)
        ) AS ranked
        WHERE age = 1
    """,
    # Of those an adjudicator's, else the last.
    "standing_decisions": """
        SELECT id, document_id, record_key, field, value_key, action, name, curie, reason, curator, decided_at,
               start_offset, end_offset, size_value, size_unit, size_approximate
        FROM (
            SELECT curators_decisions.*,
                   row_number() OVER (
                       PARTITION BY record_key, field, value_key ORDER BY adjudicated DESC, decided_at DESC, id DESC
                   ) AS age
            FROM curators_decisions
        ) AS ranked
        WHERE age = 1
    """,
    # What curators decided differently and no adjudicator has settled.
    "disputed_decisions": """
        SELECT record_key, field, value_key, count(*) AS curators
        FROM curators_decisions
        GROUP BY record_key, field, value_key
        HAVING max(adjudicated) = 0
           AND (count(DISTINCT action) > 1 OR count(DISTINCT coalesce(curie, name)) > 1
                OR count(DISTINCT reason) > 1)
    """,
    # The values as they hold after curation: corrected ones as corrected, rejected ones gone, added ones there, and
    # accepted ones that this run does not find. What is in dispute stays as the run found it, and says so.
    "curated_values": """
        SELECT merged_values.document_id, merged_values.source, merged_values.record_key, merged_values.study,
               merged_values.doi, current_records.first_author, current_records.year, merged_values.formulation,
               merged_values.field, merged_values.key,
               CASE WHEN disputed.field IS NULL THEN coalesce(decided.name, merged_values.name)
                    ELSE merged_values.name END AS name,
               CASE WHEN disputed.field IS NULL AND decided.action = 'correct' THEN decided.curie
                    ELSE merged_values.curie END AS curie,
               merged_values.score, merged_values.channels, value_pages.page,
               CASE WHEN disputed.field IS NULL THEN coalesce(decided.size_value, merged_values.size_value)
                    ELSE merged_values.size_value END AS size_value,
               CASE WHEN disputed.field IS NULL THEN coalesce(decided.size_unit, merged_values.size_unit)
                    ELSE merged_values.size_unit END AS size_unit,
               CASE WHEN disputed.field IS NULL AND decided.size_value IS NOT NULL
                    THEN CASE WHEN decided.size_approximate THEN 1 ELSE 0 END
                    ELSE merged_values.approximate END AS approximate, merged_values.size_of,
               merged_values.core_form, merged_values.caution,
               CASE WHEN disputed.field IS NULL THEN coalesce(decided.action, 'not reviewed')
                    ELSE 'disputed' END AS review,
               decided.curator, decided.decided_at
        FROM merged_values
        JOIN current_records ON current_records.id = merged_values.record_id
        LEFT JOIN value_pages
               ON value_pages.record_key = merged_values.record_key AND value_pages.field = merged_values.field
              AND value_pages.key = merged_values.key
        LEFT JOIN standing_decisions AS decided
               ON decided.record_key = merged_values.record_key AND decided.field = merged_values.field
              AND decided.value_key = merged_values.key
        LEFT JOIN disputed_decisions AS disputed
               ON disputed.record_key = merged_values.record_key AND disputed.field = merged_values.field
              AND disputed.value_key = merged_values.key
        WHERE disputed.field IS NOT NULL OR coalesce(decided.action, 'accept') <> 'reject'
        UNION ALL
        SELECT added.document_id, current_documents.source, added.record_key, coalesce(current_records.study, 'self'),
               coalesce(current_records.doi, current_documents.doi), current_records.first_author,
               coalesce(current_records.year, current_documents.year), current_records.formulation, added.field,
               added.value_key, added.name, added.curie, 1.0, 1, NULL, added.size_value, added.size_unit,
               CASE WHEN added.size_approximate THEN 1 ELSE 0 END,
               CASE WHEN added.field = 'sizes' THEN 'coated' END, NULL, NULL, added.action, added.curator,
               added.decided_at
        FROM standing_decisions AS added
        LEFT JOIN current_records ON current_records.record_key = added.record_key
        LEFT JOIN current_documents ON current_documents.document_id = added.document_id
        LEFT JOIN merged_values AS found
               ON found.record_key = added.record_key AND found.field = added.field AND found.key = added.value_key
        LEFT JOIN disputed_decisions AS disputed
               ON disputed.record_key = added.record_key AND disputed.field = added.field
              AND disputed.value_key = added.value_key
        WHERE found.key IS NULL AND disputed.field IS NULL
          AND (added.action = 'add' OR (added.action IN ('accept', 'correct') AND added.start_offset IS NOT NULL))
    """,
    "record_materials": """
        SELECT curated_values.record_key, curated_values.source, curated_values.study, curated_values.doi,
               curated_values.name AS core, core_materials.name AS material, core_materials.curie AS material_curie
        FROM curated_values
        JOIN current_values
          ON current_values.record_key = curated_values.record_key AND current_values.field = 'cores'
         AND current_values.key = curated_values.key
        JOIN core_materials ON core_materials.value_id = current_values.value_id
        WHERE curated_values.field = 'cores' AND curated_values.review <> 'correct'
        GROUP BY curated_values.record_key, curated_values.source, curated_values.study, curated_values.doi,
                 curated_values.name, core_materials.name, core_materials.curie
    """,
    "materials_and_coats": """
        SELECT record_materials.material, min(record_materials.material_curie) AS material_curie,
               membranes.name AS membrane, min(membranes.curie) AS membrane_curie,
               count(DISTINCT record_materials.record_key) AS records
        FROM record_materials
        JOIN curated_values AS membranes
          ON membranes.record_key = record_materials.record_key AND membranes.field = 'membranes'
        GROUP BY record_materials.material, membranes.name
    """,
    # The wide table: one row per study and formulation. JOINED and COLUMNS are filled in above.
    "curated_records": """
        SELECT told.document_id, told.source, told.record_key, told.study, told.first_author, told.year,
               min(current_records.journal) AS journal, told.doi, min(current_records.title) AS title,
               told.formulation, COLUMNS,
               min(CASE WHEN told.field = 'sizes' AND told.size_of = 'coated'
                        THEN CASE WHEN told.size_unit = 'nm' THEN told.size_value ELSE 1000 * told.size_value END
                   END) AS size_nm,
               min(made.materials) AS core_materials, min(made.curies) AS core_material_curies,
               min(told.score) AS lowest_score, min(told.page) AS first_page, max(told.page) AS last_page,
               count(*) AS value_count, sum(CASE WHEN told.review IN ('not reviewed', 'disputed') THEN 0 ELSE 1 END)
               AS decided
        FROM (SELECT * FROM curated_values ORDER BY record_key, field, name) AS told
        LEFT JOIN current_records ON current_records.record_key = told.record_key
        LEFT JOIN (
            SELECT record_key, JOINED(material) AS materials, JOINED(coalesce(material_curie, 'none')) AS curies
            FROM (SELECT DISTINCT record_key, material, material_curie FROM record_materials ORDER BY material) AS parts
            GROUP BY record_key
        ) AS made ON made.record_key = told.record_key
        GROUP BY told.document_id, told.source, told.record_key, told.study, told.first_author, told.year, told.doi,
                 told.formulation
    """,
    # Which studies were retracted or corrected since, one line per record and notice.
    "noticed_records": """
        SELECT current_records.record_key, current_records.source, current_records.study, current_records.doi,
               current_records.title, current_records.first_author, current_records.year, notices.kind,
               notices.stated_date, notices.notice, notices.source AS stated_by
        FROM current_records
        JOIN notices ON notices.doi = lower(current_records.doi)
    """,
    "failed_inputs": """
        SELECT runs.id AS run_id, runs.folder, inputs.source, inputs.status, inputs.message
        FROM inputs
        JOIN runs ON runs.id = inputs.run_id
        WHERE inputs.status <> 'ok'
    """,
}
ORDER: Final = (
    "current_extractions",
    "current_documents",
    "current_records",
    "current_values",
    "value_pages",
    "merged_values",
    "values_across_papers",
    "value_evidence",
    "coats_cores_diseases",
    "curators_decisions",
    "standing_decisions",
    "disputed_decisions",
    "curated_values",
    "record_materials",
    "materials_and_coats",
    "curated_records",
    "noticed_records",
    "failed_inputs",
)
"""The views, each after those that it reads."""

"""The schema of 0.1.0. Comments on tables and columns are made with the views, from comments.json.

Revision: 0.1.0, the first.
"""

import sqlalchemy as sa
from alembic import op

revision = "0.1.0"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "documents",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
    )
    op.create_table(
        "identifiers",
        sa.Column("curie", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("curie", name=op.f("pk_identifiers")),
    )
    op.create_index(op.f("ix_identifiers_prefix"), "identifiers", ["prefix"], unique=False)
    op.create_table(
        "runs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
        sa.UniqueConstraint("digest", name=op.f("uq_runs_digest")),
    )
    op.create_table(
        "decisions",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("record_key", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("value_key", sa.Text(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("curie", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("curator", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undoes", sa.Text(), nullable=True),
        sa.Column("start_offset", sa.Integer(), nullable=True),
        sa.Column("end_offset", sa.Integer(), nullable=True),
        sa.Column("size_value", sa.Double(), nullable=True),
        sa.Column("size_unit", sa.Text(), nullable=True),
        sa.Column("size_approximate", sa.Boolean(), nullable=True),
        sa.Column("seconds", sa.Double(), nullable=True),
        sa.CheckConstraint(
            "action IN ('accept', 'correct', 'reject', 'add', 'empty', 'undo')", name=op.f("ck_decisions_action")
        ),
        sa.CheckConstraint(
            "field IN ('membranes', 'cores', 'drugs', 'sizes', 'diseases', 'animal_models', 'modalities')",
            name=op.f("ck_decisions_field"),
        ),
        sa.CheckConstraint("reason IN ('not_reported', 'not_found')", name=op.f("ck_decisions_reason")),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_decisions_document_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
    )
    op.create_index(
        op.f("ix_decisions_document_id_record_key_field_value_key"),
        "decisions",
        ["document_id", "record_key", "field", "value_key"],
        unique=False,
    )
    op.create_table(
        "extractions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("doi", sa.Text(), nullable=True),
        sa.Column("journal", sa.Text(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("license", sa.Text(), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_extractions_document_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extractions")),
        sa.UniqueConstraint("digest", name=op.f("uq_extractions_digest")),
    )
    op.create_index(op.f("ix_extractions_document_id"), "extractions", ["document_id"], unique=False)
    op.create_index(op.f("ix_extractions_doi"), "extractions", ["doi"], unique=False)
    op.create_table(
        "inputs",
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Text(), nullable=True),
        sa.Column("extraction_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "status IN ('ok', 'no_text_layer', 'encrypted', 'not_a_document', 'damaged', 'too_large', 'timed_out', "
            "'failed')",
            name=op.f("ck_inputs_status"),
        ),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_inputs_document_id")),
        sa.ForeignKeyConstraint(["extraction_id"], ["extractions.id"], name=op.f("fk_inputs_extraction_id")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_inputs_run_id")),
        sa.PrimaryKeyConstraint("run_id", "position", name=op.f("pk_inputs")),
    )
    op.create_index(op.f("ix_inputs_document_id"), "inputs", ["document_id"], unique=False)
    op.create_index(op.f("ix_inputs_extraction_id"), "inputs", ["extraction_id"], unique=False)
    op.create_table(
        "passages",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("extraction_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("start_offset", sa.Integer(), nullable=False),
        sa.Column("end_offset", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.CheckConstraint("start_offset <= end_offset", name=op.f("ck_passages_range")),
        sa.ForeignKeyConstraint(["extraction_id"], ["extractions.id"], name=op.f("fk_passages_extraction_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passages")),
        sa.UniqueConstraint(
            "extraction_id",
            "start_offset",
            "end_offset",
            name=op.f("uq_passages_extraction_id_start_offset_end_offset"),
        ),
    )
    op.create_table(
        "studies",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("extraction_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("doi", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("first_author", sa.Text(), nullable=True),
        sa.Column("authors", sa.JSON(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("journal", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["extraction_id"], ["extractions.id"], name=op.f("fk_studies_extraction_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_studies")),
        sa.UniqueConstraint("extraction_id", "key", name=op.f("uq_studies_extraction_id_key")),
    )
    op.create_index(op.f("ix_studies_doi"), "studies", ["doi"], unique=False)
    op.create_table(
        "mentions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("extraction_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("start_offset", sa.Integer(), nullable=False),
        sa.Column("end_offset", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("curie", sa.Text(), nullable=True),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("negated", sa.Boolean(), nullable=False),
        sa.Column("hypothetical", sa.Boolean(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("because", sa.JSON(), nullable=False),
        sa.Column("section", sa.JSON(), nullable=False),
        sa.Column("caution", sa.Text(), nullable=True),
        sa.Column("passage_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("votes", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "label IN ('CELL_LINE', 'CELL_TYPE', 'CORE', 'DRUG', 'MODALITY', 'DISEASE', 'ANIMAL_MODEL', 'SIZE')",
            name=op.f("ck_mentions_label"),
        ),
        sa.CheckConstraint("score BETWEEN 0 AND 1", name=op.f("ck_mentions_score")),
        sa.CheckConstraint("start_offset <= end_offset", name=op.f("ck_mentions_range")),
        sa.ForeignKeyConstraint(["curie"], ["identifiers.curie"], name=op.f("fk_mentions_curie")),
        sa.ForeignKeyConstraint(["extraction_id"], ["extractions.id"], name=op.f("fk_mentions_extraction_id")),
        sa.ForeignKeyConstraint(["passage_id"], ["passages.id"], name=op.f("fk_mentions_passage_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentions")),
        sa.UniqueConstraint("extraction_id", "key", name=op.f("uq_mentions_extraction_id_key")),
    )
    op.create_index(op.f("ix_mentions_curie"), "mentions", ["curie"], unique=False)
    op.create_index(op.f("ix_mentions_key"), "mentions", ["key"], unique=False)
    op.create_index(op.f("ix_mentions_passage_id"), "mentions", ["passage_id"], unique=False)
    op.create_table(
        "records",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("extraction_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("study_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("formulation", sa.Text(), nullable=True),
        sa.Column("table_rows", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["extraction_id"], ["extractions.id"], name=op.f("fk_records_extraction_id")),
        sa.ForeignKeyConstraint(["study_id"], ["studies.id"], name=op.f("fk_records_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_records")),
        sa.UniqueConstraint("extraction_id", "key", name=op.f("uq_records_extraction_id_key")),
    )
    op.create_index(op.f("ix_records_key"), "records", ["key"], unique=False)
    op.create_index(op.f("ix_records_study_id"), "records", ["study_id"], unique=False)
    op.create_table(
        "boxes",
        sa.Column("mention_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("x0", sa.Double(), nullable=False),
        sa.Column("top", sa.Double(), nullable=False),
        sa.Column("x1", sa.Double(), nullable=False),
        sa.Column("bottom", sa.Double(), nullable=False),
        sa.CheckConstraint("page >= 1", name=op.f("ck_boxes_page")),
        sa.ForeignKeyConstraint(["mention_id"], ["mentions.id"], name=op.f("fk_boxes_mention_id")),
        sa.PrimaryKeyConstraint("mention_id", "position", name=op.f("pk_boxes")),
    )
    op.create_table(
        "candidates",
        sa.Column("mention_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("curie", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["curie"], ["identifiers.curie"], name=op.f("fk_candidates_curie")),
        sa.ForeignKeyConstraint(["mention_id"], ["mentions.id"], name=op.f("fk_candidates_mention_id")),
        sa.PrimaryKeyConstraint("mention_id", "position", name=op.f("pk_candidates")),
    )
    op.create_index(op.f("ix_candidates_curie"), "candidates", ["curie"], unique=False)
    op.create_table(
        "field_values",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("record_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("curie", sa.Text(), nullable=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("caution", sa.Text(), nullable=True),
        sa.Column("size_value", sa.Double(), nullable=True),
        sa.Column("size_unit", sa.Text(), nullable=True),
        sa.Column("size_approximate", sa.Boolean(), nullable=True),
        sa.Column("size_of", sa.Text(), nullable=True),
        sa.Column("core_form", sa.Text(), nullable=True),
        sa.CheckConstraint("(field = 'sizes') = (size_value IS NOT NULL)", name=op.f("ck_field_values_size")),
        sa.CheckConstraint("channel IN ('table', 'text')", name=op.f("ck_field_values_channel")),
        sa.CheckConstraint(
            "field IN ('membranes', 'cores', 'drugs', 'sizes', 'diseases', 'animal_models', 'modalities')",
            name=op.f("ck_field_values_field"),
        ),
        sa.CheckConstraint("size_of IN ('coated', 'core')", name=op.f("ck_field_values_size_of")),
        sa.CheckConstraint("score BETWEEN 0 AND 1", name=op.f("ck_field_values_score")),
        sa.ForeignKeyConstraint(["curie"], ["identifiers.curie"], name=op.f("fk_field_values_curie")),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_field_values_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_field_values")),
        sa.UniqueConstraint("record_id", "field", "position", name=op.f("uq_field_values_record_id_field_position")),
    )
    op.create_index(op.f("ix_field_values_curie"), "field_values", ["curie"], unique=False)
    op.create_index(op.f("ix_field_values_field_key"), "field_values", ["field", "key"], unique=False)
    op.create_table(
        "missing",
        sa.Column("record_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "field IN ('membranes', 'cores', 'drugs', 'sizes', 'diseases', 'animal_models', 'modalities')",
            name=op.f("ck_missing_field"),
        ),
        sa.CheckConstraint("reason IN ('not_reported', 'not_found')", name=op.f("ck_missing_reason")),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_missing_record_id")),
        sa.PrimaryKeyConstraint("record_id", "field", name=op.f("pk_missing")),
    )
    op.create_table(
        "core_materials",
        sa.Column("value_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("curie", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["curie"], ["identifiers.curie"], name=op.f("fk_core_materials_curie")),
        sa.ForeignKeyConstraint(["value_id"], ["field_values.id"], name=op.f("fk_core_materials_value_id")),
        sa.PrimaryKeyConstraint("value_id", "position", name=op.f("pk_core_materials")),
    )
    op.create_index(op.f("ix_core_materials_curie"), "core_materials", ["curie"], unique=False)
    op.create_table(
        "core_structures",
        sa.Column("value_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("structure", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["value_id"], ["field_values.id"], name=op.f("fk_core_structures_value_id")),
        sa.PrimaryKeyConstraint("value_id", "position", name=op.f("pk_core_structures")),
    )
    op.create_table(
        "evidence",
        sa.Column("value_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("mention_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["mention_id"], ["mentions.id"], name=op.f("fk_evidence_mention_id")),
        sa.ForeignKeyConstraint(["value_id"], ["field_values.id"], name=op.f("fk_evidence_value_id")),
        sa.PrimaryKeyConstraint("value_id", "position", name=op.f("pk_evidence")),
    )
    op.create_index(op.f("ix_evidence_mention_id"), "evidence", ["mention_id"], unique=False)
    op.create_table(
        "notices",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("doi", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("notice", sa.Text(), nullable=True),
        sa.Column("stated_date", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('retraction', 'partial_retraction', 'concern', 'correction')", name=op.f("ck_notices_kind")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
    )
    op.create_index(op.f("ix_notices_doi"), "notices", ["doi"], unique=False)


def downgrade() -> None:
    """Take the change back."""
    op.drop_index(op.f("ix_notices_doi"), table_name="notices")
    op.drop_table("notices")
    op.drop_index(op.f("ix_evidence_mention_id"), table_name="evidence")
    op.drop_table("evidence")
    op.drop_table("core_structures")
    op.drop_index(op.f("ix_core_materials_curie"), table_name="core_materials")
    op.drop_table("core_materials")
    op.drop_table("missing")
    op.drop_index(op.f("ix_field_values_field_key"), table_name="field_values")
    op.drop_index(op.f("ix_field_values_curie"), table_name="field_values")
    op.drop_table("field_values")
    op.drop_index(op.f("ix_candidates_curie"), table_name="candidates")
    op.drop_table("candidates")
    op.drop_table("boxes")
    op.drop_index(op.f("ix_records_study_id"), table_name="records")
    op.drop_index(op.f("ix_records_key"), table_name="records")
    op.drop_table("records")
    op.drop_index(op.f("ix_mentions_passage_id"), table_name="mentions")
    op.drop_index(op.f("ix_mentions_key"), table_name="mentions")
    op.drop_index(op.f("ix_mentions_curie"), table_name="mentions")
    op.drop_table("mentions")
    op.drop_index(op.f("ix_studies_doi"), table_name="studies")
    op.drop_table("studies")
    op.drop_table("passages")
    op.drop_index(op.f("ix_inputs_extraction_id"), table_name="inputs")
    op.drop_index(op.f("ix_inputs_document_id"), table_name="inputs")
    op.drop_table("inputs")
    op.drop_index(op.f("ix_extractions_doi"), table_name="extractions")
    op.drop_index(op.f("ix_extractions_document_id"), table_name="extractions")
    op.drop_table("extractions")
    op.drop_index(op.f("ix_decisions_document_id_record_key_field_value_key"), table_name="decisions")
    op.drop_table("decisions")
    op.drop_table("runs")
    op.drop_index(op.f("ix_identifiers_prefix"), table_name="identifiers")
    op.drop_table("identifiers")
    op.drop_table("documents")

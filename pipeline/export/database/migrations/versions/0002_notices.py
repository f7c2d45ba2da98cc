"""Retractions and corrections of papers.

Revision: 0.1.0.1, after 0.1.0
"""

import sqlalchemy as sa
from alembic import op

revision = "0.1.0.1"
down_revision = "0.1.0"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
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

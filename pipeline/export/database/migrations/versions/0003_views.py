"""Views name the paper, and tell what curators dispute. No table changes: views are made anew after any migration.

Revision: 0003, after 0002.
"""

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Leave the tables as they are."""


def downgrade() -> None:
    """Leave the tables as they are."""

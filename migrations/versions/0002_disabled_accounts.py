"""Accounts that can be disabled, and the time of their last password change.

Revision: 0002, after 0001
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | Sequence[str] | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    with op.batch_alter_table("user_account") as table:
        table.add_column(sa.Column("password_changed_at", moment, nullable=True))
        table.add_column(sa.Column("disabled_at", moment, nullable=True))
    # Until now, no password could be changed.
    op.execute("UPDATE user_account SET password_changed_at = created_at")
    with op.batch_alter_table("user_account") as table:
        table.alter_column("password_changed_at", existing_type=moment, nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("user_account") as table:
        table.drop_column("disabled_at")
        table.drop_column("password_changed_at")

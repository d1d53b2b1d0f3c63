"""Times that are taken, what an appointment needs beyond its request, and links that were used.

No time is sold twice by constraint: an exclusion constraint on PostgreSQL, 15-minute cells on SQLite, which has none.
The constraint is written over ranges on both sides (`int4range` of the calendar, `tsrange` of the time), since ranges
have their GiST operators built in: no `btree_gist`, which not every hosted PostgreSQL lets its user create.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

BigId = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """(see the module's docstring)"""
    op.add_column("bookings", sa.Column("reasons", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("bookings", sa.Column("sequence", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("bookings", sa.Column("held_until", sa.DateTime(), nullable=True))
    op.add_column("bookings", sa.Column("reference", sa.String(length=128), nullable=True))
    op.create_table(
        "booking_slots",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("calendar", sa.Integer(), nullable=False),
        sa.Column("start", sa.DateTime(), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=False),
        sa.Column("expires", sa.DateTime(), nullable=True),
        sa.Column("booking", sa.String(length=16), nullable=True),
        sa.Column("conversation", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["booking"], ["bookings.id"], name="fk_booking_slots_booking", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["conversation"], ["conversations.id"], name="fk_booking_slots_conversation", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_booking_slots"),
    )
    op.create_index("ix_booking_slots_booking", "booking_slots", ["booking"])
    op.create_table(
        "booking_cells",
        sa.Column("calendar", sa.Integer(), nullable=False),
        sa.Column("cell", sa.Integer(), nullable=False),
        sa.Column("slot", BigId, nullable=False),
        sa.ForeignKeyConstraint(["slot"], ["booking_slots.id"], name="fk_booking_cells_slot", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("calendar", "cell", name="pk_booking_cells"),
    )
    op.create_index("ix_booking_cells_slot", "booking_cells", ["slot"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "ALTER TABLE booking_slots ADD CONSTRAINT ex_booking_slots_time EXCLUDE USING gist "
            "(int4range(calendar, calendar, '[]') WITH &&, tsrange(\"start\", until) WITH &&)"
        )
    op.create_table(
        "used_links",
        sa.Column("nonce", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("nonce", name="pk_used_links"),
    )
    op.create_table(
        "secrets",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("value", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_secrets"),
    )

"""Tables that only grow: the database itself refuses UPDATE, DELETE and TRUNCATE.

The steps that call this are history, so what it makes must not change; a different guard is a
different function. A SQLite table that a batch step copies loses its triggers and must be guarded
again; `postal_service.storage.migrate.check` notices when that was forgotten.
"""

from alembic import op

REFUSAL = "refuse_change"


def make_refusal() -> None:
    """Make what the guards of PostgreSQL call; SQLite needs nothing."""
    if not _on_postgresql():
        return
    op.execute(
        f"""
        CREATE FUNCTION {REFUSAL}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% only grows: % refused', TG_TABLE_NAME, TG_OP
                USING ERRCODE = 'restrict_violation';
        END
        $$
        """
    )


def drop_refusal() -> None:
    """Undo make_refusal; the guarded tables must be gone."""
    if _on_postgresql():
        op.execute(f"DROP FUNCTION {REFUSAL}()")


def forbid_changes(table: str) -> None:
    """From here on rows of the table are added and never changed. Dropping the table ends it."""
    if not _on_postgresql():
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_refuses_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} only grows: {act} refused'); END"
            )
        return
    guard = f"{table}_refuses_changes"
    op.execute(
        f"CREATE TRIGGER {guard} BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {REFUSAL}()"
    )
    # Without ALWAYS a session that calls itself a replica would pass by.
    op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {guard}")


def _on_postgresql() -> bool:
    return op.get_context().dialect.name == "postgresql"

"""Run the steps on the connection that `postal_service.storage.migrate` hands over.

There is no ini file and no URL here: whoever calls has opened the database and the transaction.
"""

from alembic import context

from postal_service.storage.schema import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    # Our connections begin transactions themselves, so SQLite takes DDL back like any other change.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()

"""Alembic's entry: runs the migrations over the connection that :mod:`pipeline.export.database.migrate` hands over."""

from alembic import context

from pipeline.export.database.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()

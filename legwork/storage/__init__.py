"""The database: engine, schema, migrations, backup."""

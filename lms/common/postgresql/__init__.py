"""A Django database backend: PostgreSQL, asked less."""

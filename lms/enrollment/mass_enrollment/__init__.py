"""Enrolling whole lists: read, judged, carried out and taken back in batches of statements, not of rows."""

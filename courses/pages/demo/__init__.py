"""The demo ministry's content: readable data, and ``seed`` which puts it in place."""

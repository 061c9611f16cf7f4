"""One module a flow; each has ``measure(stage, people)`` and returns figures."""

"""HR's uploads: staff lists and lists of units, as jobs of the platform."""

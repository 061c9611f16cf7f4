"""HR's upload of staff lists, as a job of the platform."""

"""What learners and strangers see of courses."""

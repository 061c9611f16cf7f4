"""What becomes of an uploaded file, without Django: looked into, converted, cut into pages and small pictures."""

"""Ways in which a message reaches its reader beside the inbox."""

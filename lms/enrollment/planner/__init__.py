"""Where organizers plan periods and runs, and look after them."""

"""What browsers ask for: the CMS, the player, and the frame in which packages play."""

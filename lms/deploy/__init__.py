"""How the platform runs: one supervised group of processes."""

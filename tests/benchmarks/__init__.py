"""The load pack: each flow of the product driven over HTTP by distinct signed-in people, and held to its budget."""

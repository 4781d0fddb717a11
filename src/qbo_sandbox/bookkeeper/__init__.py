"""Pages for a person who plays the bookkeeper: what is in the books of a sandbox company."""

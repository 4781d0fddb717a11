"""Who may come in: apps, users, grants, tokens, and the OAuth pages that give them."""

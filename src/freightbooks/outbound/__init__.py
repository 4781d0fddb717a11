"""Tells the TMS what became of its documents: the feed of changes, and its way out."""

"""QuickBooks' query language: reading a statement and answering it from the books."""

"""Holds what we believe is posted against what the QuickBooks company says."""

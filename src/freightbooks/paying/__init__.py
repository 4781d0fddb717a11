"""Payments recorded on the freight side, on their way into QuickBooks."""

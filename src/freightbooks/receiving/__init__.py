"""Hears of changes in QuickBooks, by notification and by change feed, and has them read and applied."""

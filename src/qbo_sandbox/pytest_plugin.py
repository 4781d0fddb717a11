"""Fixtures that give a test its own QuickBooks sandbox over HTTP."""

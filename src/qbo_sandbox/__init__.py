"""A local stand-in for QuickBooks Online and the OAuth servers of Intuit."""

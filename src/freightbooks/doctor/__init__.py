"""Looks at an installation and its QuickBooks companies from end to end, and says what is wrong and what to do."""

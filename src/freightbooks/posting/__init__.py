"""A freight document's way into one QuickBooks company: translate, gates, engine, outcome."""

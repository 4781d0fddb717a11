"""The QuickBooks Online wire: a plain async library that knows no Django and no freight."""

"""The QuickBooks Online wire: requests, answers, faults. No Django, no freight."""

"""The reports of QuickBooks, worked out from the ledger each time one is asked for."""

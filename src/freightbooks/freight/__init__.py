"""What the TMS says: parties, shipments, costs, invoices, advances. Knows no accounting system."""

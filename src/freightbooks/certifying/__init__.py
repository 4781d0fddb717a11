"""Proves that a connection works: a test shipment there and back, with the evidence."""

"""Archiving an invoice, cancelling a shipment, correcting a carrier invoice: steps that wait where they must."""

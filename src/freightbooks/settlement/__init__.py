"""Payments as QuickBooks has them, applied to our invoices; what a bookkeeper changed in our documents."""

"""The names of currencies as QuickBooks shows them beside their codes."""

from __future__ import annotations

CURRENCY_NAMES = {
    "AUD": "Australian Dollar",
    "CAD": "Canadian Dollar",
    "EUR": "Euro",
    "GBP": "British Pound Sterling",
    "MXN": "Mexican Peso",
    "USD": "United States Dollar",
}

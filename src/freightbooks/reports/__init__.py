"""Accounting Sync Analytics and the AR/AP report: rows, sums and exports. Changes nothing it reports on."""

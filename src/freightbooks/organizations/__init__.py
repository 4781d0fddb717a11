"""Brokerages, their people and what each may do."""

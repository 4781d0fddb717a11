"""Everything that can go wrong between a client and QuickBooks, on demand: fault rules, and the latency of answers."""

"""The accounting API over HTTP: addresses, envelopes, batches and remembered answers."""

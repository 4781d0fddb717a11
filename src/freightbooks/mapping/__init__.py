"""Which account, item, customer or vendor a freight document lands on, and why."""

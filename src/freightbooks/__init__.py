"""Keep a freight brokerage's TMS and its QuickBooks Online company in step."""

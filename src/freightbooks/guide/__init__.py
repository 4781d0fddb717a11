"""The setup guide of a QuickBooks company, and the public pages Intuit asks an app for."""

"""An organization's links to QuickBooks companies: tokens, the vault, the life cycle."""

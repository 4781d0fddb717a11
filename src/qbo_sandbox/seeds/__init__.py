"""The companies a sandbox can start with."""

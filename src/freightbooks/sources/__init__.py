"""Where freight comes from."""

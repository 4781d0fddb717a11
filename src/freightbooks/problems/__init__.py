"""What can go wrong, in plain words, and the causes that hold documents back now."""

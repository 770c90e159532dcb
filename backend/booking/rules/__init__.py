"""What booking decides: how long a visit takes, where it fits, and which three places to offer first."""

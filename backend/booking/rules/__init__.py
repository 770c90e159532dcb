"""What booking decides: how long a visit takes, where it fits, which places to offer first."""

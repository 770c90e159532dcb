"""Who did or read what, and when. Rows are written in the transaction of the deed and never changed:
the app's database role may insert and select them, nothing else."""

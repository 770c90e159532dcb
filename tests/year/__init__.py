"""A year of the generated practice in memory, decided by the product's own pure rules: `make year`.

The same patients ask for the same care at the same moments under each way of offering places; what differs
is measured. What patients do is assumed (`demand`), and said so in docs/figures.md.
"""

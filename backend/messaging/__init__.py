"""How a message leaves the house: deliveries that are due, the channel that fits, what came of it.

Owns deliveries and receipts; has no pages. Knows neither appointments nor accounts: the roof gives it
one check per kind of message ("is this still true, and what does it say?") and an address book.
"""

"""How a message leaves: one file a channel, each the only one that knows its supplier's library.

A channel never raises for what a supplier may answer: it gives an `Outcome`. It is called with no
transaction open, because an answer may take seconds.
"""

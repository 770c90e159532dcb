"""What is owed to the rest of the house: events stored in the transaction of the change they tell of.

Owns the outbox rows. Tells nobody by itself: the worker's relay hands each event to the handlers that
`worker.py` lists. Valkey only rings the bell; a lost ring costs a second, never an event.
"""

"""When a person is told about an appointment, what is still true when the message leaves, and what its link
opens.

Owns no table: a reminder is a delivery of `messaging` with a due time. Listens to booking's events.
"""

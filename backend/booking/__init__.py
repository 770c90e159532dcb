"""The model feature: appointments, holds and requests to the desk.

It owns which place is taken, by whom and for how long, and what patients ask of the desk. It tells when an
appointment was booked, moved, confirmed, cancelled or given another length, and when something was asked of
the desk. It listens to nothing. Every place is taken in one file, `place_actions`.
"""

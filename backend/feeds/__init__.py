"""An agenda to subscribe to: a secret address at which a calendar finds a patient's or practitioner's visits.

Outside the house: nothing there says who comes, or what for.
"""

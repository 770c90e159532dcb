"""The desk: the day by chair, what must be done, the person in question. Owns no table; reads every feature.

Changing a visit or answering a request is booking's; the desk only shows, and calls its actions.
"""

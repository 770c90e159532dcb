"""Patients and who may act for them: themselves, both parents of a child, a helper by their leave.

Owns patients and guardians. A parent's right ends by itself at the child's 18th birthday, at midnight
of the practice's zone: every read asks the calendar, no job takes it away.
"""

"""Who is who: accounts, passkeys, codes, sessions, devices, staff roles, and the guards of every route.

Owns accounts and everything a person signs in with. Knows nothing of patients: an adult's own file and
the children's are `families`.
"""

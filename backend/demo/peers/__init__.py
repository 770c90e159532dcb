"""The outside world on this machine: a mail server and a push service that speak the real protocols.

They keep what they receive, decrypted, and can be told to refuse, to hang or to lose an answer. The demo
runs them as a process (`python -m backend peers`); the tests run them in their own.
"""

"""Real servers on a developer's machine: PostgreSQL and Valkey from wheels, and the supervisor of `make run`.

Production never enters here: it gives addresses of its own servers by settings. Only the standard
library is needed, save for `environment`, so that `make reset` works before anything is installed.
"""

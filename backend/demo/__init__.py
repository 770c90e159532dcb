"""The demo: an invented practice and its cast. Only with QUENOTTE_DEMO=1; nothing else knows it."""

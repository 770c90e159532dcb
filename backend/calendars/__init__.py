"""Agendas kept elsewhere: when another software says that a practitioner is busy. Only times are taken."""

"""Triage: a few questions, then how soon, what care, what to do meanwhile, and why.

It owns the questionnaire (`shared/triage`), the answers given and the result kept with the version that
read them. It orients and never diagnoses. Read `model.py` for the words, `rules/` for the decisions.
"""

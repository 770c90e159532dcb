"""The decisions of triage, in the order in which they happen.

`matching` says which rules hold, `walk` which question comes next, `decide` what comes of the answers,
`paths` lists every road through the questionnaire, `soundness` says what is wrong with one.
"""

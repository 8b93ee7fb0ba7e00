"""How well the cases of a detection hold its conditions: each `where` changed a little must be noticed.

`conditions` makes the changed conditions, `judgement` runs them over the detection's cases.
"""

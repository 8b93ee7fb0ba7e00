"""The search language: text (`syntax`) → trees (`search_expression`, `eval_expression`) → commands over rows.

`search.parse` is the way in; `context` is what it asks of the world. Imports nothing else of the lab.
"""

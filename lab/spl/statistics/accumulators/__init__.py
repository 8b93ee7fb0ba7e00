"""Statistical functions, one accumulator each, a module a family (Search Reference: "Statistical and
charting functions")."""

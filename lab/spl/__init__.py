"""The search language: tokens → parser → tree → commands over rows. Imports nothing else of the lab."""

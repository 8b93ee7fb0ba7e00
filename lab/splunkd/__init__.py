"""splunkd, emulated: its REST, and how it starts inputs and alert actions. Real clients talk to it."""

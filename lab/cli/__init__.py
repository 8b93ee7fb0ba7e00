"""The words of the command line: each composes tenant, splunkd, scheduler and hunt; nobody else does."""

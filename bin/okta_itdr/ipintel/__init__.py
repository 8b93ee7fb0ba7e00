"""What an IP address is, offline: the packed data, an admin's own entries and lists, the verdict."""

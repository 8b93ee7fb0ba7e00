"""Statistics lists, their functions, groups, buckets and charts."""

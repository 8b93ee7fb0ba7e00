"""What builds and judges the package: needs nothing but a Python of 3.9 or later, never ships."""

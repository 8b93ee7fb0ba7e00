"""An MMDB file that the admin has licensed, compiled to the form that searches read fast."""

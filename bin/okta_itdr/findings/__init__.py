"""What detections found, each thing once."""

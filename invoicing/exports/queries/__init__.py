"""What is read to be exported."""

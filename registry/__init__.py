"""What an ARA is and where it is kept. Knows no other room."""

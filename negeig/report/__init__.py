"""What people look at: results on the terminal, and pictures."""

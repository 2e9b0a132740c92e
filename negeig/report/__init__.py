"""What people look at: results on the terminal, pictures, and pages."""

"""What ``negeig run`` takes."""

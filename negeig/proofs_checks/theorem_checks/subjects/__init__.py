"""What theorems are checked of: tasks, networks that are to do them, and how these are seen."""

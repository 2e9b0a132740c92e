"""What tasks force on networks: periods, witnesses, lower bounds, and layers that escape."""

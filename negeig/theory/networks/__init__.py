"""Networks: layers of delta steps with exact entries, and how they are written and read."""

"""Long runs in bounded memory: words that are functions of a seed and a place, compared as read."""

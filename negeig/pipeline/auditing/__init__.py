"""What an audit reads and decides: stored layers, their tokens, the limits that follow."""

"""Routes with several layers."""

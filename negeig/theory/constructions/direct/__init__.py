"""Routes that read one layer of rational entries off the machine."""

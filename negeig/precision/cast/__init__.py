"""The cast model: exact states that decoders see rounded; collisions, freezing and their bounds."""

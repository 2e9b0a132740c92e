"""What several commands share: proofs, choices, JSON, files."""

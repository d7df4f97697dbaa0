"""Posts that mean harm."""

"""From outputs to HTML."""

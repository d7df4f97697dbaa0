"""Ways to run many posts."""

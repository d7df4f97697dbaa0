"""The tools that haebom is a guest of."""

"""From the Markdown of other tools, and from HTML and notebooks, to posts: text to text."""

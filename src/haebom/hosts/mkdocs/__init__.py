"""haebom as a plugin of MkDocs."""

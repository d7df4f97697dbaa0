"""haebom (해봄): a study-blog generator on which every example has been run."""

__version__ = "0.1.0"

"""haebom (해봄): a study-blog generator on which every example has been run."""

__version__ = "0.2.0"

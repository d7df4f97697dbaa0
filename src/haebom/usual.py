"""What holds where a site says nothing, for those who cannot wait until its options are read."""

POSTS, STORE, CONTAIN = "posts", ".haebom", "auto"
PRELOAD = ("numpy.random", "torch", "matplotlib.pyplot", "pandas", "sklearn")

"""Kernels: processes that run the cells of one post, one after the other."""

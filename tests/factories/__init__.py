"""Factories: the smallest valid object of each kind."""

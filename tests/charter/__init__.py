"""Tests of charter."""

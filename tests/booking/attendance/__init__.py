"""Tests of what comes after the session."""

"""Tests of a provider's planning pages."""

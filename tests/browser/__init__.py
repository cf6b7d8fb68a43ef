"""Whole ways through the portal, in headless Chromium."""

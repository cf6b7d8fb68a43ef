"""Tests of messages to all who have booked."""

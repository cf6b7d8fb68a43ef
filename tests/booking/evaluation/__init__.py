"""Tests of booking.evaluation."""

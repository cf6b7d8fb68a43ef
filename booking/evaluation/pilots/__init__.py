"""Pilots of teaching material (P7): what they found, and whether the goal of a period is reached."""

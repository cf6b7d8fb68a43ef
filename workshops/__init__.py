"""What is taught, when and where: offers, material, schedules, sessions, schools, venues."""

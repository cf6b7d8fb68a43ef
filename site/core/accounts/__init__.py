"""Who people are: users, roles, log-in, second factor."""

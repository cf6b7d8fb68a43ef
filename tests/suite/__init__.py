"""What runs the suite: the steps of `./run test`, its databases and its browser."""

"""The top package: wires the others into one site. Nobody imports it."""

"""Settings: base is complete and safe; dev, demo, test and production override little."""

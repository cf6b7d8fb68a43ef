"""Who may teach: programmes, providers, agreements, charter versions and signatures."""

"""What personal data there is, why and until when: retention, search, export and erasure (rule 10)."""

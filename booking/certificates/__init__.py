"""The certificate of participation: who gets one, what it says, and where it is fetched (V3)."""

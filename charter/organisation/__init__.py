"""How an organisation comes in, who acts for it, how it is vetted, and its cooperation agreements."""

"""The bottom package: accounts, outbox, audit, links, limits, worklist, cms. Imports none of ours."""

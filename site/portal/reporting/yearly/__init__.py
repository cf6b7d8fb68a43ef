"""The yearly report: closed by a named person, a locked snapshot, corrected by revisions (ADR 11, rule 11)."""

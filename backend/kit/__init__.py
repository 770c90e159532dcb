"""What every feature stands on: no table, no dental word, nothing that knows a feature."""

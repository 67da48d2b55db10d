"""From a parsed paper to an ARA: pure functions, no network, no database, no clock."""

"""The Agent-Native Research Artifact: its files, its model, its checks."""

"""The nouns: units, nodes, frameworks, observations."""

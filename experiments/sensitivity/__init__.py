"""What a finished sweep says: which parameters matter, and in which settings a policy fails."""

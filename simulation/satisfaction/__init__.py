"""How satisfied each resident is, and by what that moves."""

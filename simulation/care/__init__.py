"""Care for vulnerable residents: files, pairs, weekly visits, needs."""

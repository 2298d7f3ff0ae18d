"""Notices: issued, told down the tiers and at doors, spread by board, chat and word of mouth."""

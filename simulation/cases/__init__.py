"""Cases: troubles arise, are found, sent, worked at, watched over, reported back."""

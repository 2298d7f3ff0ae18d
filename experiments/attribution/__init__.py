"""Attribution: what each mechanism is worth to each outcome, and which pairs strengthen each other."""

"""What residents want and others can give: lists, matching, after-school care."""
